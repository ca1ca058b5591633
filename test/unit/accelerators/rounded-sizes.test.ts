import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { OnnxruntimeBackend } from '../../../engine/accelerators/onnxruntime/backend.ts';
import { expectAsOnCpu, normal, startOnnxruntime } from './comparison.ts';

/*
 * Convolutions and poolings whose output sizes are rounded up or to the nearest, so that the last windows reach beyond the
 * padding, or are counted by tfjs with the height of the filter alone, as it does when padding is one number.
 */

interface Case {
  images: [number, number, number, number];
  window: [number, number];
  outChannels: number;
  strides: [number, number];
  pad: number | [[0, 0], [number, number], [number, number], [0, 0]];
  rounding: 'floor' | 'round' | 'ceil';
}

const upTo = (max: number) => fc.integer({ min: 1, max });
const side = fc.nat({ max: 2 });

const cases: fc.Arbitrary<Case> = fc
  .record({
    images: fc.tuple(upTo(3), upTo(9), upTo(9), fc.constantFrom(1, 3, 8, 17)),
    window: fc.tuple(upTo(4), upTo(4)),
    outChannels: fc.constantFrom(1, 3, 16),
    strides: fc.tuple(upTo(3), upTo(3)),
    pad: fc.oneof(
      side,
      fc.tuple(side, side, side, side).map(([top, bottom, left, right]): Case['pad'] => [
        [0, 0],
        [top, bottom],
        [left, right],
        [0, 0],
      ]),
    ),
    rounding: fc.constantFrom('floor', 'round', 'ceil'),
  })
  // The gradients of tfjs forget the rounding.
  .filter((each) =>
    [each, { ...each, rounding: undefined }].every((rounded) =>
      outputShape(rounded).every((length) => length > 0),
    ),
  );

function outputShape({
  images,
  window,
  strides,
  pad,
  rounding,
}: Omit<Case, 'rounding'> & { rounding: Case['rounding'] | undefined }): number[] {
  return tf.backend_util.computePool2DInfo(images, window, strides, 1, pad, rounding).outShape;
}

type Operation = (each: Case, x: tf.Tensor4D) => tf.Tensor;

const filterOf = ({ images, window, outChannels }: Case): tf.Tensor4D =>
  normal<tf.Rank.R4>([...window, images[3], outChannels], 2);

const operations: Record<string, Operation> = {
  convolution: (each, x) =>
    tf.conv2d(x, filterOf(each), each.strides, each.pad, 'NHWC', 1, each.rounding),
  'depthwise convolution': (each, x) =>
    tf.depthwiseConv2d(x, filterOf(each), each.strides, each.pad, 'NHWC', 1, each.rounding),
  'convolution with its activation': (each, x) =>
    tf.fused.conv2d({
      x,
      filter: filterOf(each),
      strides: each.strides,
      pad: each.pad,
      dimRoundingMode: each.rounding,
      bias: normal<tf.Rank.R1>([each.outChannels], 3),
      activation: 'relu',
    }),
  maximum: (each, x) => tf.maxPool(x, each.window, each.strides, each.pad, each.rounding),
  average: (each, x) => tf.avgPool(x, each.window, each.strides, each.pad, each.rounding),
};

describe.each([
  ['in the blocked layout, where this processor has it', true],
  ['without the blocked layout', false],
])('sizes that are rounded, %s', { timeout: 60_000 }, (_layout, blocks) => {
  let backend: OnnxruntimeBackend;
  beforeEach(() => {
    backend = startOnnxruntime({ blocks });
  });

  it.each(Object.entries(operations))('give the %s that they give on cpu', (_name, operation) => {
    fc.assert(
      fc.property(cases, (each) => {
        expectAsOnCpu(() => operation(each, normal<tf.Rank.R4>(each.images)));
      }),
      { numRuns: 60 },
    );
    // Sixty random cases need a dozen graphs or so, seldom fewer than ten.
    expect(backend.graphs.length).toBeGreaterThan(3);
  });

  it.each(Object.entries(operations))(
    'give the gradient of the %s that they give on cpu',
    (_name, operation) => {
      fc.assert(
        fc.property(cases, (each) => {
          const apply = (x: tf.Tensor): tf.Tensor =>
            operation(each, tf.reshape<tf.Rank.R4>(x, each.images));
          expectAsOnCpu(() => tf.grad((x) => tf.square(apply(x)))(normal(each.images)));
        }),
        { numRuns: 60 },
      );
    },
  );
});
