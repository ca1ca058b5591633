import * as tf from '@tensorflow/tfjs-core';
import { withGradient } from './custom-gradient.ts';

/** a + b. As tf.add, but between tensors of one shape it saves neither of them: the gradients need only their shapes. */
export function add(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  if (!tf.util.arraysEqual(a.shape, b.shape)) return tf.add(a, b);
  return withGradient([a, b], () => ({
    value: tf.add(a, b),
    gradients: (dy) => [tf.clone(dy), tf.clone(dy)],
  }));
}
