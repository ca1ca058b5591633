import * as tf from '@tensorflow/tfjs-core';
// Registers the gradients.
import '@tensorflow/tfjs-layers';
import { expect } from 'vitest';
import {
  OnnxruntimeBackend,
  type OnnxruntimeSettings,
} from '../../../engine/accelerators/onnxruntime/backend.ts';
import { registerOnnxruntime } from '../../../engine/accelerators/onnxruntime/onnxruntime.ts';

/** A fresh backend, set, on which even the smallest tensors go through graphs unless the settings say otherwise. */
export function startOnnxruntime(settings: OnnxruntimeSettings = {}): OnnxruntimeBackend {
  tf.enableProdMode();
  registerOnnxruntime();
  tf.removeBackend('onnxruntime');
  const backend = new OnnxruntimeBackend({ smallestWork: 0, ...settings });
  tf.registerBackend('onnxruntime', () => backend);
  void tf.setBackend('onnxruntime');
  return backend;
}

type Computation = () => tf.Tensor | tf.Tensor[];

export interface Result {
  readonly shape: number[];
  readonly dtype: string;
  readonly values: ArrayLike<number>;
}

/** Results of a computation, which leaves `onnxruntime` set. */
export function computeOn(name: 'cpu' | 'onnxruntime', compute: Computation): Result[] {
  void tf.setBackend(name);
  const results = tf.tidy(() =>
    [compute()].flat().map((tensor) => ({
      shape: tensor.shape,
      dtype: tensor.dtype,
      values: tensor.dataSync().slice(),
    })),
  );
  void tf.setBackend('onnxruntime');
  return results;
}

/**
 * Expects what `cpu` computes, in shape, type and value.
 * @param tolerance relative to the largest of the values, and to 1
 */
export function expectAsOnCpu(compute: Computation, tolerance = 1e-5): void {
  const expected = computeOn('cpu', compute);
  const actual = computeOn('onnxruntime', compute);
  expect(actual.map(({ shape, dtype }) => ({ shape, dtype }))).toEqual(
    expected.map(({ shape, dtype }) => ({ shape, dtype })),
  );
  expected.forEach(({ values }, index) => {
    expect(difference(values, actual[index].values)).toBeLessThanOrEqual(tolerance);
  });
}

/** Infinite where one is NaN or infinite and the other is not the same. */
function difference(expected: ArrayLike<number>, actual: ArrayLike<number>): number {
  const finite = Array.from(expected).filter(Number.isFinite);
  const scale = finite.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1);
  return Array.from(expected).reduce((largest: number, value, index) => {
    if (Object.is(value, actual[index]) || value === actual[index]) return largest;
    const off = Math.abs(value - actual[index]) / scale;
    return Number.isNaN(off) ? Infinity : Math.max(largest, off);
  }, 0);
}

/** Numbers of a standard normal distribution, the same for the same shape and seed. */
export function normal<R extends tf.Rank>(shape: tf.ShapeMap[R], seed = 1): tf.Tensor<R> {
  return tf.randomNormal<R>(shape, 0, 1, 'float32', seed);
}
