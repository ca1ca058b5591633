import * as tf from '@tensorflow/tfjs-core';

/*
 * Kernels beyond those of tfjs, which an accelerator may register under its backend's name. Where it does not, the
 * operation composes them of tfjs' own.
 */

/**
 * Inputs x [M, C], scale [C], offset [C]. Outputs: y [M, C], the columns' mean [C] and biased variance [C], and
 * x − mean [M, C].
 */
export const BatchNormalizationTraining = 'BatchNormalizationTraining';

export interface BatchNormalizationTrainingAttributes {
  readonly epsilon: number;
}

/**
 * Inputs dy [M, C], centered = x − mean [M, C], variance [C], scale [C]. Outputs: the gradients of x [M, C],
 * scale [C] and offset [C].
 */
export const BatchNormalizationTrainingGradient = 'BatchNormalizationTrainingGradient';

/** Inputs value, gradient, momentum, velocity: of one shape. Outputs: the new value, momentum and velocity. */
export const AdamUpdate = 'AdamUpdate';

/** value − momentum / (√velocity · rootFactor + floor), after momentum · beta1 + gradient, velocity · beta2 + gradient². */
export interface AdamUpdateAttributes {
  readonly beta1: number;
  readonly beta2: number;
  readonly rootFactor: number;
  readonly floor: number;
}

/** Whether the current accelerator has a kernel of that name. */
export function hasKernel(name: string): boolean {
  const config: tf.KernelConfig | undefined = tf.getKernel(name, tf.getBackend());
  return config !== undefined;
}
