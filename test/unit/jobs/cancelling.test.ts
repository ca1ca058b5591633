import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { selectAccelerator } from '../../../engine/accelerators/accelerators.ts';
import type { Command, Phase } from '../../../engine/protocol/protocol.ts';
import type { RecipeName } from '../../../engine/protocol/recipe.ts';
import { writeQuadrants } from '../unlearn/quadrants.ts';
import { outcomeOf } from './outcome-of.ts';

const folder = mkdtempSync(join(tmpdir(), 'lethe-test-'));
const common = { data: folder, resize: false, seed: 0, preprocessing: 'minus-one-to-one' } as const;

beforeAll(async () => {
  await selectAccelerator('onnxruntime');
  writeQuadrants(folder, { train: 80, test: 40 });
  expect((await outcomeOf(training('model'))).problem).toBeNull();
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
    const { problem } = await outcomeOf(erasing(recipe), phase);
    expect(problem?.code).toBe('cancelled');
    expect(tf.memory().numTensors).toBe(tensors);
  });

  it('leaves nothing in memory: a training', async () => {
    const tensors = tf.memory().numTensors;
    const { problem } = await outcomeOf(training('other'), 'train');
    expect(problem?.code).toBe('cancelled');
    expect(tf.memory().numTensors).toBe(tensors);
  });
});
