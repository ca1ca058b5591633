import * as tf from '@tensorflow/tfjs-core';
import { withGradient } from './custom-gradient.ts';
import { hasKernel, LayerNormalization, LayerNormalizationGradient } from './kernels.ts';

/**
 * Normalises each row by its own statistics: (x − mean) / √(variance + ε) · scale + offset (Ba, Kiros and Hinton 2016,
 * equation 4).
 * @param x [..., C]; the statistics are over the last axis
 * @param scale [C]
 * @param offset [C]
 */
export function layerNormalization<R extends tf.Rank>(
  x: tf.Tensor<R>,
  scale: tf.Tensor1D,
  offset: tf.Tensor1D,
  epsilon: number,
): tf.Tensor<R> {
  return withGradient<tf.Tensor<R>>([x, scale, offset], (save) => {
    const rows = tf.reshape(x, [-1, scale.size]);
    save([rows, scale]);
    return {
      value: tf.reshape<R>(normalize(rows, scale, offset, epsilon), x.shape),
      gradients: (dy, [rows, scale]) => {
        const dRows = tf.reshape(dy, rows.shape);
        const [dx, dScale, dOffset] = differentiate(dRows, rows, scale, epsilon);
        return [tf.reshape(dx, dy.shape), dScale, dOffset];
      },
    };
  });
}

function normalize(
  x: tf.Tensor,
  scale: tf.Tensor1D,
  offset: tf.Tensor1D,
  epsilon: number,
): tf.Tensor {
  if (hasKernel(LayerNormalization))
    return tf.engine().runKernel<tf.Tensor>(LayerNormalization, { x, scale, offset }, { epsilon });
  const { normalized } = statisticsOf(x, epsilon);
  return tf.add(tf.mul(normalized, scale), offset);
}

/** @returns the gradients of x, scale and offset */
function differentiate(
  dy: tf.Tensor,
  x: tf.Tensor,
  scale: tf.Tensor,
  epsilon: number,
): [tf.Tensor, tf.Tensor, tf.Tensor] {
  if (hasKernel(LayerNormalizationGradient))
    return tf
      .engine()
      .runKernel<[tf.Tensor, tf.Tensor, tf.Tensor]>(
        LayerNormalizationGradient,
        { dy, x, scale },
        { epsilon },
      );
  const { normalized, reciprocal } = statisticsOf(x, epsilon);
  const dNormalized = tf.mul(dy, scale);
  const aligned = tf.mul(normalized, tf.mean(tf.mul(dNormalized, normalized), 1, true));
  const surplus = tf.add(tf.mean(dNormalized, 1, true), aligned);
  const dx = tf.mul(tf.sub(dNormalized, surplus), reciprocal);
  return [dx, tf.sum(tf.mul(dy, normalized), 0), tf.sum(dy, 0)];
}

/** x normalised, and of each row 1 / √(variance + ε) */
function statisticsOf(
  x: tf.Tensor,
  epsilon: number,
): Record<'normalized' | 'reciprocal', tf.Tensor> {
  const centered = tf.sub(x, tf.mean(x, 1, true));
  const reciprocal = tf.rsqrt(tf.add(tf.mean(tf.square(centered), 1, true), epsilon));
  return { normalized: tf.mul(centered, reciprocal), reciprocal };
}
