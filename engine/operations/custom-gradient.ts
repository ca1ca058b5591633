import * as tf from '@tensorflow/tfjs-core';

interface Differentiable<T extends tf.Tensor> {
  readonly value: T;
  /**
   * @param dy of the shape of `value`
   * @param saved what was saved, in that order
   * @returns one gradient for each input
   */
  readonly gradients: (dy: T, saved: tf.Tensor[]) => tf.Tensor[];
}

/**
 * Computes a function of `inputs` whose gradient it brings along itself.
 * @param compute calls `save` with the tensors that the gradient needs; all others it makes are disposed of
 */
export function withGradient<T extends tf.Tensor>(
  inputs: readonly tf.Tensor[],
  compute: (save: (tensors: tf.Tensor[]) => void) => Differentiable<T>,
): T {
  return tf.customGrad<T>((...operands) => {
    const save = operands.at(-1);
    if (typeof save !== 'function') throw new Error('customGrad gave no function to save with');
    const { value, gradients } = compute(save);
    return { value, gradFunc: gradients };
  })(...inputs);
}
