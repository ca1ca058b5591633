import * as tf from '@tensorflow/tfjs-core';
// Registers the gradients of tfjs' kernels: its core, as built for Node, comes without.
import '@tensorflow/tfjs-layers';
import { ProblemError, toProblem } from '../protocol/problem.ts';
import type { AcceleratorInfo, AcceleratorName } from '../protocol/protocol.ts';
import type { Accelerator } from './accelerator.ts';
import { cpu } from './cpu/cpu.ts';
import { onnxruntime } from './onnxruntime/onnxruntime.ts';
import { selfTest } from './self-test.ts';

/** Fastest first. */
const accelerators: readonly Accelerator[] = [onnxruntime, cpu];

/**
 * Sets what computes from here on, after a self-test.
 * @param requested null for the fastest that works here
 * @throws ProblemError `accelerator-failed` when the one requested is not there or fails its self-test
 */
export async function selectAccelerator(
  requested: AcceleratorName | null,
): Promise<AcceleratorInfo> {
  tf.enableProdMode();
  if (requested !== null) return await start(requested);
  for (const { name } of accelerators.slice(0, -1)) {
    try {
      return await start(name);
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
    }
  }
  return await start('cpu');
}

async function start(name: AcceleratorName): Promise<AcceleratorInfo> {
  const accelerator = accelerators.find((each) => each.name === name);
  if (!accelerator)
    throw new ProblemError(
      'accelerator-failed',
      `The accelerator “${name}” is not part of this version of Lethe. Choose ${accelerators.map((each) => `“${each.name}”`).join(' or ')}, or none to let Lethe choose.`,
    );
  try {
    const properties = accelerator.register();
    const outcome = await selfTest(name);
    if (outcome.passed) return { name, ...properties, selfTest: outcome };
    throw new Error(`trained weights differ by ${outcome.largestDifference} from those of cpu`);
  } catch (error) {
    throw new ProblemError(
      'accelerator-failed',
      `The accelerator “${name}” does not work correctly on this machine. Choose another one, or none to let Lethe choose.`,
      toProblem(error).detail,
      { cause: error },
    );
  }
}
