import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { add } from '../../../engine/operations/add.ts';
import { batchNormalizationTraining } from '../../../engine/operations/batch-normalization.ts';
import { clip, rectifier, rectify } from '../../../engine/operations/clip.ts';
import { convolveBiased } from '../../../engine/operations/convolve.ts';
import { gelu } from '../../../engine/operations/gelu.ts';
import { layerNormalization } from '../../../engine/operations/layer-normalization.ts';
import type { Bounds } from '../../../engine/operations/kernels.ts';
import { normalizedDepthwiseConvolution } from '../../../engine/operations/normalized-depthwise-convolution.ts';
import { normalizedProjection } from '../../../engine/operations/normalized-projection.ts';
import { softmax } from '../../../engine/operations/softmax.ts';
import { variableGradients } from '../../../engine/operations/variable-gradients.ts';
import { withoutGradient } from '../../../engine/operations/without-gradient.ts';
import { computeOn, normal, startOnnxruntime } from '../accelerators/comparison.ts';
import type { Result } from '../accelerators/results.ts';

beforeEach(() => {
  startOnnxruntime();
});

type Operation = (...operands: tf.Tensor[]) => tf.Tensor;

interface Example {
  readonly own: Operation;
  /** Composed of tfjs' operations, which derive the gradients. */
  readonly composed: Operation;
  readonly shapes: fc.Arbitrary<number[][]>;
}

const matrix = (tensor: tf.Tensor): tf.Tensor2D => tf.reshape(tensor, [-1, lastOf(tensor)]);
const vector = (tensor: tf.Tensor): tf.Tensor1D => tf.reshape(tensor, [-1]);
const lastOf = ({ shape }: tf.Tensor): number => shape[shape.length - 1];

const length = fc.integer({ min: 1, max: 9 });
const anyShape = fc.array(length, { minLength: 1, maxLength: 4 });
const rowsAndVectors = (count: number): fc.Arbitrary<number[][]> =>
  fc
    .tuple(fc.integer({ min: 2, max: 30 }), length)
    .map(([rows, columns]) => [[rows, columns], ...Array<number[]>(count).fill([columns])]);

const EPSILON = 1e-3;

const examples: Record<string, Example> = {
  rectify: { own: rectify, composed: tf.relu, shapes: anyShape.map((shape) => [shape]) },
  clip: {
    own: (x) => clip(x, { least: -0.5, most: 1 }),
    composed: (x) => tf.clipByValue(x, -0.5, 1),
    shapes: anyShape.map((shape) => [shape]),
  },
  'clip without a bound': {
    own: (x) => clip(x, { least: -Infinity, most: 1 }),
    composed: (x) => tf.minimum(x, 1),
    shapes: anyShape.map((shape) => [shape]),
  },
  'add of equal shapes': { own: add, composed: tf.add, shapes: anyShape.map((s) => [s, s]) },
  'add of a tensor and a vector': { own: add, composed: tf.add, shapes: rowsAndVectors(1) },
  'add of a tensor to itself': {
    own: (x) => add(x, x),
    composed: (x) => tf.mul(x, 2),
    shapes: anyShape.map((shape) => [shape]),
  },
  softmax: {
    own: (x) => softmax(matrix(x)),
    composed: (x) => {
      const powers = tf.exp(x);
      return tf.div(powers, tf.sum(powers, 1, true));
    },
    shapes: rowsAndVectors(0),
  },
  gelu: {
    own: gelu,
    composed: (x) => tf.mul(x, tf.mul(0.5, tf.add(1, tf.erf(tf.div(x, Math.SQRT2))))),
    shapes: anyShape.map((shape) => [shape]),
  },
  'layer normalisation': {
    own: (x, scale, offset) => layerNormalization(x, vector(scale), vector(offset), EPSILON),
    composed: (x, scale, offset) => {
      const { mean, variance } = tf.moments(x, [1], true);
      const normalized = tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, EPSILON)));
      return tf.add(tf.mul(normalized, scale), offset);
    },
    shapes: rowsAndVectors(2),
  },
  'clipped batch normalisation': {
    own: (x, scale, offset) => {
      const settings = { epsilon: EPSILON, bounds: { least: -0.5, most: 0.75 } };
      return batchNormalizationTraining(x, vector(scale), vector(offset), settings).y;
    },
    composed: (x, scale, offset) => {
      const { mean, variance } = tf.moments(x, [0]);
      const normalized = tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, EPSILON)));
      return tf.clipByValue(tf.add(tf.mul(normalized, scale), offset), -0.5, 0.75);
    },
    shapes: rowsAndVectors(2),
  },
  'rectified batch normalisation': {
    own: (x, scale, offset) => {
      const settings = { epsilon: EPSILON, bounds: rectifier };
      return batchNormalizationTraining(x, vector(scale), vector(offset), settings).y;
    },
    composed: (x, scale, offset) => {
      const { mean, variance } = tf.moments(x, [0]);
      const normalized = tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, EPSILON)));
      return tf.relu(tf.add(tf.mul(normalized, scale), offset));
    },
    shapes: rowsAndVectors(2),
  },
};

