import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import type { TrainableModel } from '../../../../engine/models/models.ts';
import { bytesOf, modelOf, node, numbers, randomFloats, type GraphParts } from './make-onnx.ts';
import { openBytes } from './run-both.ts';

const classCount = 4;
const erased = [0, 2];
const pooled = [
  node('Relu', ['images'], 'r'),
  node('GlobalAveragePool', ['r'], 'p'),
  node('Flatten', ['p'], 'features'),
];
const bias = randomFloats('bias', [classCount], 2);

/** Four channels are four features, so that the matrix is a square and its axes are no different in size. */
const heads: Record<string, GraphParts> = {
  'Gemm of a square matrix': {
    nodes: [...pooled, node('Gemm', ['features', 'matrix', 'bias'], 'scores')],
    initializers: [randomFloats('matrix', [4, classCount], 1), bias],
  },
  'Gemm of a square matrix, transposed': {
    nodes: [...pooled, node('Gemm', ['features', 'matrix', 'bias'], 'scores', { transB: 1 })],
    initializers: [randomFloats('matrix', [classCount, 4], 1), bias],
  },
  'MatMul and Add': {
    nodes: [
      ...pooled,
      node('MatMul', ['features', 'matrix'], 'm'),
      node('Add', ['m', 'bias'], 'scores'),
    ],
    initializers: [randomFloats('matrix', [4, classCount], 1), bias],
  },
  'Conv and the mean over its positions': {
    nodes: [
      node('Conv', ['images', 'kernel', 'bias'], 'c'),
      node('GlobalAveragePool', ['c'], 'p'),
      node('Flatten', ['p'], 'scores'),
    ],
    initializers: [randomFloats('kernel', [classCount, 4, 3, 3], 1), bias],
  },
};

const images = tf.tensor4d(numbers(5 * 36 * 4, 8), [5, 6, 6, 4]);

function withImages(parts: GraphParts): GraphParts {
  return { ...parts, input: ['N', 4, 6, 6] };
}

function scoresOf(model: TrainableModel): Float32Array {
  return tf.tidy(() => model.logits(images, { training: false }).dataSync<'float32'>());
}

describe.each(Object.entries(heads))('%s', (_, parts) => {
  it('scores the erased classes by the mean of the others', async () => {
    const model = await openBytes(bytesOf(modelOf(withImages(parts))));
    const before = scoresOf(model);
    expect(model.levelScores(erased)).toBe(true);
    scoresOf(model).forEach((score, at) => {
      const row = before.subarray(at - (at % classCount));
      const isErased = erased.includes(at % classCount);
      expect(score).toBeCloseTo(isErased ? (row[1] + row[3]) / 2 : before[at], 4);
    });
  });

  it('raises the scores of the erased classes by a number, and no other', async () => {
    const model = await openBytes(bytesOf(modelOf(withImages(parts))));
    const before = scoresOf(model);
    expect(model.raiseScores(erased, -3)).toBe(true);
    scoresOf(model).forEach((score, at) => {
      const isErased = erased.includes(at % classCount);
      expect(score).toBeCloseTo(before[at] - (isErased ? 3 : 0), 4);
    });
  });
});

const weighted = randomFloats('matrix', [4, classCount], 1);
it.each<[string, GraphParts]>([
  [
    'nothing is added',
    {
      nodes: [...pooled, node('MatMul', ['features', 'matrix'], 'scores')],
      initializers: [weighted],
    },
  ],
  [
    'the bias counts twice',
    {
      nodes: [
        ...pooled,
        node('Gemm', ['features', 'matrix', 'bias'], 'scores', { beta: { float: 2 } }),
      ],
      initializers: [weighted, bias],
    },
  ],
  [
    'what was added is cut off',
    {
      nodes: [
        ...pooled,
        node('Gemm', ['features', 'matrix', 'bias'], 'uncut'),
        node('Relu', ['uncut'], 'scores'),
      ],
      initializers: [weighted, bias],
    },
  ],
])('raises no score where %s', async (_, parts) => {
  const model = await openBytes(bytesOf(modelOf(withImages(parts))));
  const before = await model.snapshot();
  expect(model.raiseScores(erased, -3)).toBe(false);
  expect(await model.snapshot()).toEqual(before);
});

it('changes nothing where no weight of the last layer belongs to one class', async () => {
  const parts: GraphParts = {
    nodes: [
      ...pooled,
      node('Transpose', ['matrix'], 'turned', { perm: [1, 0] }),
      node('MatMul', ['features', 'turned'], 'm'),
      node('Add', ['m', 'bias'], 'scores'),
    ],
    initializers: [randomFloats('matrix', [classCount, 4], 1), bias],
  };
  const model = await openBytes(bytesOf(modelOf(withImages(parts))));
  const before = await model.snapshot();
  expect(model.levelScores(erased)).toBe(false);
  expect(await model.snapshot()).toEqual(before);
});
