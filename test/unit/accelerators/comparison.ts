import * as tf from '@tensorflow/tfjs-core';
// Registers the gradients.
import '@tensorflow/tfjs-layers';
import {
  OnnxruntimeBackend,
  type OnnxruntimeSettings,
} from '../../../engine/accelerators/onnxruntime/backend.ts';
import { registerOnnxruntime } from '../../../engine/accelerators/onnxruntime/onnxruntime.ts';
import { expectResults, type Computation, type Result } from './results.ts';

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
  expectResults(computeOn('onnxruntime', compute), computeOn('cpu', compute), tolerance);
}

/** Numbers of a standard normal distribution, the same for the same shape and seed. */
export function normal<R extends tf.Rank>(shape: tf.ShapeMap[R], seed = 1): tf.Tensor<R> {
  return tf.randomNormal<R>(shape, 0, 1, 'float32', seed);
}
