import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { OnnxruntimeBackend } from '../../../engine/accelerators/onnxruntime/backend.ts';
import { computeOn, expectAsOnCpu, normal, startOnnxruntime } from './comparison.ts';

let backend: OnnxruntimeBackend;
beforeEach(() => {
  backend = startOnnxruntime();
});

const lengths = fc.integer({ min: 1, max: 5 });
const shapes = fc.array(lengths, { minLength: 1, maxLength: 4 });

describe('matrix products', { timeout: 60_000 }, () => {
  it.each([
    [false, false],
    [false, true],
    [true, false],
    [true, true],
  ])('are those of cpu, transposed or not (%s, %s), with batches that broadcast', (left, right) => {
    const sizes = fc.record({
      m: lengths,
      k: lengths,
      n: lengths,
      batch: fc.constantFrom<[number[], number[]]>(
        [[], []],
        [[3], [3]],
        [
          [2, 3],
          [1, 3],
        ],
        [[1], [4]],
      ),
    });
    fc.assert(
      fc.property(sizes, ({ m, k, n, batch }) => {
        expectAsOnCpu(() => {
          const a = normal([...batch[0], ...(left ? [k, m] : [m, k])], 1);
          const b = normal([...batch[1], ...(right ? [n, k] : [k, n])], 2);
          return tf.matMul(a, b, left, right);
        });
      }),
      { numRuns: 30 },
    );
    expect(backend.graphs).toEqual([`BatchMatMul ${left} ${right}`]);
  });

  it('have the gradients that they have on cpu', () => {
    expectAsOnCpu(() =>
      tf.grads((a, b) => tf.matMul(a, b))([normal([4, 3], 1), normal([3, 5], 2)]),
    );
  });

  it('add a bias and apply an activation', () => {
    expectAsOnCpu(() =>
      tf.fused.matMul({
        a: normal<tf.Rank.R2>([4, 3], 1),
        b: normal<tf.Rank.R2>([3, 5], 2),
        bias: normal<tf.Rank.R1>([5], 3),
        activation: 'relu',
      }),
    );
    expect(backend.graphs).toContainEqual(expect.stringMatching(/^activation relu/));
  });
});

describe('reductions', { timeout: 60_000 }, () => {
  const reductions = { Sum: tf.sum, Mean: tf.mean, Max: tf.max };
  const some = shapes.chain((shape) =>
    fc.record({
      shape: fc.constant(shape),
      axes: fc.subarray(
        shape.map((_, axis) => axis),
        { minLength: 1 },
      ),
      keepDims: fc.boolean(),
    }),
  );

  it.each(Object.entries(reductions))('%s is that of cpu, over any axes', (_name, reduce) => {
    fc.assert(
      fc.property(some, ({ shape, axes, keepDims }) => {
        expectAsOnCpu(() => reduce(normal(shape), axes, keepDims));
      }),
    );
    expect(backend.graphs.length).toBeGreaterThan(3);
  });

  it.each(Object.entries(reductions))('%s lets NaN through wherever it stands', (_name, reduce) => {
    const rows = [
      [NaN, 1, 2],
      [3, NaN, 1],
      [2, 5, NaN],
    ];
    for (const axis of [0, 1, [0, 1]]) expectAsOnCpu(() => reduce(tf.tensor2d(rows), axis));
  });

  it.each(Object.entries(reductions))('%s has the gradient that it has on cpu', (_name, reduce) => {
    for (const axis of [0, 1, [0, 2]])
      expectAsOnCpu(() => tf.grad((x) => reduce(x, axis))(normal([3, 4, 5])));
  });

  it('gives the same bits each time', () => {
    const [first, again] = [1, 2].map(() =>
      computeOn('onnxruntime', () => tf.sum(normal([100_000, 3]), 0)),
    );
    expect(again).toEqual(first);
  });

  it('sums many numbers precisely', () => {
    const sum = computeOn('onnxruntime', () => tf.sum(tf.fill([300_000, 2], 0.1), 0));
    expect(sum[0].values[0]).toBeCloseTo(30_000, 0);
  });
});

