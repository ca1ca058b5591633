// Registers the backend and its kernels, too.
import { version_cpu } from '@tensorflow/tfjs-backend-cpu';
import type { Accelerator } from '../accelerator.ts';
import { processor } from '../processor.ts';

/** tfjs in plain JavaScript: right, and slow. The others are measured against it. */
export const cpu: Accelerator = {
  name: 'cpu',
  start: () => Promise.resolve({ version: version_cpu, threads: 1, device: processor() }),
};
