import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { OnnxruntimeBackend } from '../../../engine/accelerators/onnxruntime/backend.ts';
import { computeOn, expectAsOnCpu, startOnnxruntime } from './comparison.ts';

let backend: OnnxruntimeBackend;
beforeEach(() => {
  backend = startOnnxruntime();
});

const shapes = [[2, 3], [0, 3], [1], [2, 1, 3], [1, 1, 1, 1]];
const numeric = ['float32', 'int32', 'bool', 'complex64'] as const;
type Numeric = (typeof numeric)[number];

/** −2, −1, 0 … in order; of `bool`, 0 and 1 in turns. */
function counted(shape: number[], dtype: Numeric): tf.Tensor {
  const size = tf.util.sizeFromShape(shape);
  const numbers = Float32Array.from({ length: size }, (_, index) =>
    dtype === 'bool' ? index % 2 : index - 2,
  );
  const floats = tf.tensor(numbers, shape, dtype === 'complex64' ? 'float32' : dtype);
  return dtype === 'complex64' ? tf.complex(floats, tf.neg(floats)) : floats;
}

/** Expects what `cpu` computes, or refuses to compute. */
function expectAsOnCpuOrRefused(compute: () => tf.Tensor | tf.Tensor[]): void {
  const refuses = (name: 'cpu' | 'onnxruntime'): boolean => {
    try {
      computeOn(name, compute);
      return false;
    } catch {
      return true;
    }
  };
  if (refuses('cpu')) expect(refuses('onnxruntime')).toBe(true);
  else expectAsOnCpu(compute);
}

const all = (x: tf.Tensor, value: number): number[] => x.shape.map(() => value);

const layouts: Record<string, (x: tf.Tensor) => tf.Tensor> = {
  concat: (x) => tf.concat([x, x, x], x.rank - 1),
  gather: (x) => tf.gather(x, tf.zeros([2], 'int32')),
  pad: (x) =>
    tf.pad(
      x,
      x.shape.map(() => [1, 2]),
      1,
    ),
  reshape: (x) => tf.reshape(x, [-1]),
  reverse: (x) => tf.reverse(x),
  slice: (x) =>
    tf.slice(
      x,
      all(x, 0),
      x.shape.map((length) => Math.max(0, length - 1)),
    ),
  stack: (x) => tf.stack([x, x]),
  'tile to nothing': (x) => tf.tile(x, all(x, 0)),
  tile: (x) => tf.tile(x, all(x, 2)),
  transpose: (x) => tf.transpose(x),
};

const functions: Record<string, (x: tf.Tensor) => tf.Tensor> = {
  abs: tf.abs,
  addN: (x) => tf.addN([x, x]),
  clip: (x) => tf.clipByValue(x, -1, 1),
  elu: tf.elu,
  exp: tf.exp,
  leakyRelu: (x) => tf.leakyRelu(x),
  log: tf.log,
  logSoftmax: (x) => tf.logSoftmax(x),
  matrixProduct: (x) => tf.matMul(x, x, false, true),
  max: (x) => tf.max(x),
  mean: (x) => tf.mean(x),
  neg: tf.neg,
  reciprocal: tf.reciprocal,
  relu: tf.relu,
  relu6: tf.relu6,
  rsqrt: tf.rsqrt,
  sigmoid: tf.sigmoid,
  softmax: (x) => tf.softmax(x),
  sqrt: tf.sqrt,
  square: tf.square,
  step: (x) => tf.step(x, 0.5),
  sum: (x) => tf.sum(x, 0),
  tanh: tf.tanh,
};

const binary: Record<string, (a: tf.Tensor, b: tf.Tensor) => tf.Tensor> = {
  add: tf.add,
  div: tf.div,
  equal: tf.equal,
  greater: tf.greater,
  greaterEqual: tf.greaterEqual,
  less: tf.less,
  lessEqual: tf.lessEqual,
  maximum: tf.maximum,
  minimum: tf.minimum,
  mul: tf.mul,
  notEqual: tf.notEqual,
  squaredDifference: tf.squaredDifference,
  sub: tf.sub,
  where: (a, b) => tf.where(tf.cast(a, 'bool'), a, b),
};

describe.each(numeric)('tensors of %s', (dtype) => {
  it.each(Object.entries({ ...layouts, ...functions }))(
    'go through %s as on cpu',
    (_name, compute) => {
      for (const shape of shapes) expectAsOnCpuOrRefused(() => compute(counted(shape, dtype)));
    },
  );

  it.each(Object.entries(binary))('meet those of any type in %s as on cpu', (_name, compute) => {
    for (const other of numeric)
      for (const shape of shapes)
        expectAsOnCpuOrRefused(() => compute(counted(shape, dtype), counted(shape, other)));
  });

  it.each(numeric)('become %s as on cpu', (other) => {
    for (const shape of shapes) expectAsOnCpu(() => tf.cast(counted(shape, dtype), other));
  });
});