const rank4 = (tensor: tf.Tensor): tf.Tensor4D => {
  const { shape }: { shape: number[] } = tensor;
  return tf.reshape<tf.Rank.R4>(tensor, [shape[0], shape[1], shape[2], shape[3]]);
};
const agree = (expected: Result[], actual: Result[]): void => {
  expected.forEach(({ shape, values }, index) => {
    expect(actual[index].shape).toEqual(shape);
    expectClose(actual[index].values, values);
  });
};

describe.each(['cpu', 'onnxruntime'] as const)('on %s', { timeout: 60_000 }, (name) => {
  it.each(Object.entries(examples))(
    '%s has the values and gradients of the composed formula',
    (_operation, { own, composed, shapes }) => {
      fc.assert(
        fc.property(shapes, fc.nat(1000), (shapes, seed) => {
          const withGradients = (operation: Operation) => (): tf.Tensor[] => {
            const operands = shapes.map((shape, index) => normal(shape, 10 * seed + index + 1));
            const y = operation(...operands);
            const dy = normal(y.shape, 10 * seed + 9);
            return [y, ...tf.grads(operation)(operands, dy)];
          };
          const expected = computeOn('cpu', withGradients(composed));
          const actual = computeOn(name, withGradients(own));
          expected.forEach(({ shape, values }, index) => {
            expect(actual[index].shape).toEqual(shape);
            expectClose(actual[index].values, values);
          });
        }),
        { numRuns: 40 },
      );
    },
  );

  describe('a normalised projection', { timeout: 60_000 }, () => {
    interface Projection {
      readonly pixels: readonly [number, number, number];
      readonly channels: readonly [number, number];
      readonly bounds: Bounds | null;
    }
    const projections: fc.Arbitrary<Projection> = fc.record({
      pixels: fc.tuple(length, length, length),
      channels: fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 20 })),
      bounds: fc.constantFrom(null, rectifier, { least: -0.5, most: 0.75 }),
    });
    const operandsOf = ({
      pixels,
      channels: [inChannels, outChannels],
    }: Projection): tf.Tensor[] => [
      normal([...pixels, inChannels], 1),
      normal([1, 1, inChannels, outChannels], 2),
      normal([outChannels], 3),
      normal([outChannels], 4),
    ];
    const example: Projection = { pixels: [5, 8, 9], channels: [4, 24], bounds: null };
    const own =
      ({ bounds }: Projection): Operation =>
      (x, filter, scale, offset) =>
        normalizedProjection(rank4(x), rank4(filter), vector(scale), vector(offset), {
          epsilon: EPSILON,
          bounds,
        }).y;
    const composed =
      ({ bounds }: Projection): Operation =>
      (x, filter, scale, offset) => {
        const z = tf.conv2d(rank4(x), rank4(filter), 1, 'valid');
        const { mean, variance } = tf.moments(z, [0, 1, 2]);
        const normalized = tf.div(tf.sub(z, mean), tf.sqrt(tf.add(variance, EPSILON)));
        const y = tf.add(tf.mul(normalized, scale), offset);
        return bounds === null ? y : tf.clipByValue(y, bounds.least, bounds.most);
      };
    it('has the values and gradients of the composed formula', () => {
      fc.assert(
        fc.property(projections, (each) => {
          const withGradients = (operation: Operation) => (): tf.Tensor[] => {
            const operands = operandsOf(each);
            const y = operation(...operands);
            return [y, ...tf.grads(operation)(operands, normal(y.shape, 5))];
          };
          agree(
            computeOn('cpu', withGradients(composed(each))),
            computeOn(name, withGradients(own(each))),
          );
        }),
        { numRuns: 60 },
      );
    });

    it('gives the mean and the biased variance of the projection, and no more tensors than that', () => {
      void tf.setBackend(name);
      const [x, filter, scale, offset] = operandsOf(example);
      const before = tf.memory().numTensors;
      const { y, mean, variance } = tf.tidy(() => ({
        ...normalizedProjection(rank4(x), rank4(filter), vector(scale), vector(offset), {
          epsilon: EPSILON,
          bounds: rectifier,
        }),
      }));
      expect(tf.memory().numTensors).toBe(before + 3);
      const expected = tf.moments(tf.conv2d(rank4(x), rank4(filter), 1, 'valid'), [0, 1, 2]);
      expectClose(mean.dataSync(), expected.mean.dataSync());
      expectClose(variance.dataSync(), expected.variance.dataSync());
      tf.dispose([y, mean, variance]);
    });

    it('keeps its precision when means are large, and channels constant or alike', () => {
      const rows = 360;
      const [x, filter, scale, offset, dy] = operandsOf(example)
        .concat(normal([rows, 24], 5))
        .map((each) => Float32Array.from(each.dataSync()));
      for (let row = 0; row < 4 * rows; row += 4) {
        x[row] += 100;
        x[row + 1] = x[row] + 1e-3 * x[row + 1];
        x[row + 2] = 7;
      }
      const expected = inDoublePrecision({ rows, x, filter, scale, offset, dy });
      const actual = computeOn(name, () => {
        const operands = [
          tf.tensor(x, [1, 1, rows, 4]),
          tf.tensor(filter, [1, 1, 4, 24]),
          tf.tensor(scale),
          tf.tensor(offset),
        ];
        const [dx, , dScale, dOffset] = tf.grads(own(example))(
          operands,
          tf.tensor(dy, [1, 1, rows, 24]),
        );
        return [own(example)(...operands), dx, dScale, dOffset];
      });
      actual.forEach(({ values }, index) => {
        expectClose(values, expected[index]);
      });
    });

    it('sees no deviation in what does not vary', () => {
      const [y] = computeOn(name, () => {
        const [x, filter, scale, offset] = operandsOf(example);
        return own(example)(tf.fill(x.shape, 3), filter, scale, offset);
      });
      const offsets = computeOn(name, () => operandsOf(example)[3])[0].values;
      expectClose(Array.from(y.values).slice(0, offsets.length), Array.from(offsets));
    });

    it('gives the same bits each time', () => {
      const [first, again] = [1, 2].map(() =>
        computeOn(name, () => {
          const operands = operandsOf(example);
          return [own(example)(...operands), ...tf.grads(own(example))(operands)];
        }),
      );
      expect(again).toEqual(first);
    });
  });

  describe('a normalised depthwise convolution', { timeout: 60_000 }, () => {
    const small = fc.integer({ min: 1, max: 3 });
    const side = fc.integer({ min: 0, max: 2 });
    const convolutions = fc
      .record({
        images: fc.tuple(small, length, length, fc.integer({ min: 1, max: 17 })),
        taps: fc.tuple(small, small),
        multiplier: fc.constantFrom(1, 1, 2),
        strides: fc.tuple(small, small),
        sides: fc.tuple(side, side, side, side),
        bounds: fc.constantFrom<Bounds | null>(null, rectifier, { least: -0.5, most: 0.75 }),
      })
      .filter(({ images: [, height, width], taps, sides: [top, bottom, left, right] }) => {
        const fits = [top + height + bottom >= taps[0], left + width + right >= taps[1]];
        return fits.every(Boolean);
      });

    it('has the values and gradients of the composed formula', () => {
      fc.assert(
        fc.property(convolutions, ({ images, taps, multiplier, strides, sides, bounds }) => {
          const [top, bottom, left, right] = sides;
          const channels = images[3] * multiplier;
          const pad: tf.backend_util.ExplicitPadding = [
            [0, 0],
            [top, bottom],
            [left, right],
            [0, 0],
          ];
          const operands = (): tf.Tensor[] => [
            normal(images, 1),
            normal([...taps, images[3], multiplier], 2),
            normal([channels], 3),
            normal([channels], 4),
          ];
          const own: Operation = (x, filter, scale, offset) =>
            normalizedDepthwiseConvolution(rank4(x), rank4(filter), vector(scale), vector(offset), {
              epsilon: EPSILON,
              bounds,
              strides,
              pad,
            }).y;
          const composed: Operation = (x, filter, scale, offset) => {
            const z = tf.depthwiseConv2d(rank4(x), rank4(filter), strides, pad);
            const { mean, variance } = tf.moments(z, [0, 1, 2]);
            const normalized = tf.div(tf.sub(z, mean), tf.sqrt(tf.add(variance, EPSILON)));
            const y = tf.add(tf.mul(normalized, scale), offset);
            return bounds === null ? y : tf.clipByValue(y, bounds.least, bounds.most);
          };
          const withGradients = (operation: Operation) => (): tf.Tensor[] => {
            const y = operation(...operands());
            return [y, ...tf.grads(operation)(operands(), normal(y.shape, 5))];
          };
          agree(computeOn('cpu', withGradients(composed)), computeOn(name, withGradients(own)));
        }),
        { numRuns: 100 },
      );
    });

    it('gives the statistics of the convolution, and no more tensors than that', () => {
      void tf.setBackend(name);
      const [x, filter] = [
        normal<tf.Rank.R4>([3, 5, 5, 4], 1),
        normal<tf.Rank.R4>([3, 3, 4, 1], 2),
      ];
      const [scale, offset] = [normal<tf.Rank.R1>([4], 3), normal<tf.Rank.R1>([4], 4)];
      const before = tf.memory().numTensors;
      const { y, mean, variance } = tf.tidy(() => ({
        ...normalizedDepthwiseConvolution(x, filter, scale, offset, {
          epsilon: EPSILON,
          strides: [1, 1],
          pad: 'valid',
        }),
      }));
      expect(tf.memory().numTensors).toBe(before + 3);
      const expected = tf.moments(tf.depthwiseConv2d(x, filter, 1, 'valid'), [0, 1, 2]);
      expectClose(mean.dataSync(), expected.mean.dataSync());
      expectClose(variance.dataSync(), expected.variance.dataSync());
      tf.dispose([y, mean, variance]);
    });
  });

  it('a biased convolution has the values and gradients of a convolution and a sum', () => {
    const shapes = [[3, 7, 6, 4], [3, 2, 4, 9], [9]];
    const pad: tf.backend_util.ExplicitPadding = [
      [0, 0],
      [1, 0],
      [2, 1],
      [0, 0],
    ];
    const operands = (): tf.Tensor[] => shapes.map((shape, index) => normal(shape, index + 1));
    const images = (x: tf.Tensor): tf.Tensor4D => {
      const { shape }: { shape: number[] } = x;
      return tf.reshape<tf.Rank.R4>(x, [shape[0], shape[1], shape[2], shape[3]]);
    };
    const own: Operation = (x, filter, bias) =>
      convolveBiased(images(x), images(filter), vector(bias), { strides: [2, 1], pad });
    const composed: Operation = (x, filter, bias) =>
      tf.add(tf.conv2d(images(x), images(filter), [2, 1], pad), bias);
    const [expected, actual] = [
      computeOn('cpu', () => [composed(...operands()), ...tf.grads(composed)(operands())]),
      computeOn(name, () => [own(...operands()), ...tf.grads(own)(operands())]),
    ];
    expected.forEach(({ shape, values }, index) => {
      expect(actual[index].shape).toEqual(shape);
      expectClose(actual[index].values, values);
    });
  });

  it('what is computed without a gradient passes none on, and disturbs no other', () => {
    void tf.setBackend(name);
    const x = tf.tensor1d([1, 2, 3]);
    const before = tf.memory().numTensors;
    const gradient = tf.tidy(() =>
      tf.grad((x) =>
        tf.mul(
          x,
          withoutGradient(() => tf.square(x)),
        ),
      )(x),
    );
    expect([...gradient.dataSync()]).toEqual([1, 4, 9]);
    expect(tf.memory().numTensors).toBe(before + 1);
    expect(() =>
      withoutGradient(() => {
        throw new Error('in passing');
      }),
    ).toThrow('in passing');
    expect([
      ...tf
        .grad((x) => tf.square(x))(x)
        .dataSync(),
    ]).toEqual([2, 4, 6]);
  });

  describe('gradients in the memory of one pass', () => {
    /** Tensors that several operations read, and one that is read by none. */
    const network = (x: tf.Tensor, weights: readonly tf.Tensor[]): tf.Scalar => {
      const hidden = rectify(tf.matMul(matrix(x), matrix(weights[0])));
      const branch = tf.add(tf.mul(hidden, weights[1]), hidden);
      tf.exp(branch);
      return tf.mean<tf.Scalar>(tf.square(tf.sub(add(branch, branch), hidden)));
    };
    const variablesFor = (): tf.Variable[] => [
      tf.variable(normal([5, 4], 1)),
      tf.variable(normal([4], 2)),
    ];

    it('are those of tf.variableGrads, and leave no other tensors behind', () => {
      void tf.setBackend(name);
      const x = normal([6, 5], 3);
      const variables = variablesFor();
      const before = tf.memory().numTensors;
      const expected = tf.variableGrads(() => network(x, variables), [...variables]);
      const actual = variableGradients(() => network(x, variables), variables);
      expectClose(actual.value.dataSync(), expected.value.dataSync());
      variables.forEach((variable, index) => {
        expectClose(actual.gradients[index].dataSync(), expected.grads[variable.name].dataSync());
      });
      tf.dispose([actual.value, actual.gradients, expected.value, expected.grads]);
      expect(tf.memory().numTensors).toBe(before);
    });

    it('take a fraction of the memory on a deep network', () => {
      void tf.setBackend(name);
      const x = normal([50, 40], 3);
      const variable = tf.variable(normal([40, 40], 1));
      let most = 0;
      const deep = (): tf.Scalar => {
        let y: tf.Tensor = x;
        for (let layer = 0; layer < 20; layer++)
          y = watched(tf.matMul(matrix(y), matrix(variable)));
        return tf.mean(y);
      };
      /** Looks at what there is when its gradient is asked for. */
      const watched = tf.customGrad((operand, save) => {
        if (!(operand instanceof tf.Tensor) || typeof save !== 'function') throw new Error('never');
        save([operand]);
        return {
          value: tf.clone(operand),
          gradFunc: (dy: tf.Tensor) => {
            most = Math.max(most, tf.memory().numBytes);
            return tf.clone(dy);
          },
        };
      });
      const measure = (differentiate: () => void): number => {
        most = 0;
        tf.tidy(differentiate);
        return most;
      };
      const kept = measure(() => tf.variableGrads(deep, [variable]));
      const released = measure(() => variableGradients(deep, [variable]));
      expect(released).toBeLessThan(0.8 * kept);
    });
  });
});

