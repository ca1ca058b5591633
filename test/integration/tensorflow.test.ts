import * as tf from '@tensorflow/tfjs-core';
// Registers the gradients.
import '@tensorflow/tfjs-layers';
import { beforeEach, describe, expect, it } from 'vitest';
import { AcceleratorMissing } from '../../engine/accelerators/accelerator.ts';
import { cpu } from '../../engine/accelerators/cpu/cpu.ts';
import { onnxruntime } from '../../engine/accelerators/onnxruntime/onnxruntime.ts';
import { selfTest } from '../../engine/accelerators/self-test.ts';
import { tensorflow } from '../../engine/accelerators/tensorflow/tensorflow.ts';
import type { Snapshot } from '../../engine/models/trainable-model.ts';
import { createSmallConvolutionalNetwork } from '../../engine/models/tfjs-layers/small-convolutional-network.ts';
import { Adam } from '../../engine/operations/adam.ts';
import { batchNormalizationTraining } from '../../engine/operations/batch-normalization.ts';
import { rectify } from '../../engine/operations/clip.ts';
import { softmaxCrossEntropy } from '../../engine/operations/softmax-cross-entropy.ts';
import { train, type TrainingBatch } from '../../engine/unlearn/training.ts';

beforeEach(async ({ skip }) => {
  tf.enableProdMode();
  await cpu.start({ software: false });
  await tf.setBackend('cpu');
  try {
    await tensorflow.start({ software: false });
  } catch (error) {
    if (!(error instanceof AcceleratorMissing)) throw error;
    skip(error.message);
  }
});

/** Numbers of a standard normal distribution, the same for the same shape and seed. */
function normal<R extends tf.Rank>(shape: tf.ShapeMap[R], seed = 1): tf.Tensor<R> {
  return tf.randomNormal<R>(shape, 0, 1, 'float32', seed);
}

interface Result {
  readonly shape: number[];
  readonly values: Float32Array;
}

async function computeOn(name: string, compute: () => tf.Tensor[]): Promise<Result[]> {
  await tf.setBackend(name);
  return tf.tidy(() =>
    compute().map((tensor) => ({
      shape: tensor.shape,
      values: Float32Array.from(tensor.dataSync()),
    })),
  );
}

/** Expects what `cpu` computes, to a part in 10⁵ of the largest number. */
async function expectAsOnCpu(compute: () => tf.Tensor[]): Promise<void> {
  const expected = await computeOn('cpu', compute);
  const actual = await computeOn('tensorflow', compute);
  expect(actual.map(({ shape }) => shape)).toEqual(expected.map(({ shape }) => shape));
  expected.forEach(({ values }, index) => {
    const scale = values
      .filter(Number.isFinite)
      .reduce((largest, value) => Math.max(largest, Math.abs(value)), 1);
    values.forEach((value, place) => {
      if (Number.isNaN(value)) expect(actual[index].values[place]).toBeNaN();
      else expect(Math.abs(actual[index].values[place] - value)).toBeLessThan(1e-5 * scale);
    });
  });
}

type Shape4D = [number, number, number, number];
type Padding = 'same' | 'valid' | [[0, 0], [number, number], [number, number], [0, 0]];

const around = (pad: number): Padding => [
  [0, 0],
  [pad, pad],
  [pad, pad],
  [0, 0],
];
const uneven: Padding = [
  [0, 0],
  [1, 2],
  [0, 3],
  [0, 0],
];

