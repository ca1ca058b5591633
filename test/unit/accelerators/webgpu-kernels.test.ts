import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { Adam } from '../../../engine/operations/adam.ts';
import {
  batchNormalizationInference,
  batchNormalizationTraining,
} from '../../../engine/operations/batch-normalization.ts';
import { rectifier, rectify } from '../../../engine/operations/clip.ts';
import { softmaxCrossEntropy } from '../../../engine/operations/softmax-cross-entropy.ts';
import { computeOn, expectAsOnCpu, startWebgpu } from './webgpu-software.ts';

beforeEach(async ({ skip }) => {
  const obstacle = await startWebgpu();
  if (obstacle !== null) skip(obstacle);
});

/** Numbers of a standard normal distribution, the same for the same shape and seed. */
function normal<R extends tf.Rank>(shape: tf.ShapeMap[R], seed = 1): tf.Tensor<R> {
  return tf.randomNormal<R>(shape, 0, 1, 'float32', seed);
}

type Shape4D = [number, number, number, number];
type Padding = 'same' | 'valid' | [[0, 0], [number, number], [number, number], [0, 0]];

const uneven: Padding = [
  [0, 0],
  [1, 2],
  [0, 3],
  [0, 0],
];

describe('convolution', () => {
  it.each<[string, Shape4D, Shape4D, number, Padding]>([
    ['of a few channels', [2, 7, 6, 3], [3, 3, 3, 5], 1, 'same'],
    ['of channels in fours', [2, 8, 8, 4], [3, 3, 4, 8], 1, 'valid'],
    ['of more channels than a tile', [1, 5, 5, 36], [3, 3, 36, 40], 1, 'same'],
    ['of so many patches that their sum is split', [3, 12, 12, 5], [3, 3, 5, 20], 1, 'same'],
    ['with strides', [2, 9, 8, 3], [3, 3, 3, 4], 2, 'same'],
    ['with strides and uneven padding', [2, 8, 8, 4], [3, 3, 4, 8], 2, uneven],
    ['of single pixels', [2, 5, 5, 8], [1, 1, 8, 4], 1, 'same'],
    ['of single pixels with strides', [2, 5, 5, 8], [1, 1, 8, 4], 2, 'valid'],
    ['of patches', [2, 8, 8, 3], [4, 4, 3, 16], 4, 'valid'],
  ])('and both its gradients are those of cpu, %s', async (_name, images, filter, strides, pad) => {
    const { outShape } = tf.backend_util.computeConv2DInfo(images, filter, strides, 1, pad);
    await expectAsOnCpu(() => {
      const x = normal(images, 1);
      const w = normal(filter, 2);
      const convolve = (x: tf.Tensor, w: tf.Tensor): tf.Tensor =>
        tf.conv2d(
          tf.reshape<tf.Rank.R4>(x, images),
          tf.reshape<tf.Rank.R4>(w, filter),
          strides,
          pad,
        );
      return [convolve(x, w), ...tf.grads(convolve)([x, w], normal(outShape, 3))];
    });
  });

  it.each<[string, Shape4D, Shape4D, number, Padding]>([
    ['of three channels', [2, 7, 6, 3], [3, 3, 3, 1], 1, 'same'],
    ['of channels in fours, with strides', [2, 8, 8, 4], [3, 3, 4, 1], 2, 'same'],
    ['of two filters a channel', [2, 8, 8, 4], [5, 5, 4, 2], 1, uneven],
  ])(
    'by channel and both its gradients are those of cpu, %s',
    async (_name, images, filter, strides, pad) => {
      const { outShape } = tf.backend_util.computeConv2DInfo(
        images,
        filter,
        strides,
        1,
        pad,
        'floor',
        true,
      );
      await expectAsOnCpu(() => {
        const x = normal(images, 1);
        const w = normal(filter, 2);
        const convolve = (x: tf.Tensor, w: tf.Tensor): tf.Tensor =>
          tf.depthwiseConv2d(
            tf.reshape<tf.Rank.R4>(x, images),
            tf.reshape<tf.Rank.R4>(w, filter),
            strides,
            pad,
          );
        return [convolve(x, w), ...tf.grads(convolve)([x, w], normal(outShape, 3))];
      });
    },
  );
});

