import { enableProdMode } from '@tensorflow/tfjs-core';
// Registers the gradients of tfjs' kernels.
import '@tensorflow/tfjs-layers';
import { AcceleratorMissing } from '../../engine/accelerators/accelerator.ts';
import { cpu } from '../../engine/accelerators/cpu/cpu.ts';
import { selfTest } from '../../engine/accelerators/self-test.ts';
import { places } from '../../engine/accelerators/tensorflow/native-library.ts';
import { tensorflow } from '../../engine/accelerators/tensorflow/tensorflow.ts';
import { isBuiltWithCuda } from './cuda.ts';
import { SetUpError } from './shell.ts';

/**
 * Says what is installed and what it computes on, and trains a tiny network on it and on `cpu`.
 * @returns whether both came to the same
 * @throws SetUpError when there is nothing to train on
 */
export async function check(say: (line: string) => void): Promise<boolean> {
  enableProdMode();
  const { version, threads, device } = await start();
  const libraries = places()?.libraries ?? '';
  say(`TensorFlow ${version}`);
  say(`Addon: ${places()?.addon ?? ''}`);
  say(`Built with CUDA: ${isBuiltWithCuda(libraries) ? 'yes' : 'no'}`);
  say(
    device.kind === 'gpu'
      ? `Computes on the graphics card: ${device.name}`
      : `Computes on the processor: ${device.name}, ${String(threads)} threads`,
  );
  await cpu.start({ software: false });
  const { passed, largestDifference } = await selfTest('tensorflow');
  const difference = largestDifference.toExponential(1);
  say(
    passed
      ? `Training steps: as on cpu (weights differ by ${difference} at most)`
      : `Training steps: NOT as on cpu (weights differ by up to ${difference}); Lethe will not use it`,
  );
  return passed;
}

async function start(): ReturnType<typeof tensorflow.start> {
  try {
    return await tensorflow.start({ software: false });
  } catch (error) {
    if (error instanceof AcceleratorMissing) throw new SetUpError(error.message, { cause: error });
    const reason = error instanceof Error ? error.message : String(error);
    throw new SetUpError(
      `TensorFlow's native library is there and does not load (${reason}). Run npm run setup:tensorflow again, with --from to replace it.`,
      { cause: error },
    );
  }
}
