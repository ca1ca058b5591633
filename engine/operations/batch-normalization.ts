import * as tf from '@tensorflow/tfjs-core';
import { clip, isRectifier } from './clip.ts';
import { withGradient } from './custom-gradient.ts';
import {
  BatchNormalizationTraining,
  BatchNormalizationTrainingGradient,
  ClippedBatchNormalizationTraining,
  ClippedBatchNormalizationTrainingGradient,
  hasKernel,
  RectifiedBatchNormalizationTraining,
  RectifiedBatchNormalizationTrainingGradient,
  type Bounds,
} from './kernels.ts';

export interface BatchNormalization<R extends tf.Rank> {
  readonly y: tf.Tensor<R>;
  /** Of the batch, [C]. No gradient flows through it. */
  readonly mean: tf.Tensor1D;
  /** Of the batch, biased, [C]. No gradient flows through it. */
  readonly variance: tf.Tensor1D;
}

/**
 * Normalises each channel by the batch's own statistics: (x − mean) / √(variance + ε) · scale + offset
 * (Ioffe and Szegedy 2015, algorithm 1).
 * @param x [..., C]; the statistics are over all axes but the last
 * @param scale [C]
 * @param offset [C]
 * @param bounds take min(max(y, least), most) for y, in the memory that one of them takes; null for y itself
 */
export function batchNormalizationTraining<R extends tf.Rank>(
  x: tf.Tensor<R>,
  scale: tf.Tensor1D,
  offset: tf.Tensor1D,
  { epsilon, bounds = null }: { epsilon: number; bounds?: Bounds | null },
): BatchNormalization<R> {
  if (bounds !== null && !hasKernel(kernelNames(bounds).forward)) {
    const { y, mean, variance } = batchNormalizationTraining(x, scale, offset, { epsilon });
    return { y: clip(y, bounds), mean, variance };
  }
  const statistics: tf.Tensor1D[] = [];
  const y = withGradient<tf.Tensor<R>>([x, scale, offset], (save) => {
    const columns = tf.reshape(x, [-1, scale.size]);
    const forward = normalize(columns, scale, offset, { epsilon, bounds });
    statistics.push(tf.keep(forward.mean), tf.keep(forward.variance));
    save([x, forward.mean, forward.variance, scale, offset]);
    return {
      value: tf.reshape<R>(forward.y, x.shape),
      gradients: (dy, [x, ...parameters]) => {
        const [dx, dScale, dOffset] = differentiate(
          tf.reshape(dy, columns.shape),
          tf.reshape(x, columns.shape),
          parameters,
          { epsilon, bounds },
        );
        return [tf.reshape(dx, dy.shape), dScale, dOffset];
      },
    };
  });
  // The clones belong to the caller's scope; what was kept inside the function belongs to none.
  const [mean, variance] = statistics.map((each) => tf.clone(each));
  tf.dispose(statistics);
  return { y, mean, variance };
}

/**
 * Normalises each channel by given statistics, as after training.
 * @param x [..., C]; all others [C]
 */
export function batchNormalizationInference<R extends tf.Rank>(
  x: tf.Tensor<R>,
  mean: tf.Tensor1D,
  variance: tf.Tensor1D,
  scale: tf.Tensor1D,
  offset: tf.Tensor1D,
  epsilon: number,
): tf.Tensor<R> {
  // One factor and one constant per channel: their gradients are those of a product and a sum, where the
  // gradient of tf.batchNorm tiles its parameters to the size of x.
  return tf.tidy(() => {
    const factor = tf.mul(scale, tf.rsqrt(tf.add(variance, epsilon)));
    const constant = tf.sub(offset, tf.mul(mean, factor));
    return tf.add<tf.Tensor<R>>(tf.mul(x, factor), constant);
  });
}

interface Normalized {
  readonly y: tf.Tensor;
  readonly mean: tf.Tensor1D;
  readonly variance: tf.Tensor1D;
}

interface Settings {
  readonly epsilon: number;
  readonly bounds: Bounds | null;
}

function kernelNames(bounds: Bounds | null): Record<'forward' | 'backward', string> {
  if (bounds === null)
    return { forward: BatchNormalizationTraining, backward: BatchNormalizationTrainingGradient };
  if (isRectifier(bounds))
    return {
      forward: RectifiedBatchNormalizationTraining,
      backward: RectifiedBatchNormalizationTrainingGradient,
    };
  return {
    forward: ClippedBatchNormalizationTraining,
    backward: ClippedBatchNormalizationTrainingGradient,
  };
}

/**
 * The values alone, without a gradient.
 * @param x [M, C]
 * @param settings bounds only where the accelerator has a kernel for them
 */
export function normalize(
  x: tf.Tensor,
  scale: tf.Tensor1D,
  offset: tf.Tensor1D,
  { epsilon, bounds }: Settings,
): Normalized {
  const name = kernelNames(bounds).forward;
  if (hasKernel(name)) {
    const [y, mean, variance] = tf
      .engine()
      .runKernel<[tf.Tensor, tf.Tensor1D, tf.Tensor1D]>(
        name,
        { x, scale, offset },
        { epsilon, ...bounds },
      );
    return { y, mean, variance };
  }
  const mean = tf.mean<tf.Tensor1D>(x, 0);
  const centered = tf.sub(x, mean);
  const variance = tf.mean<tf.Tensor1D>(tf.square(centered), 0);
  const factor = tf.mul(scale, tf.rsqrt(tf.add(variance, epsilon)));
  return { y: tf.add(tf.mul(centered, factor), offset), mean, variance };
}

/**
 * @param parameters mean, variance, scale, offset
 * @returns the gradients of x, scale and offset
 */
function differentiate(
  dy: tf.Tensor,
  x: tf.Tensor,
  [mean, variance, scale, offset]: readonly tf.Tensor[],
  { epsilon, bounds }: Settings,
): [tf.Tensor, tf.Tensor, tf.Tensor] {
  const name = kernelNames(bounds).backward;
  if (hasKernel(name))
    return tf
      .engine()
      .runKernel<[tf.Tensor, tf.Tensor, tf.Tensor]>(
        name,
        bounds ? { dy, x, mean, variance, scale, offset } : { dy, x, mean, variance, scale },
        { epsilon, ...bounds },
      );
  const centered = tf.sub(x, mean);
  const reciprocal = tf.rsqrt(tf.add(variance, epsilon));
  const dOffset = tf.sum(dy, 0);
  const dScale = tf.mul(tf.sum(tf.mul(dy, centered), 0), reciprocal);
  const rows = dy.shape[0];
  const aligned = tf.mul(centered, tf.div(tf.mul(dScale, reciprocal), rows));
  const dx = tf.mul(tf.sub(tf.sub(dy, tf.div(dOffset, rows)), aligned), tf.mul(scale, reciprocal));
  return [dx, dScale, dOffset];
}
