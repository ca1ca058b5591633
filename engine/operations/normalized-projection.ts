import * as tf from '@tensorflow/tfjs-core';
import { batchNormalizationTraining, type BatchNormalization } from './batch-normalization.ts';
import { withGradient } from './custom-gradient.ts';
import {
  hasKernel,
  NormalizedProjection,
  NormalizedProjectionGradient,
  type Bounds,
} from './kernels.ts';

/**
 * Projects each pixel, x · filter, and normalises that as {@link batchNormalizationTraining} does.
 *
 * Where that pays, and the accelerator can, the projection is never held: its mean and variance follow from the mean and the
 * covariance of x, which has fewer channels, and with them normalising is a projection, too, by a scaled filter and with a
 * constant. Backwards likewise.
 * @param x [N, H, W, C]
 * @param filter [1, 1, C, K]
 * @param scale [K]
 * @param offset [K]
 * @param bounds take min(max(y, least), most) for y; null for y itself
 */
export function normalizedProjection(
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  scale: tf.Tensor1D,
  offset: tf.Tensor1D,
  { epsilon, bounds = null }: { epsilon: number; bounds?: Bounds | null },
): BatchNormalization<tf.Rank.R4> {
  const [, , inChannels, outChannels] = filter.shape;
  if (!hasKernel(NormalizedProjection) || !pays(x.size / inChannels, inChannels, outChannels)) {
    const projected = tf.conv2d(x, filter, 1, 'valid');
    return batchNormalizationTraining(projected, scale, offset, { epsilon, bounds });
  }
  const [batch, height, width] = x.shape;
  const attributes = { epsilon, ...(bounds ?? { least: -Infinity, most: Infinity }) };
  const statistics: tf.Tensor1D[] = [];
  const y = withGradient<tf.Tensor4D>([x, filter, scale, offset], (save) => {
    const [y, mean, variance, xMean, covariance] = tf
      .engine()
      .runKernel<[tf.Tensor, tf.Tensor1D, tf.Tensor1D, tf.Tensor, tf.Tensor]>(
        NormalizedProjection,
        {
          x: tf.reshape(x, [-1, inChannels]),
          filter: tf.reshape(filter, [inChannels, outChannels]),
          scale,
          offset,
        },
        attributes,
      );
    statistics.push(tf.keep(mean), tf.keep(variance));
    const value = tf.reshape<tf.Rank.R4>(y, [batch, height, width, outChannels]);
    save([x, filter, scale, value, variance, xMean, covariance]);
    return {
      value,
      gradients: (dy, [x, filter, scale, y, variance, xMean, covariance]) => {
        const [dx, dFilter, dScale, dOffset] = tf.engine().runKernel<tf.Tensor[]>(
          NormalizedProjectionGradient,
          {
            dy: tf.reshape(dy, [-1, outChannels]),
            y: tf.reshape(y, [-1, outChannels]),
            x: tf.reshape(x, [-1, inChannels]),
            filter: tf.reshape(filter, [inChannels, outChannels]),
            scale,
            variance,
            xMean,
            covariance,
          },
          attributes,
        );
        return [tf.reshape(dx, x.shape), tf.reshape(dFilter, filter.shape), dScale, dOffset];
      },
    };
  });
  // The clones belong to the caller's scope; what was kept inside the function belongs to none.
  const [mean, variance] = statistics.map((each) => tf.clone(each));
  tf.dispose(statistics);
  return { y, mean, variance };
}

/**
 * The covariance of x, and its product with the filter, take rows · C² + C² · K multiplications. Where K is the larger side
 * and there are many rows, that is less than the passes over the projection that they replace.
 */
function pays(rows: number, inChannels: number, outChannels: number): boolean {
  return outChannels >= 2 * inChannels && rows >= 8 * inChannels;
}