describe('layout', { timeout: 60_000 }, () => {
  it('transposes as cpu does', () => {
    const some = shapes.chain((shape) =>
      fc.record({
        shape: fc.constant(shape),
        order: fc.shuffledSubarray(
          shape.map((_, axis) => axis),
          { minLength: shape.length },
        ),
      }),
    );
    fc.assert(
      fc.property(some, ({ shape, order }) => {
        expectAsOnCpu(() => tf.transpose(normal(shape), order));
      }),
      { numRuns: 40 },
    );
    expect(backend.graphs).toContainEqual(expect.stringMatching(/^Transpose /));
  });

  it('pads as cpu does', () => {
    const some = shapes.chain((shape) =>
      fc.record({
        shape: fc.constant(shape),
        paddings: fc.tuple(...shape.map(() => fc.tuple(fc.nat({ max: 3 }), fc.nat({ max: 3 })))),
      }),
    );
    fc.assert(
      fc.property(some, ({ shape, paddings }) => {
        expectAsOnCpu(() => tf.pad(normal(shape), paddings, 0.5));
      }),
      { numRuns: 40 },
    );
    expect(backend.graphs).toContainEqual(expect.stringMatching(/^PadV2 /));
  });

  it('tiles as cpu does', () => {
    const some = shapes.chain((shape) =>
      fc.record({
        shape: fc.constant(shape),
        times: fc.tuple(...shape.map(() => fc.integer({ min: 1, max: 3 }))),
      }),
    );
    fc.assert(
      fc.property(some, ({ shape, times }) => {
        expectAsOnCpu(() => tf.tile(normal(shape), times));
      }),
      { numRuns: 40 },
    );
    expect(backend.graphs).toContainEqual(expect.stringMatching(/^Tile /));
  });

  it('slices as cpu does', () => {
    const some = shapes.chain((shape) =>
      fc.record({
        shape: fc.constant(shape),
        ranges: fc.tuple(
          ...shape.map((length) =>
            fc
              .nat({ max: length - 1 })
              .chain((begin) => fc.tuple(fc.constant(begin), fc.nat({ max: length - begin }))),
          ),
        ),
      }),
    );
    fc.assert(
      fc.property(some, ({ shape, ranges }) => {
        const [begin, size] = [0, 1].map((end) => ranges.map((range) => range[end]));
        expectAsOnCpu(() => tf.slice(normal(shape), begin, size));
      }),
    );
    expect(backend.graphs).toContainEqual(expect.stringMatching(/^Slice /));
  });

  it('concatenates as cpu does, along any axis, empty parts included', () => {
    const some = shapes.chain((shape) =>
      fc.record({
        shape: fc.constant(shape),
        axis: fc.nat({ max: shape.length - 1 }),
        parts: fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 4 }),
      }),
    );
    fc.assert(
      fc.property(some, ({ shape, axis, parts }) => {
        expectAsOnCpu(() =>
          tf.concat(
            parts.map((length, index) => normal(shape.with(axis, length), index + 1)),
            axis,
          ),
        );
      }),
    );
    expect(backend.graphs).toContainEqual(expect.stringMatching(/^Concat /));
  });

  it('has the gradients of layout that it has on cpu', () => {
    expectAsOnCpu(() => [
      tf.grad((x) => tf.transpose(x, [2, 0, 1]))(normal([2, 3, 4])),
      tf.grad((x) =>
        tf.pad(x, [
          [1, 2],
          [0, 1],
        ]),
      )(normal([2, 3])),
      tf.grad((x) => tf.slice(x, [0, 1], [2, 2]))(normal([2, 4])),
      ...tf.grads((a, b) => tf.concat([a, b], 1))([normal([2, 3], 1), normal([2, 2], 2)]),
    ]);
  });
});

describe('softmax', () => {
  it('is that of cpu', () => {
    expectAsOnCpu(() => [tf.softmax(normal([4, 7])), tf.logSoftmax(normal([4, 7]))]);
    expect(backend.graphs).toContain('Softmax');
  });

  it('stays finite for logits that overflow an exponential', () => {
    expectAsOnCpu(() => tf.softmax(tf.tensor2d([[1000, 999, -1000]])));
  });
});

describe('batch normalization by given statistics', () => {
  it.each([
    [true, true],
    [true, false],
    [false, true],
    [false, false],
  ])('is that of cpu, with or without scale and offset (%s, %s)', (scaled, shifted) => {
    expectAsOnCpu(() =>
      tf.batchNorm(
        normal<tf.Rank.R4>([2, 3, 3, 5]),
        normal<tf.Rank.R1>([5], 2),
        tf.abs(normal<tf.Rank.R1>([5], 3)),
        shifted ? normal<tf.Rank.R1>([5], 4) : undefined,
        scaled ? normal<tf.Rank.R1>([5], 5) : undefined,
        1e-3,
      ),
    );
    expect(backend.graphs).toContainEqual(expect.stringMatching(/^FusedBatchNorm /));
  });
});
