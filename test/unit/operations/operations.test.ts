import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { Adam } from '../../../engine/operations/adam.ts';
import {
  batchNormalizationInference,
  batchNormalizationTraining,
} from '../../../engine/operations/batch-normalization.ts';
import { softmaxCrossEntropy } from '../../../engine/operations/softmax-cross-entropy.ts';
import { computeOn, expectAsOnCpu, normal, startOnnxruntime } from '../accelerators/comparison.ts';

beforeEach(() => {
  startOnnxruntime();
});

const EPSILON = 1e-3;

/** As written in the paper; tfjs derives the gradients. */
function composedNormalization(x: tf.Tensor, scale: tf.Tensor, offset: tf.Tensor): tf.Tensor {
  const axes = x.shape.slice(0, -1).map((_, axis) => axis);
  const { mean, variance } = tf.moments(x, axes);
  const normalized = tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, EPSILON)));
  return tf.add(tf.mul(normalized, scale), offset);
}

const shapes = fc
  .array(fc.integer({ min: 1, max: 6 }), { minLength: 2, maxLength: 4 })
  .filter((shape) => shape.slice(0, -1).some((length) => length > 1));

function operandsFor(shape: number[]): [tf.Tensor, tf.Tensor1D, tf.Tensor1D] {
  const channels: [number] = [shape[shape.length - 1]];
  return [
    tf.add(normal(shape, 1), 3),
    normal<tf.Rank.R1>(channels, 2),
    normal<tf.Rank.R1>(channels, 3),
  ];
}

describe.each(['cpu', 'onnxruntime'] as const)(
  'on %s, batch normalization in training',
  { timeout: 60_000 },
  (name) => {
    it('normalises by the statistics of the batch, with the gradients of the composed formula', () => {
      fc.assert(
        fc.property(shapes, (shape) => {
          const composed = computeOn('cpu', () => {
            const operands = operandsFor(shape);
            const dy = normal(shape, 4);
            return [
              composedNormalization(...operands),
              ...tf.grads(composedNormalization)(operands, dy),
            ];
          });
          const actual = computeOn(name, () => {
            const operands = operandsFor(shape);
            const dy = normal(shape, 4);
            const normalize = (x: tf.Tensor, scale: tf.Tensor, offset: tf.Tensor): tf.Tensor =>
              batchNormalizationTraining(x, tf.reshape(scale, [-1]), tf.reshape(offset, [-1]), {
                epsilon: EPSILON,
              }).y;
            return [normalize(...operands), ...tf.grads(normalize)(operands, dy)];
          });
          composed.forEach(({ shape, values }, index) => {
            expect(actual[index].shape).toEqual(shape);
            expectClose(actual[index].values, values, 1e-4);
          });
        }),
        { numRuns: 40 },
      );
    });

    it('gives the mean and the biased variance of the batch, and no more tensors than that', () => {
      void tf.setBackend(name);
      const [x, scale, offset] = operandsFor([4, 3, 2]);
      const before = tf.memory().numTensors;
      const { y, mean, variance } = batchNormalizationTraining(x, scale, offset, {
        epsilon: EPSILON,
      });
      expect(tf.memory().numTensors).toBe(before + 3);
      const expected = tf.moments(x, [0, 1]);
      expectClose(mean.dataSync(), expected.mean.dataSync(), 1e-5);
      expectClose(variance.dataSync(), expected.variance.dataSync(), 1e-5);
      tf.dispose([y, mean, variance]);
    });

    it('gives statistics that a tidy disposes of, even while gradients are taken', () => {
      void tf.setBackend(name);
      const [x, scale, offset] = operandsFor([4, 3, 2]);
      const before = tf.memory().numTensors;
      tf.tidy(() => {
        tf.grad((x) => batchNormalizationTraining(x, scale, offset, { epsilon: EPSILON }).y)(x);
      });
      expect(tf.memory().numTensors).toBe(before);
    });

    it('keeps its precision when the mean is large against the deviation', () => {
      const [{ values }] = computeOn(name, () => {
        const x = tf.add(normal([512, 3]), 1000);
        return batchNormalizationTraining(x, tf.ones([3]), tf.zeros([3]), { epsilon: 0 }).y;
      });
      const rows = Array.from(values);
      const squares = rows.reduce((sum, value) => sum + value * value, 0);
      expect(squares / rows.length).toBeCloseTo(1, 3);
    });
  },
);

describe('batch normalization after training', () => {
  it('is that of tf.batchNorm, with its gradients', () => {
    const operands = (): tf.Tensor[] => [
      normal([3, 2, 2, 4], 1),
      normal([4], 2),
      tf.abs(normal([4], 3)),
      normal([4], 4),
      normal([4], 5),
    ];
    const vector = (tensor: tf.Tensor): tf.Tensor1D => tf.reshape<tf.Rank.R1>(tensor, [-1]);
    const expected = computeOn('cpu', () => {
      const reference = (...[x, mean, variance, scale, offset]: tf.Tensor[]): tf.Tensor =>
        tf.batchNorm(x, vector(mean), vector(variance), vector(offset), vector(scale), EPSILON);
      return [reference(...operands()), ...tf.grads(reference)(operands())];
    });
    const compute = (): tf.Tensor[] => {
      const own = (...[x, mean, variance, scale, offset]: tf.Tensor[]): tf.Tensor =>
        batchNormalizationInference(
          x,
          vector(mean),
          vector(variance),
          vector(scale),
          vector(offset),
          EPSILON,
        );
      return [own(...operands()), ...tf.grads(own)(operands())];
    };
    expectAsOnCpu(compute, 1e-4);
    computeOn('onnxruntime', compute).forEach(({ values }, index) => {
      expectClose(values, expected[index].values, 1e-4);
    });
  });
});

