import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { OnnxruntimeBackend } from '../../../engine/accelerators/onnxruntime/backend.ts';
import { computeOn, expectAsOnCpu, normal, startOnnxruntime } from './comparison.ts';

type Padding = 'same' | 'valid' | [[0, 0], [number, number], [number, number], [0, 0]];

interface Case {
  images: [number, number, number, number];
  window: [number, number];
  strides: [number, number];
  pad: Padding;
}

const upTo = (max: number) => fc.integer({ min: 1, max });

const cases: fc.Arbitrary<Case> = fc
  .record({
    images: fc.tuple(upTo(3), upTo(8), upTo(8), fc.constantFrom(1, 3, 4, 8, 12, 17)),
    window: fc.tuple(upTo(3), upTo(3)),
    strides: fc.tuple(upTo(3), upTo(3)),
  })
  .chain((each) =>
    fc
      .oneof(
        fc.constantFrom<Padding>('same', 'valid'),
        paddingBelow(each.window).map((pad): Padding => pad),
      )
      .map((pad): Case => ({ ...each, pad })),
  )
  .filter((each) => outputShape(each).every((length) => length > 0));

/** Of less than a window: a window within the padding has neither maximum nor mean. */
function paddingBelow([height, width]: [number, number]) {
  const rows = fc.integer({ min: 0, max: height - 1 });
  const columns = fc.integer({ min: 0, max: width - 1 });
  return fc
    .tuple(rows, rows, columns, columns)
    .map(([top, bottom, left, right]): [[0, 0], [number, number], [number, number], [0, 0]] => [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ]);
}

function outputShape({ images, window, strides, pad }: Case): [number, number, number, number] {
  return tf.backend_util.computePool2DInfo(images, window, strides, 1, pad).outShape;
}

const pools = {
  maximum: ({ images, window, strides, pad }: Case, x: tf.Tensor) =>
    tf.maxPool(tf.reshape<tf.Rank.R4>(x, images), window, strides, pad),
  average: ({ images, window, strides, pad }: Case, x: tf.Tensor) =>
    tf.avgPool(tf.reshape<tf.Rank.R4>(x, images), window, strides, pad),
};

function gradient(pool: (typeof pools)['maximum'], each: Case, x: tf.Tensor): tf.Tensor {
  return tf.grad((x) => pool(each, x))(x, normal<tf.Rank.R4>(outputShape(each), 3));
}

const ofResnet: Case = {
  images: [3, 16, 16, 16],
  window: [3, 3],
  strides: [2, 2],
  pad: [
    [0, 0],
    [1, 1],
    [1, 1],
    [0, 0],
  ],
};

describe.each([
  ['in the blocked layout, where this processor has it', true],
  ['without the blocked layout', false],
])('pooling %s', { timeout: 60_000 }, (_layout, blocks) => {
  let backend: OnnxruntimeBackend;
  beforeEach(() => {
    backend = startOnnxruntime({ blocks });
  });

  it.each(Object.entries(pools))('takes the %s as cpu does', (_name, pool) => {
    fc.assert(
      fc.property(cases, (each) => {
        expectAsOnCpu(() => pool(each, normal(each.images)));
      }),
    );
    expect(backend.graphs.length).toBeGreaterThan(50);
  });

  it.each(Object.entries(pools))('differentiates the %s as cpu does', (_name, pool) => {
    fc.assert(
      fc.property(cases, (each) => {
        expectAsOnCpu(() => gradient(pool, each, normal(each.images)));
      }),
    );
    expect(backend.graphs.length).toBeGreaterThan(50);
  });

  it('gives the gradient to the first of several maxima only', () => {
    expectAsOnCpu(() => gradient(pools.maximum, ofResnet, tf.round(normal(ofResnet.images))));
  });

  it('gives the same bits each time', () => {
    const [first, again] = [1, 2].map(() =>
      computeOn('onnxruntime', () => gradient(pools.average, ofResnet, normal(ofResnet.images))),
    );
    expect(again).toEqual(first);
  });
});
