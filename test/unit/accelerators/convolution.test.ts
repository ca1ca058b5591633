import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { OnnxruntimeBackend } from '../../../engine/accelerators/onnxruntime/backend.ts';
import { computeOn, expectAsOnCpu, normal, startOnnxruntime } from './comparison.ts';

type Padding = 'same' | 'valid' | [[0, 0], [number, number], [number, number], [0, 0]];

interface Case {
  images: [number, number, number, number];
  filter: [number, number, number, number];
  strides: [number, number];
  dilations: [number, number];
  pad: Padding;
}

const sides = fc.integer({ min: 0, max: 3 });
const channels = fc.constantFrom(1, 2, 3, 4, 7, 8, 9, 12, 16, 17);

const cases: fc.Arbitrary<Case> = fc
  .record({
    batch: fc.integer({ min: 1, max: 9 }),
    size: fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })),
    taps: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
    inChannels: channels,
    outChannels: channels,
    spread: fc.oneof(
      fc.record({
        strides: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
        dilations: fc.constant<[number, number]>([1, 1]),
      }),
      fc.record({
        strides: fc.constant<[number, number]>([1, 1]),
        dilations: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
      }),
    ),
    pad: fc.oneof(
      fc.constantFrom<Padding>('same', 'valid'),
      fc.tuple(sides, sides, sides, sides).map(([top, bottom, left, right]): Padding => [
        [0, 0],
        [top, bottom],
        [left, right],
        [0, 0],
      ]),
    ),
  })
  .map(({ batch, size, taps, inChannels, outChannels, spread, pad }): Case => ({
    images: [batch, ...size, inChannels],
    filter: [...taps, inChannels, outChannels],
    ...spread,
    pad,
  }))
  .filter((each) => outputShape(each).every((length) => length > 0));

function outputShape({ images, filter, strides, dilations, pad }: Case) {
  return tf.backend_util.computeConv2DInfo(images, filter, strides, dilations, pad).outShape;
}

function convolve(each: Case, x: tf.Tensor, filter: tf.Tensor): tf.Tensor {
  return tf.conv2d(
    tf.reshape<tf.Rank.R4>(x, each.images),
    tf.reshape<tf.Rank.R4>(filter, each.filter),
    each.strides,
    each.pad,
    'NHWC',
    each.dilations,
  );
}

function gradients(each: Case): tf.Tensor[] {
  const x = normal(each.images, 1);
  const filter = normal(each.filter, 2);
  const dy = normal(outputShape(each), 3);
  return tf.grads((x, filter) => convolve(each, x, filter))([x, filter], dy);
}

/** The shapes of ResNet-18's convolutions on 32 × 32 images, with fewer images and channels. */
const resnet: [string, Case][] = (
  [
    ['the stem', 32, 3, 16, 7, 2, 3],
    ['layer 1', 8, 16, 16, 3, 1, 1],
    ['the way down to layer 2', 8, 16, 32, 3, 2, 1],
    ['the shortcut to layer 2', 8, 16, 32, 1, 2, 0],
    ['layer 2', 4, 16, 16, 3, 1, 1],
    ['the way down to layer 3', 4, 16, 32, 3, 2, 1],
    ['layer 3', 2, 16, 16, 3, 1, 1],
    ['the way down to layer 4', 2, 16, 32, 3, 2, 1],
    ['layer 4', 1, 16, 16, 3, 1, 1],
  ] as const
).map(([name, size, inputs, outputs, taps, stride, side]) => [
  name,
  {
    images: [5, size, size, inputs],
    filter: [taps, taps, inputs, outputs],
    strides: [stride, stride],
    dilations: [1, 1],
    pad: [
      [0, 0],
      [side, side],
      [side, side],
      [0, 0],
    ],
  },
]);