describe('tensors of string', () => {
  it.each(['concat', 'reshape', 'slice', 'stack', 'tile'])('go through %s as on cpu', (name) => {
    const textsOn = (backendName: string): unknown => {
      void tf.setBackend(backendName);
      const texts = ['a', 'b', 'c', 'd', 'e', 'f'];
      return tf.tidy(() => layouts[name](tf.tensor2d(texts, [2, 3])).arraySync());
    };
    expect(textsOn('onnxruntime')).toEqual(textsOn('cpu'));
    expect(backend.graphs).toEqual([]);
  });
});

describe('integers', () => {
  it('that float32 cannot hold stay exact', () => {
    const [odd, largest] = [2 ** 24 + 1, 2 ** 31 - 1];
    expectAsOnCpu(
      () => [
        tf.add(tf.tensor1d([odd, largest], 'int32'), tf.tensor1d([2, -1], 'int32')),
        tf.equal(tf.tensor1d([odd], 'int32'), tf.tensor1d([odd - 1], 'int32')),
        tf.sum(tf.tensor1d([odd, 1, 1], 'int32')),
        tf.max(tf.tensor1d([odd, odd - 1], 'int32')),
        tf.concat([tf.tensor1d([odd], 'int32'), tf.tensor1d([largest], 'int32')]),
        tf.tile(tf.tensor1d([odd], 'int32'), [3]),
      ],
      0,
    );
  });

  it('are what cpu makes of fractions, NaN and infinities', () => {
    const numbers = [1.5, -1.5, -0.5, 3e9, NaN, Infinity, -Infinity, 0, -0];
    expectAsOnCpu(() => [
      tf.cast(tf.tensor1d(numbers), 'int32'),
      tf.cast(tf.tensor1d(numbers), 'bool'),
    ]);
  });
});

/** Rows that hold these numbers in any order: NaN anywhere, or nothing but infinities. */
function rowsOf(...numbers: number[]): fc.Arbitrary<number[][]> {
  return fc.integer({ min: 1, max: 19 }).chain((length) =>
    fc.array(fc.array(fc.constantFrom(...numbers), { minLength: length, maxLength: length }), {
      minLength: 1,
      maxLength: 6,
    }),
  );
}

describe('NaN and infinities', { timeout: 60_000 }, () => {
  const special = [NaN, Infinity, -Infinity, 0, -0, 1, -2.5];

  it.each<[string, (x: tf.Tensor2D) => tf.Tensor[]]>([
    ['a sum', (x) => [tf.sum(x, 0), tf.sum(x, 1), tf.sum(x)]],
    ['a mean', (x) => [tf.mean(x, 0), tf.mean(x, 1), tf.mean(x)]],
    [
      'a matrix product',
      (x) => [tf.matMul(x, x, true), tf.matMul(x, tf.zerosLike(x), false, true)],
    ],
  ])('come out of %s as on cpu', (_name, compute) => {
    fc.assert(
      fc.property(rowsOf(...special), (values) => {
        expectAsOnCpu(() => compute(tf.tensor2d(values)));
      }),
      { numRuns: 60 },
    );
  });

  it.each<[string, (x: tf.Tensor2D) => tf.Tensor[]]>([
    ['a maximum', (x) => [tf.max(x, 0), tf.max(x, 1), tf.max(x)]],
    ['a softmax', (x) => [tf.softmax(x), tf.logSoftmax(x)]],
  ])('come out of %s as on cpu, beside the largest numbers', (_name, compute) => {
    fc.assert(
      fc.property(rowsOf(...special, 3e38, -3e38, 1e-40), (values) => {
        expectAsOnCpu(() => compute(tf.tensor2d(values)));
      }),
      { numRuns: 60 },
    );
  });
});

describe('an activation behind a matrix product', () => {
  const activations = ['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu', 'prelu'] as const;
  const biases: Record<string, number[] | null> = {
    'no bias': null,
    'a bias': [3],
    'a scalar bias': [],
  };

  it.each(
    activations.flatMap((activation) =>
      Object.entries(biases).map((bias) => [activation, ...bias] as const),
    ),
  )('is that of cpu: %s with %s', (activation, _name, shape) => {
    expectAsOnCpu(() =>
      tf.fused.matMul({
        a: tf.randomNormal([4, 5], 0, 3, 'float32', 1),
        b: tf.randomNormal([5, 3], 0, 3, 'float32', 2),
        ...(shape && { bias: tf.fill(shape, 0.5) }),
        ...(activation === 'prelu' && { preluActivationWeights: tf.tensor1d([0.1, 0.2, 0.3]) }),
        activation,
        leakyreluAlpha: 0.3,
      }),
    );
  });
});
