import * as tf from '@tensorflow/tfjs-core';
import { withGradient } from './custom-gradient.ts';
import { hasKernel, SoftmaxGradient } from './kernels.ts';

/** Softmax of each row. As tf.softmax, with a gradient that an accelerator may have as one kernel. */
export function softmax(logits: tf.Tensor2D): tf.Tensor2D {
  return withGradient<tf.Tensor2D>([logits], (save) => {
    const y = tf.softmax(logits);
    save([y]);
    return { value: y, gradients: (dy, [y]) => [differentiate(dy, y)] };
  });
}

function differentiate(dy: tf.Tensor, y: tf.Tensor): tf.Tensor {
  if (hasKernel(SoftmaxGradient))
    return tf.engine().runKernel<tf.Tensor>(SoftmaxGradient, { dy, y });
  return tf.mul(y, tf.sub(dy, tf.sum(tf.mul(dy, y), 1, true)));
}
