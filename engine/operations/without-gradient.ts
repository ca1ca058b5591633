import * as tf from '@tensorflow/tfjs-core';

/**
 * Computes what no gradient will be asked of. tfjs does not record it then, which saves it from looking through every such
 * operation for each of the variables.
 */
export function withoutGradient<T>(compute: () => T): T {
  const { state } = tf.engine();
  const depth = state.gradientDepth;
  state.gradientDepth = 0;
  try {
    return compute();
  } finally {
    state.gradientDepth = depth;
  }
}