describe('pooling', () => {
  it.each<[string, number, number, 'same' | 'valid' | number]>([
    ['2 by 2', 2, 2, 'valid'],
    ['overlapping', 3, 2, 1],
    ['at every pixel', 3, 1, 'same'],
    ['with gaps', 2, 3, 'valid'],
  ])('and its gradients are those of cpu, %s', async (_name, size, strides, pad) => {
    const images: Shape4D = [2, 7, 6, 3];
    const { outShape } = tf.backend_util.computePool2DInfo(images, size, strides, 1, pad);
    await expectAsOnCpu(() =>
      [tf.maxPool<tf.Tensor4D>, tf.avgPool<tf.Tensor4D>].flatMap((pool) => {
        const apply = (x: tf.Tensor): tf.Tensor =>
          pool(tf.reshape<tf.Rank.R4>(x, images), size, strides, pad);
        const x = normal(images);
        return [apply(x), tf.grad(apply)(x, normal(outShape, 2))];
      }),
    );
  });

  it('gives the gradient to the first of equal maxima, as cpu does', async () => {
    for (const [size, strides, pad] of [
      [2, 2, 'valid'],
      [3, 1, 'same'],
      [3, 2, 1],
    ] as const) {
      const images: Shape4D = [2, 6, 5, 3];
      const { outShape } = tf.backend_util.computePool2DInfo(images, size, strides, 1, pad);
      await expectAsOnCpu(() =>
        tf.grad((x) => tf.maxPool(tf.reshape<tf.Rank.R4>(x, images), size, strides, pad))(
          tf.round(normal(images)),
          normal(outShape, 2),
        ),
      );
    }
  });
});

describe('matrix products', () => {
  it.each<[number[], number[]]>([
    [
      [4, 3],
      [3, 5],
    ],
    [
      [33, 17],
      [17, 40],
    ],
    [
      [2, 3, 4, 5],
      [2, 3, 5, 6],
    ],
  ])(
    'of %s and %s, transposed or not, have the values and gradients of cpu',
    async (left, right) => {
      const turned = (shape: number[]): number[] => [
        ...shape.slice(0, -2),
        ...shape.slice(-2).reverse(),
      ];
      for (const [turnLeft, turnRight] of [
        [false, false],
        [true, false],
        [false, true],
      ]) {
        await expectAsOnCpu(() => {
          const operands = [
            normal(turnLeft ? turned(left) : left, 1),
            normal(turnRight ? turned(right) : right, 2),
          ];
          const multiply = (a: tf.Tensor, b: tf.Tensor): tf.Tensor =>
            tf.matMul(a, b, turnLeft, turnRight);
          return [multiply(operands[0], operands[1]), ...tf.grads(multiply)(operands)];
        });
      }
    },
  );
});

describe('element-wise operations', () => {
  const operations: Record<string, (x: tf.Tensor) => tf.Tensor> = {
    relu: tf.relu,
    rectify,
    relu6: tf.relu6,
    leakyRelu: tf.leakyRelu,
    elu: tf.elu,
    sigmoid: tf.sigmoid,
    tanh: tf.tanh,
    erf: tf.erf,
    softplus: tf.softplus,
    exp: tf.exp,
    square: tf.square,
    clipByValue: (x: tf.Tensor) => tf.clipByValue(x, -0.5, 0.5),
  };

  it.each(Object.entries(operations))(
    '%s has the values and gradients of cpu',
    async (_name, operation) => {
      await expectAsOnCpu(() => {
        const x = normal([5, 7]);
        return [operation(x), tf.grad(operation)(x, normal([5, 7], 2))];
      });
    },
  );

  it('have the gradients of cpu when they broadcast', async () => {
    for (const operation of [tf.add, tf.sub, tf.mul, tf.div])
      await expectAsOnCpu(() =>
        tf.grads((a, b) => operation(a, b))([normal([2, 3, 4], 1), normal([3, 1], 2)]),
      );
  });

  it('choose as cpu does, on any number of axes', async () => {
    for (const shape of [[6], [3, 4], [2, 3, 2, 2, 3]])
      await expectAsOnCpu(() =>
        tf.grads((a, b) => tf.where(tf.less(normal(shape), 0), a, b))([
          normal(shape, 2),
          normal(shape, 3),
        ]),
      );
  });

  it('let NaN through on the way from weights to loss: a run must not go on unnoticed', async () => {
    const results = await computeOn('webgpu', () => {
      const x = tf.tensor2d([
        [NaN, 1],
        [1, 2],
      ]);
      const ones = tf.ones<tf.Rank.R1>([2]);
      const settings = { epsilon: 1e-3, bounds: { least: 0, most: Infinity } };
      return [
        batchNormalizationTraining(x, ones, ones, settings).y,
        rectify(x),
        tf.matMul(x, tf.eye(2)),
        softmaxCrossEntropy(x, tf.tensor1d([1, 0], 'int32')),
      ];
    });
    for (const { values } of results) expect(values[0]).toBeNaN();
  });
});