describe.each([
  ['in the blocked layout, where this processor has it', true],
  ['without the blocked layout', false],
])('convolution %s', { timeout: 60_000 }, (_layout, blocks) => {
  let backend: OnnxruntimeBackend;
  beforeEach(() => {
    backend = startOnnxruntime({ blocks });
  });

  it.each(resnet)('convolves as cpu does in %s', (_name, each) => {
    expectAsOnCpu(() => convolve(each, normal(each.images, 1), normal(each.filter, 2)));
    expect(backend.graphs).toEqual([expect.stringMatching(/^convolution /)]);
  });

  it.each(resnet)('differentiates as cpu does in %s', (_name, each) => {
    expectAsOnCpu(() => gradients(each));
    expect(backend.graphs.toSorted()).toEqual([
      expect.stringMatching(/^convolution /),
      expect.stringMatching(/^filter gradient /),
      expect.stringMatching(/^input gradient /),
    ]);
  });

  it('convolves as cpu does whatever the sizes, strides, paddings and dilations', () => {
    fc.assert(
      fc.property(cases, (each) => {
        expectAsOnCpu(() => convolve(each, normal(each.images, 1), normal(each.filter, 2)));
      }),
      { numRuns: 100 },
    );
    expect(backend.graphs.length).toBeGreaterThan(50);
  });

  it('differentiates as cpu does whatever the sizes, strides and paddings', () => {
    const undilated = cases.filter(({ dilations }) => dilations.every((each) => each === 1));
    fc.assert(
      fc.property(undilated, (each) => {
        expectAsOnCpu(() => gradients(each));
      }),
      { numRuns: 100 },
    );
    expect(backend.graphs.length).toBeGreaterThan(100);
  });

  it('convolves each channel by itself, and differentiates that, as cpu does', () => {
    const undilated = cases.filter(({ dilations }) => dilations.every((each) => each === 1));
    fc.assert(
      fc.property(undilated, fc.integer({ min: 1, max: 3 }), (each, multiplier) => {
        const [height, width, inChannels] = each.filter;
        const [batch, outHeight, outWidth] = outputShape(each);
        expectAsOnCpu(() => {
          const operands = [
            normal(each.images, 1),
            normal([height, width, inChannels, multiplier], 2),
          ];
          const dy = normal([batch, outHeight, outWidth, inChannels * multiplier], 3);
          const depthwise = (x: tf.Tensor, filter: tf.Tensor): tf.Tensor =>
            tf.depthwiseConv2d(
              tf.reshape<tf.Rank.R4>(x, each.images),
              tf.reshape<tf.Rank.R4>(filter, [height, width, inChannels, multiplier]),
              each.strides,
              each.pad,
            );
          return tf.grads(depthwise)(operands, dy);
        });
      }),
      { numRuns: 100 },
    );
    expect(backend.graphs).toContainEqual(expect.stringMatching(/^depthwise filter gradient /));
  });

  it('gives the same bits each time', () => {
    const [, each] = resnet[1];
    const [first, again] = [1, 2].map(() =>
      computeOn('onnxruntime', () => [
        convolve(each, normal(each.images, 1), normal(each.filter, 2)),
        ...gradients(each),
      ]),
    );
    expect(again).toEqual(first);
  });
});

describe('fused convolution', () => {
  it.each(['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu', 'prelu'] as const)(
    'adds the bias and applies %s',
    (activation) => {
      const backend = startOnnxruntime();
      expectAsOnCpu(() =>
        tf.fused.conv2d({
          x: normal<tf.Rank.R4>([2, 5, 5, 3], 1),
          filter: normal<tf.Rank.R4>([3, 3, 3, 8], 2),
          strides: 1,
          pad: 'same',
          bias: normal<tf.Rank.R1>([8], 3),
          activation,
          leakyreluAlpha: 0.3,
          preluActivationWeights: normal<tf.Rank.R1>([8], 4),
        }),
      );
      expect(backend.graphs).toEqual([
        expect.stringMatching(/^convolution .* biased/),
        ...(activation === 'linear' ? [] : [expect.stringMatching(/^activation /)]),
      ]);
    },
  );
});

describe('what is left to cpu', () => {
  it('convolves channels first', () => {
    const backend = startOnnxruntime();
    const each = (): tf.Tensor =>
      tf.conv2d(
        normal<tf.Rank.R4>([1, 3, 5, 5]),
        normal<tf.Rank.R4>([3, 3, 3, 2]),
        1,
        'valid',
        'NCHW',
      );
    expectAsOnCpu(each);
    expect(backend.graphs).toEqual([]);
  });

  it('convolves no images at all', () => {
    startOnnxruntime();
    expectAsOnCpu(() =>
      tf.conv2d(tf.zeros<tf.Rank.R4>([0, 5, 5, 3]), normal<tf.Rank.R4>([3, 3, 3, 2]), 1, 'same'),
    );
  });

  it('convolves what is too small for a graph', () => {
    const backend = startOnnxruntime({ smallestWork: 1e6 });
    const [, each] = resnet[1];
    expectAsOnCpu(() => convolve(each, normal(each.images, 1), normal(each.filter, 2)));
    expect(backend.graphs).toEqual([]);
  });
});
