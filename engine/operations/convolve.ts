import * as tf from '@tensorflow/tfjs-core';
import type { Sliding } from './kernels.ts';

/**
 * A convolution and its bias in one kernel, x ∗ filter + bias. `tf.fused.conv2d` does so too, but saves its result for the
 * gradient, which does not need it.
 * @param x [N, H, W, C]
 * @param filter [KH, KW, C, K]
 * @param bias [K]
 * @returns [N, OH, OW, K]
 */
export function convolveBiased(
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  bias: tf.Tensor1D,
  { strides, pad }: Sliding,
): tf.Tensor4D {
  return tf
    .engine()
    .runKernel<tf.Tensor4D>(
      tf.FusedConv2D,
      { x, filter, bias },
      { strides, pad, dataFormat: 'NHWC', dilations: [1, 1], activation: 'linear' },
    );
}

/** Of {@link convolveBiased}: tfjs itself records other kernels than this one. */
const gradient: tf.GradConfig = {
  kernelName: tf.FusedConv2D,
  inputsToSave: ['x', 'filter'],
  gradFunc: (dy, [x, filter], attributes) => {
    if (Array.isArray(dy)) throw new Error(`${tf.FusedConv2D} has one result`);
    const { strides, pad, dataFormat } = attributes;
    const sliding = { strides, pad, dataFormat };
    return {
      x: () =>
        tf
          .engine()
          .runKernel(tf.Conv2DBackpropInput, { dy, filter }, { ...sliding, inputShape: x.shape }),
      filter: () =>
        tf
          .engine()
          .runKernel(tf.Conv2DBackpropFilter, { x, dy }, { ...sliding, filterShape: filter.shape }),
      bias: () => tf.sum(dy, [0, 1, 2]),
    };
  },
};

tf.registerGradient(gradient);