describe('softmax cross-entropy', () => {
  const labels = (): tf.Tensor1D => tf.tensor1d([2, 0, 1, 2], 'int32');

  it.each(['cpu', 'onnxruntime'] as const)(
    'is that of tf.losses on %s, with its gradient',
    (name) => {
      const expected = computeOn('cpu', () => {
        const loss = (x: tf.Tensor): tf.Tensor =>
          tf.losses.softmaxCrossEntropy(tf.oneHot(labels(), 3), x);
        return [loss(normal([4, 3])), tf.grad(loss)(normal([4, 3]))];
      });
      const actual = computeOn(name, () => {
        const loss = (x: tf.Tensor): tf.Tensor =>
          softmaxCrossEntropy(tf.reshape<tf.Rank.R2>(x, [4, 3]), labels());
        return [loss(normal([4, 3])), tf.grad(loss)(normal([4, 3]))];
      });
      expected.forEach(({ shape, values }, index) => {
        expect(actual[index].shape).toEqual(shape);
        expectClose(actual[index].values, values, 1e-5);
      });
    },
  );

  it('scales its gradient by that of what comes after', () => {
    const loss = (factor: number) => (x: tf.Tensor) =>
      tf.mul(softmaxCrossEntropy(tf.reshape<tf.Rank.R2>(x, [4, 3]), labels()), factor);
    const [once, thrice] = [1, 3].map((factor) =>
      tf
        .grad(loss(factor))(normal([4, 3]))
        .dataSync(),
    );
    expectClose(
      thrice,
      Array.from(once, (value) => 3 * value),
      1e-6,
    );
  });

  it('stays finite for logits of any size', () => {
    const logits = tf.tensor2d([
      [1e4, -1e4, 0],
      [-Infinity, 5, 5],
    ]);
    const target = tf.tensor1d([1, 2], 'int32');
    const { value, grad } = tf.valueAndGrad((x: tf.Tensor) =>
      softmaxCrossEntropy(tf.reshape<tf.Rank.R2>(x, [2, 3]), target),
    )(logits);
    expect(value.dataSync()[0]).toBeCloseTo((2e4 + Math.log(2)) / 2, 2);
    expect([...grad.dataSync()]).toEqual([0.5, -0.5, 0, 0, 0.25, -0.25]);
  });
});

describe.each(['cpu', 'onnxruntime'] as const)('Adam on %s', (name) => {
  beforeEach(() => {
    void tf.setBackend(name);
  });

  /** torch.optim.Adam's formula, one number at a time, in double precision. */
  function reference(start: number, gradients: number[], rate: number): number {
    const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-8];
    let [value, mean, square] = [start, 0, 0];
    gradients.forEach((gradient, index) => {
      mean = beta1 * mean + (1 - beta1) * gradient;
      square = beta2 * square + (1 - beta2) * gradient ** 2;
      const corrected = mean / (1 - beta1 ** (index + 1));
      const root = Math.sqrt(square / (1 - beta2 ** (index + 1)));
      value -= (rate * corrected) / (root + epsilon);
    });
    return value;
  }

  it('follows the formula of PyTorch', () => {
    const steps = [
      [0.5, -2, 1e-3, 0],
      [-1, -2, 1e-4, 0],
      [0.25, 3, -1e-3, 0],
    ];
    const start = [1, -1, 0.5, 2];
    const variable = tf.variable(tf.tensor1d(start));
    const optimizer = new Adam([variable], { learningRate: 0.02 });
    for (const gradients of steps) tf.tidy(() => optimizer.apply([tf.tensor1d(gradients)]));
    const expected = start.map((value, index) =>
      reference(
        value,
        steps.map((gradients) => gradients[index]),
        0.02,
      ),
    );
    expectClose(variable.dataSync(), expected, 1e-6);
    optimizer.dispose();
  });

  it.each([
    ['as graphs', { smallestWork: 0 }],
    ['small ones without', { smallestWork: 1000 }],
  ])(
    'updates several variables, large ones too, %s, and leaves no tensors behind',
    (_, settings) => {
      startOnnxruntime(settings);
      void tf.setBackend(name);
      const before = tf.memory().numTensors;
      const shapes = [[300, 1000], [3], []];
      const variables = shapes.map((shape, index) => tf.variable(normal(shape, index + 1)));
      const initial = variables.map((variable) => Float32Array.from(variable.dataSync()));
      const optimizer = new Adam(variables, { learningRate: 0.1 });
      tf.tidy(() => optimizer.apply(shapes.map((shape) => tf.fill(shape, -2))));
      // The first step of Adam has the size of the rate, whatever the gradient's.
      variables.forEach((variable, index) => {
        expectClose(
          variable.dataSync(),
          Array.from(initial[index], (value) => value + 0.1),
          1e-5,
        );
      });
      optimizer.dispose();
      tf.dispose([...variables]);
      expect(tf.memory().numTensors).toBe(before + shapes.length);
    },
  );

  it('refuses gradients that are not one for each variable', () => {
    const optimizer = new Adam([tf.variable(normal([2]))], { learningRate: 0.1 });
    expect(() => optimizer.apply([])).toThrow('0 gradients for 1 variables');
  });
});

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number) {
  const numbers = Array.from(expected);
  const scale = numbers.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1);
  expect(actual.length).toBe(numbers.length);
  const off = numbers.map((value, index) => Math.abs(value - actual[index]) / scale);
  // Not Math.max(...off): NaN must fail, and there may be many.
  expect(off.filter((each) => !(each <= tolerance))).toEqual([]);
}
