import * as tf from '@tensorflow/tfjs-core';
import { withGradient } from './custom-gradient.ts';
import { hasKernel, RectifierGradient } from './kernels.ts';

/**
 * max(x, 0). As tf.relu, but its gradient needs the result alone, which the next layer holds anyway, and not the input.
 */
export function rectify<T extends tf.Tensor>(x: T): T {
  return withGradient<T>([x], (save) => {
    const y = tf.relu(x);
    save([y]);
    return { value: y, gradients: (dy, [y]) => [differentiate(dy, y)] };
  });
}

function differentiate(dy: tf.Tensor, y: tf.Tensor): tf.Tensor {
  if (hasKernel(RectifierGradient))
    return tf.engine().runKernel<tf.Tensor>(RectifierGradient, { dy, y });
  return tf.mul(dy, tf.step(y));
}
