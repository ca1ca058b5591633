import { createRequire } from 'node:module';
import { findBackendFactory, registerBackend, removeBackend } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import type { Accelerator } from '../accelerator.ts';
import { WebgpuBackend } from './backend.ts';
import {
  describe,
  findAdapter,
  open,
  requireHardware,
  type GraphicsCard,
} from './graphics-card.ts';
import { BACKEND_NAME, registerKernels } from './kernel.ts';
import { adamKernels } from './kernels/adam.ts';
import { batchNormalizationKernels } from './kernels/batch-normalization.ts';
import { filterGradientKernels } from './kernels/filter-gradient.ts';
import { maxPoolGradientKernels } from './kernels/max-pool-gradient.ts';
import { padKernels } from './kernels/pad.ts';
import { segmentSumKernels } from './kernels/segment-sum.ts';
import { selectKernels } from './kernels/select.ts';

registerKernels([
  ...adamKernels,
  ...batchNormalizationKernels,
  ...filterGradientKernels,
  ...maxPoolGradientKernels,
  ...padKernels,
  ...segmentSumKernels,
  ...selectKernels,
]);

let card: GraphicsCard | null = null;

/** tfjs on a graphics card of any maker, through Dawn. */
export const webgpu: Accelerator = {
  name: BACKEND_NAME,

  async start({ software }) {
    if (card?.isOpen && isRegistered()) {
      if (!software) requireHardware(card.adapterInfo);
    } else {
      card = await open(await findAdapter(software));
      registerCard(card);
    }
    return { version: version(), threads: 1, device: describe(card.adapterInfo) };
  },

  lost: () => card?.failure ?? null,
};

function isRegistered(): boolean {
  return findBackendFactory(BACKEND_NAME) !== null;
}

function registerCard(card: GraphicsCard): void {
  if (isRegistered()) removeBackend(BACKEND_NAME);
  registerBackend(BACKEND_NAME, () => new WebgpuBackend(card));
}

function version(): string {
  const versionOf = (name: string): string =>
    z.object({ version: z.string() }).parse(load(`${name}/package.json`)).version;
  return `${versionOf('@tensorflow/tfjs-backend-webgpu')} on Dawn ${versionOf('webgpu')}`;
}

const load = createRequire(import.meta.url);
