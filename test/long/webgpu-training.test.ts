import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { webgpu } from '../../engine/accelerators/webgpu/webgpu.ts';
import { Jobs } from '../../engine/jobs/jobs.ts';
import type { AcceleratorName, EngineEvent } from '../../engine/protocol/protocol.ts';
import { temporaryFolder } from '../temporary-folder.ts';
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

it('a job that loses its graphics card ends with the reason, and the next one computes without', async () => {
  const folder = temporaryFolder();
  for (const [index, name] of ['one', 'other'].entries()) {
    for (const split of ['train', 'test']) {
      mkdirSync(join(folder, split, name), { recursive: true });
      const create = { width: 12, height: 12, channels: 3 as const, background: '#888' };
      const picture = sharp({ create })
        .tint(index === 0 ? '#f00' : '#00f')
        .png();
      for (const file of ['1.png', '2.png'])
        await picture.clone().toFile(join(folder, split, name, file));
    }
  }
  const run = (accelerator: AcceleratorName, onProgress: () => void): Promise<EngineEvent> =>
    new Promise((resolve) => {
      const jobs = new Jobs((event) => {
        if (event.type === 'progress') onProgress();
        if (event.type === 'failure' || event.type === 'result') resolve(event);
      });
      jobs.receive({
        ...{ type: 'train', job: 'a', data: folder, resize: false, seed: 1, accelerator },
        ...{ preprocessing: 'zero-to-one', epochs: 3, batchSize: 4, learningRate: 0.01 },
        output: join(folder, `model-${accelerator}`),
      });
    });

  const lost = await run('webgpu', () => {
    const backend = tf.backend();
    if (backend instanceof WebGPUBackend) backend.device.destroy();
  });
  expect(lost).toMatchObject({
    type: 'failure',
    problem: {
      code: 'accelerator-lost',
      sentence: expect.stringMatching(
        /^The graphics card .* The original model is as it was\. Run it again/,
      ),
    },
  });
  expect(existsSync(join(folder, 'model-webgpu'))).toBe(false);
  expect(await run('onnxruntime', () => undefined)).toMatchObject({ type: 'result' });
});
