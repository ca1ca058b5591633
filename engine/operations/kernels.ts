import * as tf from '@tensorflow/tfjs-core';

/*
 * Kernels beyond those of tfjs, which an accelerator may register under its backend's name. Where it does not, the
 * operation composes them of tfjs' own.
 */

/** Inputs x [M, C], scale [C], offset [C]. Outputs: y [M, C], the columns' mean [C] and biased variance [C]. */
export const BatchNormalizationTraining = 'BatchNormalizationTraining';

/** Inputs dy [M, C], x [M, C], mean [C], variance [C], scale [C]. Outputs: the gradients of x [M, C], scale [C] and offset [C]. */
export const BatchNormalizationTrainingGradient = 'BatchNormalizationTrainingGradient';

/** As {@link BatchNormalizationTraining}, with max(y, 0) for y. */
export const RectifiedBatchNormalizationTraining = 'RectifiedBatchNormalizationTraining';

/** As {@link BatchNormalizationTrainingGradient}, with one more input: offset [C]. */
export const RectifiedBatchNormalizationTrainingGradient =
  'RectifiedBatchNormalizationTrainingGradient';

/** As {@link BatchNormalizationTraining}, with min(max(y, least), most) for y. */
export const ClippedBatchNormalizationTraining = 'ClippedBatchNormalizationTraining';

/** As {@link RectifiedBatchNormalizationTrainingGradient}, between bounds. */
export const ClippedBatchNormalizationTrainingGradient =
  'ClippedBatchNormalizationTrainingGradient';

/** What numbers are cut off at, either of them perhaps infinite. */
export interface Bounds {
  readonly least: number;
  readonly most: number;
}

export type ClippedBatchNormalizationTrainingAttributes = BatchNormalizationTrainingAttributes &
  Bounds;

export interface BatchNormalizationTrainingAttributes {
  readonly epsilon: number;
}

/**
 * Inputs x [M, C], filter [C, K], scale [K], offset [K]. Outputs: y [M, K], which is x · filter normalised as by
 * {@link BatchNormalizationTraining} and cut off at the bounds, the mean [K] and the biased variance [K] of x · filter, the
 * mean of x [C], and the covariance of x and x · filter [C, K].
 */
export const NormalizedProjection = 'NormalizedProjection';

/**
 * Inputs dy [M, K], y [M, K], x [M, C], filter [C, K], scale [K], and what {@link NormalizedProjection} gave: variance,
 * xMean, covariance. Outputs: the gradients of x [M, C], filter [C, K], scale [K] and offset [K].
 */
export const NormalizedProjectionGradient = 'NormalizedProjectionGradient';

export type NormalizedProjectionAttributes = BatchNormalizationTrainingAttributes & Bounds;

/**
 * Of a depthwise convolution z of x, [N, OH, OW, C], that was normalised as by {@link BatchNormalizationTraining} and cut off
 * at the bounds, which gave y. Inputs dy, y, z, x [N, H, W, C], filter [KH, KW, C, 1], mean [C], variance [C], scale [C].
 * Outputs: the gradients of x, filter, scale [C] and offset [C].
 */
export const NormalizedDepthwiseConvolutionGradient = 'NormalizedDepthwiseConvolutionGradient';

export type NormalizedDepthwiseConvolutionAttributes = NormalizedProjectionAttributes & Sliding;

/** How a filter slides over images. */
export interface Sliding {
  /** Of height and width. */
  readonly strides: [number, number];
  readonly pad: tf.backend_util.ExplicitPadding | 'valid';
}

/** Inputs dy, y, of one shape, y = max(x, 0). Output: the gradient of x. */
export const RectifierGradient = 'RectifierGradient';

/** Inputs dy, y, of one shape, y = min(max(x, least), most). Output: the gradient of x. */
export const ClipGradient = 'ClipGradient';

/** Inputs value, gradient, momentum, velocity: of one shape. Outputs: the new value, momentum and velocity. */
export const AdamUpdate = 'AdamUpdate';

/** value − momentum / (√velocity · rootFactor + floor), after momentum · beta1 + gradient, velocity · beta2 + gradient². */
export interface AdamUpdateAttributes {
  readonly beta1: number;
  readonly beta2: number;
  readonly rootFactor: number;
  readonly floor: number;
}

/** Inputs x [M, C], scale [C], offset [C]. Output: y [M, C], normalised by each row's mean and biased variance. */
export const LayerNormalization = 'LayerNormalization';

export interface LayerNormalizationAttributes {
  readonly epsilon: number;
}

/** Inputs dy [M, C], x [M, C], scale [C]. Outputs: the gradients of x [M, C], scale [C] and offset [C]. */
export const LayerNormalizationGradient = 'LayerNormalizationGradient';

/** Inputs dy, y, [M, C], where the rows of y are softmaxes. Output: the gradient of what they were made of. */
export const SoftmaxGradient = 'SoftmaxGradient';

/**
 * Inputs logits [N, K], labels [N] of type int32. Outputs: the mean over the rows of −log softmax(logits)[label], a scalar,
 * and its gradient [N, K].
 */
export const SoftmaxCrossEntropy = 'SoftmaxCrossEntropy';

/** Input x. Output: x · Φ(x), where Φ is the standard normal distribution's function; of x's shape. */
export const Gelu = 'Gelu';

/** Inputs dy, x: of one shape. Output: the gradient of x. */
export const GeluGradient = 'GeluGradient';

/** Whether the current accelerator has a kernel of that name. */
export function hasKernel(name: string): boolean {
  const config: tf.KernelConfig | undefined = tf.getKernel(name, tf.getBackend());
  return config !== undefined;
}
