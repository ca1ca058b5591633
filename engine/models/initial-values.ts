import * as tf from '@tensorflow/tfjs-core';
import { deriveSeed } from '../random.ts';

/** What the numbers of a tensor are drawn from before any training: a normal distribution, or one value for all. */
export interface Distribution {
  readonly mean: number;
  /** 0 for one value. */
  readonly deviation: number;
}

/** Keeps the size of signals that a rectifier halves (He et al. 2015, equation 10). */
export function byInputs(inputs: number): Distribution {
  return { mean: 0, deviation: Math.sqrt(2 / inputs) };
}

/** Whichever side the inputs are (Glorot and Bengio 2010, equation 12). */
export function bySides(one: number, other: number): Distribution {
  return { mean: 0, deviation: Math.sqrt(2 / (one + other)) };
}

export const ones: Distribution = { mean: 1, deviation: 0 };
export const zeros: Distribution = { mean: 0, deviation: 0 };

/** @param seed with what is filled, so that no two are alike */
export function randomlyFilled(
  shape: number[],
  { mean, deviation }: Distribution,
  [seed, name]: readonly [seed: number, name: string],
): tf.Tensor {
  if (deviation === 0) return tf.fill(shape, mean);
  return tf.randomNormal(shape, mean, deviation, 'float32', deriveSeed(seed, 'initial', name));
}
