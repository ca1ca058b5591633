import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findBackendFactory, registerBackend } from '@tensorflow/tfjs-core';
import type { Device } from '../../protocol/protocol.ts';
import type { Accelerator } from '../accelerator.ts';
import { processor } from '../processor.ts';
import { BACKEND_NAME, registerKernels } from './kernel.ts';
import { batchNormalizationKernels } from './kernels/batch-normalization.ts';
import { convolutionKernels } from './kernels/convolution.ts';
import { poolingKernels } from './kernels/pooling.ts';
import { rectifierKernels } from './kernels/rectifier.ts';
import { loadNativeLibrary, threads } from './native-library.ts';

/** TensorFlow itself, through tfjs-node: on a graphics card of NVIDIA where its library is built for one, else on the processor. */
export const tensorflow: Accelerator = {
  name: BACKEND_NAME,
  // eslint-disable-next-line @typescript-eslint/require-await -- what it throws is to reject.
  async start() {
    const { binding, Backend } = loadNativeLibrary();
    if (findBackendFactory(BACKEND_NAME) === null) {
      const backend = new Backend(binding, '@tensorflow/tfjs-node-gpu');
      registerKernels(backend, [
        ...batchNormalizationKernels,
        ...convolutionKernels,
        ...poolingKernels,
        ...rectifierKernels,
      ]);
      registerBackend(BACKEND_NAME, () => backend);
    }
    return {
      version: binding.TF_Version,
      threads,
      device: binding.isUsingGpuDevice() ? graphicsCard() : processor(),
    };
  },
};

const DRIVER = '/proc/driver/nvidia/gpus';

/** The addon says that there is one, and no more: its driver knows the name. */
function graphicsCard(): Device {
  const cards = existsSync(DRIVER) ? readdirSync(DRIVER) : [];
  const names = cards.map((card) => {
    const description = readFileSync(join(DRIVER, card, 'information'), 'utf8');
    return /^Model:\s*(.+)$/m.exec(description)?.[1].trim();
  });
  const known = new Set(names.filter((name) => name !== undefined));
  return { kind: 'gpu', name: known.size > 0 ? [...known].join(', ') : 'NVIDIA graphics card' };
}
