import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { firstThatRuns } from './shell.ts';

/** Whether this machine has a graphics card of NVIDIA with a driver. */
export function seesGraphicsCard(): boolean {
  return (
    existsSync('/proc/driver/nvidia/version') ||
    firstThatRuns(['nvidia-smi'], ['--list-gpus']) !== null
  );
}

/**
 * Whether TensorFlow's libraries were built for CUDA: they then know cuDNN's functions by name.
 * @param folder of the libraries
 */
export function isBuiltWithCuda(folder: string): boolean {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .some(({ name }) => readFileSync(join(folder, name)).includes('cudnnCreate'));
}
