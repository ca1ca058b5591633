import * as tf from '@tensorflow/tfjs-core';
import { withGradient } from './custom-gradient.ts';
import { ClipGradient, hasKernel, type ClipGradientAttributes } from './kernels.ts';

/**
 * min(max(x, least), most). As tf.clipByValue, but its gradient needs the result alone, as that of `rectify`; and at the
 * bounds themselves, which all that lies beyond them becomes, no gradient flows, as in PyTorch.
 */
export function clip<T extends tf.Tensor>(x: T, least: number, most: number): T {
  return withGradient<T>([x], (save) => {
    const y = tf.clipByValue(x, least, most);
    save([y]);
    return { value: y, gradients: (dy, [y]) => [differentiate(dy, y, { least, most })] };
  });
}

function differentiate(
  dy: tf.Tensor,
  y: tf.Tensor,
  { least, most }: ClipGradientAttributes,
): tf.Tensor {
  if (hasKernel(ClipGradient))
    return tf.engine().runKernel<tf.Tensor>(ClipGradient, { dy, y }, { least, most });
  const inside = tf.mul(tf.step(tf.sub(y, least)), tf.step(tf.sub(most, y)));
  return tf.mul(dy, inside);
}