/** @returns y, and the gradients of x, scale and offset of a normalised projection */
function inDoublePrecision({
  rows,
  ...given
}: Readonly<
  { rows: number } & Record<'x' | 'filter' | 'scale' | 'offset' | 'dy', Float32Array>
>): Float64Array[] {
  const { x, filter, scale, offset, dy } = given;
  const columns = scale.length;
  const inner = filter.length / columns;
  const overRows = (values: Float64Array): Float64Array =>
    scale.reduce((sums, _, column) => {
      for (let place = column; place < values.length; place += columns)
        sums[column] += values[place];
      return sums;
    }, new Float64Array(columns));
  const perPlace = (compute: (place: number, column: number) => number): Float64Array =>
    new Float64Array(rows * columns).map((_, place) => compute(place, place % columns));
  const z = perPlace((place, column) => {
    const row = Math.floor(place / columns);
    return Array.from({ length: inner }).reduce<number>(
      (sum, _, each) => sum + x[row * inner + each] * filter[each * columns + column],
      0,
    );
  });
  const mean = overRows(z).map((sum) => sum / rows);
  const centered = perPlace((place, column) => z[place] - mean[column]);
  const deviation = overRows(centered.map((each) => each ** 2)).map((sum) =>
    Math.sqrt(sum / rows + EPSILON),
  );
  const normalized = perPlace((place, column) => centered[place] / deviation[column]);
  const dOffset = overRows(Float64Array.from(dy));
  const dScale = overRows(perPlace((place) => dy[place] * normalized[place]));
  const dz = perPlace((place, column) => {
    const surplus = (dOffset[column] + normalized[place] * dScale[column]) / rows;
    return (scale[column] / deviation[column]) * (dy[place] - surplus);
  });
  const dx = new Float64Array(rows * inner).map((_, place) => {
    const [row, channel] = [Math.floor(place / inner), place % inner];
    return scale.reduce(
      (sum, _, column) => sum + dz[row * columns + column] * filter[channel * columns + column],
      0,
    );
  });
  const y = perPlace((place, column) => normalized[place] * scale[column] + offset[column]);
  return [y, dx, dScale, dOffset];
}

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  const numbers = Array.from(expected);
  const scale = numbers.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1);
  const off = numbers.map((value, index) => Math.abs(value - actual[index]) / scale);
  expect(actual.length).toBe(numbers.length);
  // Not Math.max(...off): NaN must fail.
  expect(off.filter((each) => !(each <= 1e-4))).toEqual([]);
}
