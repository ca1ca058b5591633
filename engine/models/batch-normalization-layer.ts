import * as tf from '@tensorflow/tfjs-core';
import type { Rank, Scalar, Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import {
  batchNormalizationInference,
  batchNormalizationTraining,
  type BatchNormalization,
} from '../operations/batch-normalization.ts';
import { withoutGradient } from '../operations/without-gradient.ts';

/** A batch normalisation with its state: a number per channel each, the channel being the last axis. */
export interface BatchNormalizationLayer {
  readonly scale: Tensor1D;
  readonly offset: Tensor1D;
  readonly runningMean: Tensor1D;
  readonly runningVariance: Tensor1D;
  readonly epsilon: number;
  /** The share of the running statistics that stays when a batch is added to them. */
  readonly momentum: number;
}

/**
 * Normalises by the batch's own statistics.
 * @returns the normalised batch, and what the running statistics become
 */
export function normalizeTraining(
  x: Tensor,
  layer: BatchNormalizationLayer,
): { y: Tensor; runningMean: Tensor1D; runningVariance: Tensor1D } {
  const { scale, offset, epsilon } = layer;
  const batch = batchNormalizationTraining(x, scale, offset, { epsilon });
  return { y: batch.y, ...updatedStatistics(layer, batch) };
}

/** What the running statistics become when a batch is added to them. */
export function updatedStatistics(
  { scale, runningMean, runningVariance, momentum }: BatchNormalizationLayer,
  { y, mean, variance }: BatchNormalization<Rank>,
): { runningMean: Tensor1D; runningVariance: Tensor1D } {
  // PyTorch and Keras normalise by the biased variance and remember the unbiased one.
  const count = y.size / scale.size;
  const unbiased = count / Math.max(1, count - 1);
  const updated = (running: Tensor1D, batch: Tensor, factor: number): Tensor1D =>
    tf.add(tf.mul(running, momentum), tf.mul(batch, (1 - momentum) * factor));
  return withoutGradient(() => ({
    runningMean: updated(runningMean, mean, 1),
    runningVariance: updated(runningVariance, variance, unbiased),
  }));
}

/** Normalises by the running statistics. */
export function normalizeInference(x: Tensor, layer: BatchNormalizationLayer): Tensor {
  const { runningMean, runningVariance, scale, offset, epsilon } = layer;
  return batchNormalizationInference(x, runningMean, runningVariance, scale, offset, epsilon);
}

/** Of the batch's statistics from the running ones; gradients flow through it. Of each: the Euclidean distance. */
export function deviation(
  x: Tensor,
  { runningMean, runningVariance }: BatchNormalizationLayer,
): Scalar {
  return tf.tidy(() => {
    const rows = tf.reshape(x, [-1, runningMean.size]);
    const mean = tf.mean(rows, 0);
    const variance = tf.mean(tf.square(tf.sub(rows, mean)), 0);
    return tf.add<Scalar>(distance(mean, runningMean), distance(variance, runningVariance));
  });
}

function distance(one: Tensor, other: Tensor): Scalar {
  // The root has no gradient at 0.
  return tf.sqrt(tf.add<Scalar>(tf.sum(tf.square(tf.sub(one, other))), 1e-12));
}

/** @throws RangeError unless the tensor has one axis */
export function perChannel(tensor: Tensor): Tensor1D {
  if (isTensor1D(tensor)) return tensor;
  throw new RangeError(`a number per channel has one axis, not ${String(tensor.rank)}`);
}

function isTensor1D(tensor: Tensor): tensor is Tensor1D {
  return tensor.rank === 1;
}