const convolutions: [string, Shape4D, [number, number, number, number], number, Padding][] = [
  ['padded to the same size', [2, 7, 6, 3], [3, 3, 3, 5], 1, 'same'],
  ['without padding', [2, 8, 8, 4], [3, 3, 4, 8], 1, 'valid'],
  ['with padding given', [2, 6, 5, 3], [3, 3, 3, 4], 1, around(1)],
  ['with uneven padding', [2, 8, 8, 4], [3, 3, 4, 8], 1, uneven],
  ['of an even kernel', [2, 8, 8, 3], [4, 2, 3, 4], 1, around(1)],
  ['with strides', [2, 9, 8, 3], [3, 3, 3, 4], 2, 'same'],
  ['with strides and padding, on small maps', [2, 8, 7, 3], [3, 3, 3, 4], 2, around(1)],
  ['with strides and padding, on large maps', [2, 20, 18, 3], [7, 7, 3, 4], 2, around(3)],
  ['with strides wider than the kernel', [2, 9, 9, 3], [2, 2, 3, 4], 3, around(1)],
  ['with a rest that no place covers', [1, 10, 11, 2], [3, 3, 2, 3], 3, 'valid'],
  ['on a single pixel', [3, 1, 1, 4], [3, 3, 4, 5], 1, around(1)],
  ['on maps smaller than the kernel', [2, 2, 3, 3], [5, 5, 3, 4], 1, around(2)],
  ['on maps smaller than the kernel, with strides', [2, 2, 2, 3], [5, 5, 3, 4], 2, around(2)],
  ['of single pixels', [2, 5, 5, 8], [1, 1, 8, 4], 1, 'same'],
  ['of single pixels with strides', [2, 5, 5, 8], [1, 1, 8, 4], 2, 'valid'],
  ['with padding as wide as the kernel', [1, 3, 3, 2], [2, 2, 2, 3], 1, around(2)],
];

describe('on tensorflow, as on cpu, are', () => {
  it.each(convolutions)(
    'a convolution and its gradients, %s',
    async (_name, images, filter, strides, pad) => {
      const { outShape } = tf.backend_util.computeConv2DInfo(images, filter, strides, 1, pad);
      await expectAsOnCpu(() => {
        const convolve = (x: tf.Tensor, w: tf.Tensor): tf.Tensor =>
          tf.conv2d(
            tf.reshape<tf.Rank.R4>(x, images),
            tf.reshape<tf.Rank.R4>(w, filter),
            strides,
            pad,
          );
        const operands = [normal(images, 1), normal(filter, 2)];
        return [
          convolve(operands[0], operands[1]),
          ...tf.grads(convolve)(operands, normal(outShape, 3)),
        ];
      });
    },
  );

  it.each<[string, Shape4D, Shape4D, number, Padding]>([
    ['padded to the same size', [2, 7, 6, 3], [3, 3, 3, 1], 1, 'same'],
    ['with several filters a channel', [2, 6, 6, 3], [3, 3, 3, 2], 1, around(1)],
    ['with strides and padding', [2, 8, 8, 4], [3, 3, 4, 1], 2, around(1)],
  ])(
    'a depthwise convolution and its gradients, %s',
    async (_name, images, filter, strides, pad) => {
      const { outShape } = tf.backend_util.computeConv2DInfo(
        images,
        filter,
        strides,
        1,
        pad,
        undefined,
        true,
      );
      await expectAsOnCpu(() => {
        const convolve = (x: tf.Tensor, w: tf.Tensor): tf.Tensor =>
          tf.depthwiseConv2d(
            tf.reshape<tf.Rank.R4>(x, images),
            tf.reshape<tf.Rank.R4>(w, filter),
            strides,
            pad,
          );
        const operands = [normal(images, 1), normal(filter, 2)];
        return [
          convolve(operands[0], operands[1]),
          ...tf.grads(convolve)(operands, normal(outShape, 3)),
        ];
      });
    },
  );

  it.each<[string, number, number, Padding]>([
    ['without padding', 2, 2, 'valid'],
    ['padded to the same size', 3, 2, 'same'],
    ['with padding given', 3, 2, around(1)],
  ])('maximum pooling and its gradient, %s', async (_name, size, strides, pad) => {
    const pool = (x: tf.Tensor): tf.Tensor =>
      tf.maxPool(tf.reshape<tf.Rank.R4>(x, [2, 8, 8, 3]), size, strides, pad);
    await expectAsOnCpu(() => {
      const x = normal([2, 8, 8, 3]);
      const y = pool(x);
      return [y, tf.grad(pool)(x, normal(y.shape, 2))];
    });
  });

  it.each([[[4, 3]], [[2, 5, 5, 3]], [[1, 1, 1, 3]]])(
    'batch normalization in training and its gradients, of %j',
    async (shape) => {
      await expectAsOnCpu(() => {
        const vector = (tensor: tf.Tensor): tf.Tensor1D => tf.reshape<tf.Rank.R1>(tensor, [3]);
        const statistics: tf.Tensor[] = [];
        const normalize = (x: tf.Tensor, scale: tf.Tensor, offset: tf.Tensor): tf.Tensor => {
          const settings = { epsilon: 1e-3 };
          const outcome = batchNormalizationTraining(x, vector(scale), vector(offset), settings);
          statistics.push(outcome.mean, outcome.variance);
          return outcome.y;
        };
        const operands = [tf.add(normal(shape, 1), 3), normal([3], 2), normal([3], 3)];
        const y = normalize(operands[0], operands[1], operands[2]);
        return [y, ...statistics.slice(0, 2), ...tf.grads(normalize)(operands, normal(shape, 4))];
      });
    },
  );

  it('the rectifier, its gradient and the step function, for numbers and for none', async () => {
    await expectAsOnCpu(() => {
      const x = tf.tensor1d([-2, 0, 1e-30, 3, NaN, Infinity, -Infinity]);
      const numbers = tf.tensor1d([-2, 0, 1e-30, 3]);
      return [tf.step(x), tf.step(x, 0.5), rectify(numbers), tf.grad(rectify)(numbers)];
    });
  });

  it('softmax cross-entropy with its gradient', async () => {
    await expectAsOnCpu(() => {
      const loss = (x: tf.Tensor): tf.Tensor =>
        softmaxCrossEntropy(tf.reshape<tf.Rank.R2>(x, [4, 3]), tf.tensor1d([2, 0, 1, 2], 'int32'));
      return [loss(normal([4, 3])), tf.grad(loss)(normal([4, 3]))];
    });
  });

  it('steps of Adam', async () => {
    await expectAsOnCpu(() => {
      const variable = tf.variable(normal([5, 3]));
      const optimizer = new Adam([variable], { learningRate: 0.02 });
      for (const seed of [2, 3, 4]) tf.tidy(() => optimizer.apply([normal([5, 3], seed)]));
      optimizer.dispose();
      return [variable];
    });
  });
});

