import * as tf from '@tensorflow/tfjs-core';
import {
  batchNormalizationTraining,
  normalize,
  type BatchNormalization,
} from './batch-normalization.ts';
import { withGradient } from './custom-gradient.ts';
import {
  hasKernel,
  NormalizedDepthwiseConvolutionGradient,
  type Bounds,
  type Sliding,
} from './kernels.ts';

interface Settings extends Sliding {
  readonly epsilon: number;
  readonly bounds?: Bounds | null;
}

/**
 * Convolves each channel by itself, and normalises that as {@link batchNormalizationTraining} does. An accelerator may have the
 * gradients of both as one kernel, which never holds the gradient of what is between.
 * @param x [N, H, W, C]
 * @param filter [KH, KW, C, multiplier]
 * @param scale [C · multiplier]
 * @param offset [C · multiplier]
 * @param settings bounds: take min(max(y, least), most) for y; null for y itself
 */
export function normalizedDepthwiseConvolution(
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  scale: tf.Tensor1D,
  offset: tf.Tensor1D,
  { epsilon, bounds = null, strides, pad }: Settings,
): BatchNormalization<tf.Rank.R4> {
  if (!hasKernel(NormalizedDepthwiseConvolutionGradient) || !isPlain(filter, pad)) {
    const convolved = tf.depthwiseConv2d(x, filter, strides, pad);
    return batchNormalizationTraining(convolved, scale, offset, { epsilon, bounds });
  }
  const statistics: tf.Tensor1D[] = [];
  const y = withGradient<tf.Tensor4D>([x, filter, scale, offset], (save) => {
    const z = tf.depthwiseConv2d(x, filter, strides, pad);
    const columns = tf.reshape(z, [-1, scale.size]);
    const { y, mean, variance } = normalize(columns, scale, offset, { epsilon, bounds });
    statistics.push(tf.keep(mean), tf.keep(variance));
    const value = tf.reshape<tf.Rank.R4>(y, z.shape);
    save([value, z, x, filter, mean, variance, scale]);
    return {
      value,
      gradients: (dy, [y, z, x, filter, mean, variance, scale]) =>
        tf
          .engine()
          .runKernel<tf.Tensor[]>(
            NormalizedDepthwiseConvolutionGradient,
            { dy, y, z, x, filter, mean, variance, scale },
            { epsilon, strides, pad, ...(bounds ?? { least: -Infinity, most: Infinity }) },
          ),
    };
  });
  // The clones belong to the caller's scope; what was kept inside the function belongs to none.
  const [mean, variance] = statistics.map((each) => tf.clone(each));
  tf.dispose(statistics);
  return { y, mean, variance };
}

/** One filter for each channel, and padding narrower than it. */
function isPlain(
  { shape: [height, width, , multiplier] }: tf.Tensor4D,
  pad: Sliding['pad'],
): boolean {
  const [, rows, columns] = pad === 'valid' ? [[0], [0], [0]] : pad;
  return multiplier === 1 && Math.max(...rows) < height && Math.max(...columns) < width;
}
