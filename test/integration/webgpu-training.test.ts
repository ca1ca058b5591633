import * as tf from '@tensorflow/tfjs-core';
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { webgpu } from '../../engine/accelerators/webgpu/webgpu.ts';
import type { TrainableModel } from '../../engine/models/models.ts';
import type { Snapshot } from '../../engine/models/trainable-model.ts';
import { createSmallConvolutionalNetwork } from '../../engine/models/tfjs-layers/small-convolutional-network.ts';
import { train, type TrainingBatch, type TrainingStep } from '../../engine/unlearn/training.ts';
import { startWebgpu } from '../unit/accelerators/webgpu-software.ts';

const BATCH = 6;

beforeEach(async ({ skip }) => {
  const obstacle = await startWebgpu();
  if (obstacle !== null) skip(obstacle);
});

afterEach(async () => {
  await tf.setBackend('cpu');
});

function smallModel(): TrainableModel {
  return createSmallConvolutionalNetwork({
    inputShape: [12, 12, 3],
    classNames: ['one', 'other', 'third'],
    seed: 3,
  });
}

// eslint-disable-next-line @typescript-eslint/require-await -- train takes batches as they come.
async function* batches(count: number): AsyncGenerator<TrainingBatch> {
  for (let batch = 0; batch < count; batch++)
    yield {
      images: tf.randomNormal([BATCH, 12, 12, 3], 0, 1, 'float32', batch + 1),
      labels: Int32Array.from({ length: BATCH }, (_, image) => image % 3),
    };
}

interface Outcome {
  readonly steps: TrainingStep[];
  readonly weights: Snapshot;
}

async function trainOn(backend: 'cpu' | 'webgpu', steps: number): Promise<Outcome> {
  await tf.setBackend(backend);
  const model = smallModel();
  const settings = { steps, learningRate: 0.01 };
  const taken: TrainingStep[] = [];
  for await (const step of train(model, batches(steps), settings)) taken.push(step);
  const weights = await model.snapshot();
  model.dispose();
  return { steps: taken, weights };
}

it('a model trains on a graphics card as on cpu', async () => {
  const expected = await trainOn('cpu', 2);
  const actual = await trainOn('webgpu', 2);
  actual.steps.forEach((step, index) => {
    expect(step.loss).toBeCloseTo(expected.steps[index].loss, 4);
    expect(step.accuracy).toBe(expected.steps[index].accuracy);
  });
});

it('a model trains to the same weights on the same graphics card, bit for bit', async () => {
  expect(await trainOn('webgpu', 3)).toEqual(await trainOn('webgpu', 3));
});

it('training takes no more of the card’s memory from step to step', async () => {
  await tf.setBackend('webgpu');
  const model = smallModel();
  const used: unknown[] = [];
  for await (const _step of train(model, batches(4), { steps: 4, learningRate: 0.01 })) {
    const { numTensors, ...memory } = tf.memory();
    used.push({ numTensors, ...memory });
  }
  model.dispose();
  expect(used[3]).toEqual(used[1]);
});

it('training ends with a sentence when the graphics card stops working', async () => {
  await tf.setBackend('webgpu');
  const backend = tf.backend();
  if (!(backend instanceof WebGPUBackend)) throw new Error('webgpu is not set');
  const model = smallModel();
  const steps = train(model, batches(4), { steps: 4, learningRate: 0.01 });
  await steps.next();
  backend.device.destroy();
  await expect(steps.next()).rejects.toThrow('The graphics card stopped working during the run');
  expect(webgpu.lost?.()).toContain('The graphics card stopped working during the run');
});
