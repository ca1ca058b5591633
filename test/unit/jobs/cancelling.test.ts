import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { selectAccelerator } from '../../../engine/accelerators/accelerators.ts';
import { Jobs } from '../../../engine/jobs/jobs.ts';
import type { ProblemCode } from '../../../engine/protocol/problem.ts';
import type { Command, Phase } from '../../../engine/protocol/protocol.ts';
import type { RecipeName } from '../../../engine/protocol/recipe.ts';
import { writeQuadrants } from '../unlearn/quadrants.ts';

const folder = mkdtempSync(join(tmpdir(), 'lethe-test-'));
const common = { data: folder, resize: false, seed: 0, preprocessing: 'minus-one-to-one' } as const;

beforeAll(async () => {
  await selectAccelerator('onnxruntime');
  writeQuadrants(folder, { train: 80, test: 40 });
  expect(await stopped(training('model'), null)).toBeNull();
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function training(output: string): Command {
  return {
    ...{ ...common, type: 'train', job: 'job', output: join(folder, output) },
    ...{ epochs: 2, batchSize: 32, learningRate: 0.003, accelerator: 'onnxruntime' },
  };
}

function erasing(recipe: RecipeName): Command {
  return {
    ...{ ...common, type: 'erase', job: 'job', model: join(folder, 'model'), forget: ['0'] },
    ...{ recipe, reference: null, relearning: false, shadowModels: null, trial: false },
    ...{ accelerator: 'onnxruntime', output: join(folder, 'erased') },
  };
}

/** Gives a command, and cancels it at the first step of a phase. @returns what it failed with */
async function stopped(command: Command, phase: Phase | null): Promise<ProblemCode | null> {
  const { promise, resolve } = Promise.withResolvers<ProblemCode | null>();
  const jobs = new Jobs((event) => {
    if (event.type === 'prepared') jobs.receive({ type: 'proceed', job: 'job' });
    if (event.type === 'progress' && event.phase === phase)
      jobs.receive({ type: 'cancel', job: 'job' });
    if (event.type === 'failure') resolve(event.problem.code);
    if (event.type === 'result') resolve(null);
  });
  jobs.receive(command);
  return await promise;
}

describe('a job that is cancelled', () => {
  it.each<[RecipeName, Phase]>([
    ['adaptive', 'measuring-before'],
    ['adaptive', 'noise'],
    ['adaptive', 'impair'],
    ['adaptive', 'repair'],
    ['paper', 'measuring-impaired'],
    ['class-impressions', 'unlearn'],
  ])('leaves nothing in memory: %s, at %s', async (recipe, phase) => {
    const tensors = tf.memory().numTensors;
    expect(await stopped(erasing(recipe), phase)).toBe('cancelled');
    expect(tf.memory().numTensors).toBe(tensors);
  });

  it('leaves nothing in memory: a training', async () => {
    const tensors = tf.memory().numTensors;
    expect(await stopped(training('other'), 'train')).toBe('cancelled');
    expect(tf.memory().numTensors).toBe(tensors);
  });
});
