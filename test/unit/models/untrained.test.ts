import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { selectAccelerator } from '../../../engine/accelerators/accelerators.ts';
import type { TrainableModel } from '../../../engine/models/models.ts';
import { createSmallConvolutionalNetwork } from '../../../engine/models/tfjs-layers/small-convolutional-network.ts';
import { variableGradients } from '../../../engine/operations/variable-gradients.ts';
import { bytesOf, floats, modelOf, node, numbers, randomFloats } from './onnx/make-onnx.ts';
import { openBytes } from './onnx/run-both.ts';

await selectAccelerator('onnxruntime');

const classNames = ['cat', 'dog', 'owl'];

/** Convolution, batch normalisation, ReLU, mean, Gemm: with scales, statistics and biases that are far from the first ones. */
function onnxNetwork(): Promise<TrainableModel> {
  const model = modelOf({
    nodes: [
      node('Conv', ['images', 'kernel'], 'c', { pads: [1, 1, 1, 1] }),
      node('BatchNormalization', ['c', 'scale', 'offset', 'mean', 'variance'], 'n', {
        momentum: { float: 0.75 },
      }),
      node('Relu', ['n'], 'r'),
      node('GlobalAveragePool', ['r'], 'pooled'),
      node('Flatten', ['pooled'], 'features'),
      node('Gemm', ['features', 'matrix', 'bias'], 'scores', { transB: 1 }),
    ],
    initializers: [
      randomFloats('kernel', [64, 2, 3, 3], 1),
      floats('scale', [64], new Array<number>(64).fill(3)),
      floats('offset', [64], new Array<number>(64).fill(4)),
      floats('mean', [64], new Array<number>(64).fill(5)),
      floats('variance', [64], new Array<number>(64).fill(6)),
      randomFloats('matrix', [3, 64], 2),
      floats('bias', [3], [7, 8, 9]),
    ],
  });
  return openBytes(bytesOf(model));
}

function layersNetwork(): Promise<TrainableModel> {
  const settings = { inputShape: [6, 6, 2], classNames, seed: 1 } as const;
  return Promise.resolve(createSmallConvolutionalNetwork(settings));
}

function images(count: number): tf.Tensor4D {
  return tf.tensor4d(numbers(count * 72, 8), [count, 6, 6, 2]);
}

function scoresOf(model: TrainableModel): Float32Array {
  return tf.tidy(() => model.logits(images(8), { training: false }).dataSync<'float32'>());
}

/** Changes everything that training changes. */
function disturb(model: TrainableModel): void {
  tf.tidy(() => model.logits(images(8), { training: true }));
  for (const variable of model.variables) variable.assign(tf.add(variable, 0.5));
}

describe.each([
  ['an ONNX model', onnxNetwork],
  ['a TF.js Layers model', layersNetwork],
])('%s', (_, open) => {
  it('is set back to what is the same for the same seed, whatever it had learned', async () => {
    const model = await open();
    model.reinitialize(1);
    const first = await model.snapshot();
    disturb(model);
    model.reinitialize(1);
    expect(await model.snapshot()).toEqual(first);
    model.reinitialize(2);
    expect(await model.snapshot()).not.toEqual(first);
  });

  it('has, set back, kernels sized by their inputs, scales and variances of 1, and else nothing', async () => {
    const model = await open();
    disturb(model);
    model.reinitialize(1);
    for (const values of await model.snapshot()) {
      const [least, most] = [Math.min(...values), Math.max(...values)];
      if (least === most) expect([0, 1]).toContain(least);
    }
    const kernel = model.variables[0];
    expect(kernel.shape.slice(0, 3)).toEqual([3, 3, 2]);
    const size = Math.sqrt(tf.tidy(() => tf.mean(tf.square(kernel)).dataSync()[0]));
    expect(size).toBeGreaterThan(0.8 * Math.sqrt(2 / 18));
    expect(size).toBeLessThan(1.2 * Math.sqrt(2 / 18));
  });

  it('tells how far images are from those of its training, which are the nearest', async () => {
    const model = await open();
    const asked = (given: tf.Tensor4D): { deviation: number; logits: number[] } =>
      tf.tidy(() => {
        const { logits, deviation } = model.likeness(given);
        return { logits: [...logits.dataSync()], deviation: deviation.dataSync()[0] };
      });
    const before = asked(images(64)).deviation;
    for (let pass = 0; pass < 100; pass++) {
      tf.tidy(() => model.logits(images(64), { training: true }));
    }
    const after = asked(images(64));
    expect(after.deviation).toBeLessThan(0.1 * before);
    expect(asked(tf.add(images(64), 1)).deviation).toBeGreaterThan(10 * after.deviation);
    const logits = tf.tidy(() => model.logits(images(64), { training: false }).dataSync());
    expect(after.logits).toEqual([...logits]);
  });

  it('lets gradients of that flow to the images', async () => {
    const model = await open();
    const given = tf.variable<tf.Rank.R4>(tf.add(images(8), 1));
    const memory = tf.memory().numTensors;
    for (let step = 0; step < 30; step++) {
      tf.tidy(() => {
        const { gradients } = variableGradients(() => model.likeness(given).deviation, [given]);
        given.assign(tf.sub(given, tf.mul(gradients[0], 1)));
      });
    }
    expect(tf.memory().numTensors).toBe(memory);
    const deviationOf = (each: tf.Tensor4D): number =>
      tf.tidy(() => model.likeness(each).deviation.dataSync()[0]);
    expect(deviationOf(given)).toBeLessThan(deviationOf(tf.add(images(8), 1)));
  });

  it('scores some classes by the mean of what scores the others, and leaves the others their scores', async () => {
    const model = await open();
    const memory = tf.memory().numTensors;
    const before = scoresOf(model);
    expect(model.levelScores([1])).toBe(true);
    const after = scoresOf(model);
    for (let row = 0; row < after.length; row += 3) {
      const [cat, dog, owl] = after.subarray(row, row + 3);
      expect([cat, owl]).toEqual([before[row], before[row + 2]]);
      expect(dog).toBeCloseTo((cat + owl) / 2, 4);
    }
    expect(tf.memory().numTensors).toBe(memory);
  });

  it('raises the scores of some classes by a number, and leaves the others theirs', async () => {
    const model = await open();
    const memory = tf.memory().numTensors;
    const raised = scoresOf(model).map((score, at) => score + (at % 3 === 1 ? 2 : 0));
    expect(model.raiseScores([1], 2)).toBe(true);
    scoresOf(model).forEach((score, at) => {
      expect(score).toBeCloseTo(raised[at], 4);
    });
    expect(tf.memory().numTensors).toBe(memory);
  });
});