describe('reductions', () => {
  it.each([[[3, 4, 5]], [[40, 70]]])(
    'of %s have the values and gradients of cpu, over any axis',
    async (shape) => {
      for (const reduce of [tf.sum, tf.mean, tf.max])
        await expectAsOnCpu(() =>
          [0, 1].flatMap((axis) => {
            const apply = (x: tf.Tensor): tf.Tensor => reduce(x, axis);
            return [apply(normal(shape)), tf.grad(apply)(normal(shape))];
          }),
        );
    },
  );

  it('find the greatest as cpu does', async () => {
    await expectAsOnCpu(() => tf.argMax(tf.round(normal([9, 12])), 1));
  });
});

describe('layout', () => {
  it.each([[[4, 6]], [[2, 3, 4, 5]], [[2, 3, 2, 3, 2]]])('of %s is that of cpu', async (shape) => {
    const order = shape.map((_, axis) => axis).reverse();
    const paddings = shape.map((_, axis): [number, number] => [axis % 2, 1]);
    const inside = shape.map((length) => length - 1);
    const ones = shape.map(() => 1);
    await expectAsOnCpu(() => [
      tf.grad((x) => tf.transpose(x, order))(normal(shape), normal([...shape].reverse(), 2)),
      tf.pad(normal(shape), paddings, 0.5),
      tf.grad((x) => tf.pad(x, paddings))(normal(shape)),
      tf.slice(normal(shape), ones, inside),
      tf.grad((x) => tf.slice(x, ones, inside))(normal(shape)),
      ...tf.grads((a, b) => tf.concat([a, b], 1))([normal(shape, 1), normal(shape, 2)]),
      tf.grad((x) => tf.split(x, 2, 0)[1])(normal(shape)),
    ]);
  });

  it('gathers as cpu does, with its gradient', async () => {
    for (const axis of [0, 1])
      await expectAsOnCpu(() => {
        const pick = (x: tf.Tensor): tf.Tensor =>
          tf.gather(x, tf.tensor1d([2, 0, 2], 'int32'), axis);
        return [pick(normal([3, 4, 2])), tf.grad(pick)(normal([3, 4, 2]))];
      });
  });

  it('casts as cpu does', async () => {
    await expectAsOnCpu(() => [
      tf.cast(tf.tensor1d([1.7, -1.7, 0, 300]), 'int32'),
      tf.cast(tf.less(normal([5]), 0), 'float32'),
      tf.oneHot(tf.tensor1d([0, 2], 'int32'), 3, 1, 0, 'bool'),
    ]);
  });
});

