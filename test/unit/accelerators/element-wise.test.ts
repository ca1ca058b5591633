import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { OnnxruntimeBackend } from '../../../engine/accelerators/onnxruntime/backend.ts';
import { expectAsOnCpu, normal, startOnnxruntime } from './comparison.ts';

let backend: OnnxruntimeBackend;
beforeEach(() => {
  backend = startOnnxruntime();
});

const special = [NaN, Infinity, -Infinity, 0, -0, 1e-30, -1e-30, 1e30, 1, -1, 0.5, 7];

const unary: Record<string, (x: tf.Tensor) => tf.Tensor> = {
  Abs: tf.abs,
  ClipByValue: (x) => tf.clipByValue(x, -0.5, 2),
  Elu: tf.elu,
  Exp: tf.exp,
  LeakyRelu: (x) => tf.leakyRelu(x, 0.1),
  Log: tf.log,
  Neg: tf.neg,
  Reciprocal: tf.reciprocal,
  Relu: tf.relu,
  Relu6: tf.relu6,
  Rsqrt: tf.rsqrt,
  Sigmoid: tf.sigmoid,
  Sqrt: tf.sqrt,
  Square: tf.square,
  Step: (x) => tf.step(x, 0),
  Tanh: tf.tanh,
};

describe('a function of one tensor', () => {
  it.each(Object.entries(unary))('%s is that of cpu', (name, compute) => {
    expectAsOnCpu(() => compute(normal([3, 5, 7])));
    expect(backend.graphs).toContainEqual(expect.stringMatching(`^${name} `));
  });

  it.each(Object.entries(unary))(
    '%s treats NaN, infinities and zeros as cpu does',
    (_name, compute) => {
      expectAsOnCpu(() => compute(tf.tensor1d(special)));
    },
  );

  it.each(['Relu', 'Relu6', 'LeakyRelu', 'Elu', 'Sigmoid', 'Tanh', 'Sqrt', 'Square'])(
    '%s has the gradient that it has on cpu',
    (name) => {
      expectAsOnCpu(() => tf.grad(unary[name])(tf.abs(normal([4, 9]))));
    },
  );

  it('Step is the slope it is given, below zero', () => {
    expectAsOnCpu(() => tf.step(normal([50]), 0.3));
  });
});

const binary: Record<string, (a: tf.Tensor, b: tf.Tensor) => tf.Tensor> = {
  Add: tf.add,
  Equal: tf.equal,
  Greater: tf.greater,
  GreaterEqual: tf.greaterEqual,
  Less: tf.less,
  LessEqual: tf.lessEqual,
  Maximum: tf.maximum,
  Minimum: tf.minimum,
  Multiply: tf.mul,
  NotEqual: tf.notEqual,
  RealDiv: tf.div,
  SquaredDifference: tf.squaredDifference,
  Sub: tf.sub,
};

/** Two shapes that broadcast: either may lack leading axes, or have a 1 where the other does not. */
const broadcasting = fc
  .array(
    fc.record({
      length: fc.integer({ min: 1, max: 4 }),
      ones: fc.constantFrom('neither', 'first', 'second'),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .chain((axes) =>
    fc.nat({ max: axes.length }).map((missing) => ({
      a: axes.map(({ length, ones }) => (ones === 'first' ? 1 : length)),
      b: axes.map(({ length, ones }) => (ones === 'second' ? 1 : length)).slice(missing),
    })),
  );

describe('a function of two tensors', { timeout: 60_000 }, () => {
  it.each(Object.entries(binary))('%s is that of cpu, whatever the shapes', (name, compute) => {
    fc.assert(
      fc.property(broadcasting, ({ a, b }) => {
        // Rounded, so that some are equal.
        expectAsOnCpu(() => compute(tf.round(normal(a, 1)), tf.round(normal(b, 2))));
        expectAsOnCpu(() => compute(normal(b, 1), normal(a, 2)));
      }),
      { numRuns: 30 },
    );
    expect(backend.graphs).toContain(name);
  });

  it.each(Object.entries(binary))(
    '%s treats NaN, infinities and zeros as cpu does',
    (_name, compute) => {
      const pairs = special.flatMap((a) => special.map((b) => [a, b]));
      expectAsOnCpu(() =>
        compute(tf.tensor1d(pairs.map(([a]) => a)), tf.tensor1d(pairs.map(([, b]) => b))),
      );
    },
  );

  it.each(['Add', 'Multiply', 'Sub', 'RealDiv'])(
    '%s has the gradients that it has on cpu, summed over what was broadcast',
    (name) => {
      expectAsOnCpu(() =>
        tf.grads((a, b) => binary[name](a, b))([normal([4, 3, 5], 1), normal([3, 1], 2)]),
      );
    },
  );

  it.each(['Maximum', 'Minimum', 'SquaredDifference'])(
    '%s has the gradients that it has on cpu',
    (name) => {
      expectAsOnCpu(() =>
        tf.grads((a, b) => binary[name](a, b))([normal([4, 3], 1), normal([4, 3], 2)]),
      );
    },
  );
});

describe('other element-wise kernels', () => {
  it('adds up any number of tensors', () => {
    expectAsOnCpu(() => tf.addN([1, 2, 3, 4].map((seed) => normal([3, 4], seed))));
    expect(backend.graphs).toEqual(['AddN 4']);
  });

  it('selects by a condition', () => {
    expectAsOnCpu(() => {
      const [a, b] = [normal([5, 6], 1), normal([5, 6], 2)];
      return tf.where(tf.greater(a, b), a, b);
    });
    expect(backend.graphs).toContain('Select');
  });

  it.each(['int32', 'bool'] as const)('computes with what was cast from %s', (dtype) => {
    expectAsOnCpu(() => tf.mul(tf.cast(tf.tensor1d([0, 1, 1, 0], dtype), 'float32'), 2.5));
  });

  it('computes with integers on cpu', () => {
    expectAsOnCpu(() => tf.add(tf.tensor1d([1, 2], 'int32'), tf.tensor1d([3, 4], 'int32')));
    expect(backend.graphs).toEqual([]);
  });

  it('computes with tensors of no elements', () => {
    expectAsOnCpu(() => [
      tf.relu(tf.zeros([0, 3])),
      tf.add(tf.zeros([2, 0]), tf.zeros([1, 1])),
      tf.sum(tf.zeros([0, 3]), 0),
      tf.matMul(tf.zeros([2, 0]), tf.zeros([0, 3])),
      tf.transpose(tf.zeros([0, 3])),
    ]);
  });
});
