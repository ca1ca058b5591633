import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import util from 'node:util';
import type { NodeJSKernelBackend } from '@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js';
import type { TFJSBinding } from '@tensorflow/tfjs-node-gpu/dist/tfjs_binding.js';
import { AcceleratorMissing } from '../accelerator.ts';

const PACKAGE = '@tensorflow/tfjs-node-gpu';
const INSTALL = 'To install it, run: npm run setup:tensorflow';

const load = createRequire(import.meta.url);

/** Threads that TensorFlow spreads an operation over. Its own count knows nothing of a container's share of the processor. */
export const threads = Math.min(availableParallelism(), 64);

/**
 * What TensorFlow's library reads from the environment when it is loaded. Who sets one of these before keeps it.
 */
const settings: Readonly<Record<string, string>> = {
  // Fatal errors only: all others reach us as exceptions.
  TF_CPP_MIN_LOG_LEVEL: '3',
  // The same numbers from the same work: no sums in whatever order the threads of a graphics card come.
  TF_DETERMINISTIC_OPS: '1',
  // By default, newer processors would have it and others not. Measured on a ResNet-18's step: 1.1 to 1.4 times as long with it.
  TF_ENABLE_ONEDNN_OPTS: '0',
  // A graphics card would otherwise multiply with 10 bits of precision, and be used up to its last byte of memory.
  NVIDIA_TF32_OVERRIDE: '0',
  TF_FORCE_GPU_ALLOW_GROWTH: 'true',
};

export interface NativeLibrary {
  readonly binding: TFJSBinding;
  readonly Backend: typeof NodeJSKernelBackend;
}

/** Where tfjs-node-gpu looks for its addon, and the addon for TensorFlow's library. */
export interface Places {
  /** The package itself. */
  readonly folder: string;
  readonly addon: string;
  /** The shared libraries. */
  readonly libraries: string;
}

/** @returns null when the package is not installed: it is optional */
export function places(): Places | null {
  const description = resolved(`${PACKAGE}/package.json`);
  if (description === null) return null;
  const folder = dirname(description);
  return {
    folder,
    addon: join(folder, 'lib/napi-v8/tfjs_binding.node'),
    libraries: join(folder, 'deps/lib'),
  };
}

/**
 * Loads TensorFlow into this process. The package's own entry is left alone: it sets tfjs' backend, and registers
 * handlers for files, by being imported.
 * @throws AcceleratorMissing when there is nothing to load
 */
export function loadNativeLibrary(): NativeLibrary {
  const where = places();
  if (where === null)
    throw new AcceleratorMissing(
      `The package ${PACKAGE} is not installed: npm could not install it on this machine, and left it out.`,
    );
  if (!existsSync(where.addon))
    throw new AcceleratorMissing(`TensorFlow's native library is not installed. ${INSTALL}`);
  for (const [name, value] of Object.entries(settings)) process.env[name] ??= value;
  process.env.TF_NUM_INTRAOP_THREADS = String(threads);
  restoreRemovedFunctions();
  // eslint-disable-next-line @typescript-eslint/no-unsafe-assignment -- require knows no types; the package's declarations say these.
  const binding: TFJSBinding = load(where.addon);
  load(`${PACKAGE}/dist/register_all_kernels.js`);
  // eslint-disable-next-line @typescript-eslint/no-unsafe-assignment -- as above.
  const { NodeJSKernelBackend: Backend }: { NodeJSKernelBackend: typeof NodeJSKernelBackend } =
    load(`${PACKAGE}/dist/nodejs_kernel_backend.js`);
  return { binding, Backend };
}

/** tfjs-node calls functions of Node that are gone, or complain, since Node 23. */
function restoreRemovedFunctions(): void {
  Object.defineProperties(util, {
    isArray: { value: Array.isArray, configurable: true },
    isNullOrUndefined: {
      value: (value: unknown) => value === null || value === undefined,
      configurable: true,
    },
  });
}

function resolved(name: string): string | null {
  try {
    return load.resolve(name);
  } catch {
    return null;
  }
}
