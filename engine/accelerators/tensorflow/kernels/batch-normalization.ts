import { add, mul, reshape, rsqrt, tensor1d, tidy, type Tensor } from '@tensorflow/tfjs-core';
import {
  BatchNormalizationTraining,
  BatchNormalizationTrainingGradient,
  type BatchNormalizationTrainingAttributes,
} from '../../../operations/kernels.ts';
import { kernel, runForAll, type Kernel } from '../kernel.ts';

export const batchNormalizationKernels: readonly Kernel[] = [
  kernel<'x' | 'scale' | 'offset', BatchNormalizationTrainingAttributes>(
    BatchNormalizationTraining,
    ['x', 'scale', 'offset'],
    ({ inputs: { x, scale, offset }, attributes: { epsilon }, backend }) =>
      tidy(() => {
        const [rows] = x.shape;
        const none = tensor1d([], 'float32');
        const [y, mean, unbiased] = runForAll(
          backend,
          {
            ...normalization(epsilon),
            name: 'FusedBatchNormV3',
            inputs: [asMaps(x), scale, offset, none, none],
          },
          6,
        );
        const variance = mul(unbiased, Math.max(1, rows - 1) / rows);
        return [reshape(y, x.shape), mean, variance];
      }),
  ),

  kernel<'dy' | 'x' | 'mean' | 'variance' | 'scale', BatchNormalizationTrainingAttributes>(
    BatchNormalizationTrainingGradient,
    ['dy', 'x', 'mean', 'variance', 'scale'],
    ({ inputs: { dy, x, mean, variance, scale }, attributes: { epsilon }, backend }) =>
      tidy(() => {
        // On a graphics card it takes what cuDNN does.
        const spread = backend.isUsingGpuDevice ? rsqrt(add(variance, epsilon)) : variance;
        const none = tensor1d([], 'float32');
        const [dx, dScale, dOffset] = runForAll(
          backend,
          {
            ...normalization(epsilon),
            name: 'FusedBatchNormGradV3',
            inputs: [asMaps(dy), asMaps(x), scale, mean, spread, none],
          },
          5,
        );
        return [reshape(dx, x.shape), dScale, dOffset];
      }),
  ),
];

/** What both operations take; of their many outputs, the last serve TensorFlow's own gradient. */
function normalization(epsilon: number) {
  return {
    types: { T: 'float32', U: 'float32' },
    floats: { epsilon },
    flags: { is_training: true },
    texts: { data_format: 'NHWC' },
  } as const;
}

/** [M, C] as TensorFlow wants it, [M, 1, 1, C]. */
function asMaps(matrix: Tensor): Tensor {
  const [rows, channels] = matrix.shape;
  return reshape(matrix, [rows, 1, 1, channels]);
}