describe('the operations of training', () => {
  it.each([
    [[3, 4, 4, 5], null],
    [[3, 4, 4, 5], rectifier],
    [[3, 4, 4, 5], { least: 0, most: 1 }],
    [[70, 3], null],
  ])(
    'normalise a batch of %s as on cpu, cut off or not (%o), with its statistics and gradients',
    async (shape, bounds) => {
      const settings = { epsilon: 1e-5, bounds };
      const channels = shape.at(-1) ?? 1;
      await expectAsOnCpu(() => {
        const x = tf.add(normal(shape), 2);
        const scale = normal<tf.Rank.R1>([channels], 2);
        const offset = normal<tf.Rank.R1>([channels], 3);
        const { y, mean, variance } = batchNormalizationTraining(x, scale, offset, settings);
        const gradients = tf.grads(
          (x, scale, offset) =>
            batchNormalizationTraining(
              x,
              tf.reshape(scale, [channels]),
              tf.reshape(offset, [channels]),
              settings,
            ).y,
        )([x, scale, offset], normal(shape, 4));
        return [y, mean, variance, ...gradients];
      });
    },
  );

  it('normalise by given statistics as on cpu, with gradients', async () => {
    await expectAsOnCpu(() => {
      const vectors = [2, 3, 4].map((seed) => normal<tf.Rank.R1>([5], seed));
      const variance = tf.add(tf.square(normal<tf.Rank.R1>([5], 5)), 0.5);
      return tf.grads((x, mean, scale, offset) =>
        batchNormalizationInference(
          x,
          tf.reshape(mean, [5]),
          tf.reshape<tf.Rank.R1>(variance, [5]),
          tf.reshape(scale, [5]),
          tf.reshape(offset, [5]),
          1e-3,
        ),
      )([normal([2, 3, 3, 5]), ...vectors]);
    });
  });

  it('normalise each row as on cpu, with gradients', async () => {
    await expectAsOnCpu(() => {
      const normalize = (x: tf.Tensor): tf.Tensor => {
        const centered = tf.sub(x, tf.mean(x, -1, true));
        const variance = tf.mean(tf.square(centered), -1, true);
        return tf.mul(centered, tf.rsqrt(tf.add(variance, 1e-5)));
      };
      return [
        normalize(normal([4, 3, 8])),
        tf.grad(normalize)(normal([4, 3, 8]), normal([4, 3, 8], 2)),
      ];
    });
  });

  it('attend as on cpu, with gradients', async () => {
    await expectAsOnCpu(() =>
      tf.grads((q, k, v) => tf.matMul(tf.softmax(tf.mul(tf.matMul(q, k, false, true), 0.5)), v))(
        [1, 2, 3].map((seed) => normal([2, 2, 5, 4], seed)),
      ),
    );
  });

  it('measure the cross-entropy as on cpu, with its gradient', async () => {
    await expectAsOnCpu(() => {
      const labels = tf.tensor1d([0, 3, 2, 2, 1, 0], 'int32');
      const { value, grad } = tf.valueAndGrad((logits) =>
        softmaxCrossEntropy(tf.reshape(logits, [6, 4]), labels),
      )(tf.mul(normal([6, 4]), 20));
      return [value, grad];
    });
  });

  it('update weights by Adam as on cpu, step after step', async () => {
    await expectAsOnCpu(() => {
      const variables = [tf.variable(normal([7, 3], 1)), tf.variable(normal([5], 2))];
      const optimizer = new Adam(variables, { learningRate: 0.02 });
      for (let step = 1; step <= 3; step++)
        optimizer.apply([normal([7, 3], 10 * step), normal([5], 10 * step + 1)]);
      const weights = variables.map((variable) => tf.clone(variable));
      optimizer.dispose();
      tf.dispose(variables);
      return weights;
    });
  });
});

describe('one computation', () => {
  it('gives the same bits each time', async () => {
    const compute = (): tf.Tensor[] => {
      const inputs = [normal([3, 12, 12, 5], 1), normal([3, 3, 5, 20], 2)];
      return [
        ...tf.grads((x, w) =>
          tf.conv2d(
            tf.reshape<tf.Rank.R4>(x, [3, 12, 12, 5]),
            tf.reshape<tf.Rank.R4>(w, [3, 3, 5, 20]),
            1,
            'same',
          ),
        )(inputs),
        // Of a shape for which tfjs would add up in a random order.
        tf.matMul(normal([12, 2500], 3), normal([2500, 12], 4)),
        tf.grad((x) => tf.gather(x, tf.tensor1d(new Int32Array(200), 'int32')))(normal([2, 3])),
        tf.mean(normal([3000, 2], 5), 0),
      ];
    };
    expect(await computeOn('webgpu', compute)).toEqual(await computeOn('webgpu', compute));
  });
});
