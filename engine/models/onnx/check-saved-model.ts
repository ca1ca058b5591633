import '../../accelerators/onnxruntime/without-telemetry.ts';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { SavedOutputs } from '../trainable-model.ts';
import { readGraph, type GraphInput } from './graph.ts';
import { readOnnxFile } from './onnx-file.ts';

const imagesAtOnce = 32;

/**
 * What a saved ONNX file makes of images in ONNX Runtime: independently of how the engine runs it.
 * @param images preprocessed, [N, H, W, C]
 */
export async function savedOnnxOutputs(path: string, images: Tensor4D): Promise<SavedOutputs> {
  const file = await readOnnxFile(path);
  const { input, classCount, endsInSoftmax } = readGraph(file);
  const session = await InferenceSession.create(file.bytes, {
    executionProviders: ['cpu'],
    intraOpNumThreads: 2,
    // Threads that wait for work by spinning take the processor from the engine's own.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  });
  try {
    const [count] = images.shape;
    const values = new Float32Array(count * classCount);
    const size = input.batch ?? imagesAtOnce;
    for (let start = 0; start < count; start += size) {
      const batch = await inputBatch(images, start, size, input);
      const outputs = await session.run({ [input.name]: batch });
      const rows = Math.min(size, count - start);
      values.set(
        floats(outputs[session.outputNames[0]]).subarray(0, rows * classCount),
        start * classCount,
      );
    }
    return { values, probabilities: endsInSoftmax };
  } finally {
    await session.release();
  }
}

/** Some of the images as the graph takes them; filled up with black where the graph takes a fixed number. */
async function inputBatch(
  images: Tensor4D,
  start: number,
  size: number,
  { batch, layout }: GraphInput,
): Promise<Tensor> {
  const tensor = tf.tidy(() => {
    const rows = Math.min(size, images.shape[0] - start);
    const part = tf.slice4d(images, [start, 0, 0, 0], [rows, -1, -1, -1]);
    const missing = batch === null ? 0 : size - rows;
    const filled = tf.pad4d(part, [
      [0, missing],
      [0, 0],
      [0, 0],
      [0, 0],
    ]);
    return layout === 'channels-last' ? tf.transpose(filled, [0, 3, 1, 2]) : filled;
  });
  const values = await tensor.data<'float32'>();
  tensor.dispose();
  return new Tensor('float32', values, tensor.shape);
}

function floats({ data }: Tensor): Float32Array {
  if (data instanceof Float32Array) return data;
  throw new TypeError('a classifier gives float32 numbers');
}
