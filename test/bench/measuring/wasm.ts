import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
// Registers the gradients of tfjs' kernels: its core, as built for Node, comes without.
import '@tensorflow/tfjs-layers';
import { setWasmPaths, version_wasm as version } from '@tensorflow/tfjs-backend-wasm';
import { processor } from '../../../engine/accelerators/processor.ts';
import type { Ready } from './answer.ts';

/** Sets tfjs' own WebAssembly backend, which is no accelerator of Lethe's: it has no gradient of a convolution's filter. */
export async function startWasm(): Promise<Omit<Ready, 'event' | 'parameters'>> {
  tf.enableProdMode();
  const entry = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
  setWasmPaths(join(dirname(entry), '/'));
  if (!(await tf.setBackend('wasm'))) throw new Error('The backend wasm did not start.');
  return { version, device: processor().name, threads: 1 };
}