// eslint-disable-next-line @typescript-eslint/require-await -- train takes batches as they come.
async function* batches(count: number): AsyncGenerator<TrainingBatch> {
  for (let batch = 0; batch < count; batch++)
    yield {
      images: normal([6, 12, 12, 3], batch + 1),
      labels: Int32Array.from({ length: 6 }, (_, image) => image % 3),
    };
}

async function trainOn(
  name: string,
  steps: number,
): Promise<{ losses: number[]; weights: Snapshot; tensors: number[] }> {
  await tf.setBackend(name);
  const model = createSmallConvolutionalNetwork({
    inputShape: [12, 12, 3],
    classNames: ['one', 'other', 'third'],
    seed: 3,
  });
  const losses: number[] = [];
  const tensors: number[] = [];
  for await (const { loss } of train(model, batches(steps), { steps, learningRate: 0.01 })) {
    losses.push(loss);
    tensors.push(tf.memory().numTensors);
  }
  const weights = await model.snapshot();
  model.dispose();
  return { losses, weights, tensors };
}

describe('tensorflow', () => {
  it('trains a model as cpu does', async () => {
    const expected = await trainOn('cpu', 3);
    const actual = await trainOn('tensorflow', 3);
    actual.losses.forEach((loss, step) => {
      expect(loss).toBeCloseTo(expected.losses[step], 4);
    });
  });

  it('comes to the same weights, bit for bit, when it trains twice', async () => {
    const [once, again] = [await trainOn('tensorflow', 4), await trainOn('tensorflow', 4)];
    expect(again.weights).toEqual(once.weights);
    expect(again.losses).toEqual(once.losses);
  });

  it('keeps no tensor from one step to the next', async () => {
    const { tensors } = await trainOn('tensorflow', 4);
    expect(new Set(tensors).size).toBe(1);
  });

  it('passes the self-test', async () => {
    expect(await selfTest('tensorflow')).toMatchObject({ passed: true });
  });

  it('is registered beside the others, and leaves the one that is set', async () => {
    await onnxruntime.start({ software: false });
    for (const name of ['onnxruntime', 'cpu']) {
      await tf.setBackend(name);
      await tensorflow.start({ software: false });
      expect(tf.getBackend()).toBe(name);
      expect(await tf.add(tf.tensor1d([1, 2]), 1).data()).toEqual(Float32Array.of(2, 3));
    }
  });

  it('says its version, its threads and what it computes on', async () => {
    const { version, threads, device } = await tensorflow.start({ software: false });
    expect(version).toMatch(/^2\.\d+\.\d+/);
    expect(threads).toBeGreaterThan(0);
    expect(device.name).not.toBe('');
  });
});
