import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect } from 'vitest';
import { openModel, type TrainableModel } from '../../../../engine/models/models.ts';
import type { TensorProto } from '../../../../engine/models/onnx/onnx_pb.js';
import { temporaryFolder } from '../../../temporary-folder.ts';
import { bytesOf, modelOf, node, numbers, randomFloats, type GraphParts } from './make-onnx.ts';

await tf.setBackend('cpu');

interface Outputs {
  readonly values: Float32Array;
  readonly dims: readonly number[];
}

/** Images for a graph's input, in the order that ONNX has them in. */
function imagesFor(input: readonly (number | string)[], count: number): Tensor {
  const dims = input.map((size, axis) => (axis === 0 ? count : Number(size)));
  const size = dims.reduce((product, length) => product * length, 1);
  return new Tensor('float32', numbers(size, 99), dims);
}

async function runInOnnxRuntime(bytes: Uint8Array, images: Tensor): Promise<Outputs> {
  const session = await InferenceSession.create(bytes, {
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  const outputs = await session.run({ images });
  const { data, dims } = outputs[session.outputNames[0]];
  await session.release();
  if (!(data instanceof Float32Array)) throw new TypeError('expected float32');
  return { values: data, dims };
}

export async function openBytes(bytes: Uint8Array): Promise<TrainableModel> {
  const path = join(temporaryFolder(), 'model.onnx');
  writeFileSync(path, bytes);
  return openModel(path);
}

/** The images as the model takes them from the engine, [N, H, W, C], however its graph does. */
function imagesOf(model: TrainableModel, { data, dims }: Tensor): tf.Tensor4D {
  if (!(data instanceof Float32Array)) throw new TypeError('expected float32');
  const images = tf.tensor4d(data, [dims[0], dims[1], dims[2], dims[3]]);
  const taken = dims.slice(1).join() === model.info.inputShape.join();
  return taken ? images : tf.transpose(images, [0, 2, 3, 1]);
}

export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Array.from(a).reduce(
    (most, value, index) => Math.max(most, Math.abs(value - b[index])),
    0,
  );
}

/**
 * Puts a linear layer of five classes over whatever the parts make, so that they become a classifier to whose scores every
 * number they make matters.
 */
export async function withClassifier(parts: GraphParts): Promise<Uint8Array> {
  const end = parts.nodes.at(-1)?.output[0] ?? '';
  const input = parts.input ?? ['n', 2, 6, 6];
  const { dims } = await runInOnnxRuntime(
    bytesOf(modelOf({ ...parts, output: end })),
    imagesFor(input, 3),
  );
  const features = dims.slice(1).reduce((product, size) => product * size, 1);
  const weights: TensorProto = randomFloats('classifier', [features, 5], 77);
  return bytesOf(
    modelOf({
      ...parts,
      nodes: [
        ...parts.nodes,
        node('Flatten', [end], 'flat', { axis: 1 }),
        node('MatMul', ['flat', 'classifier'], 'scores'),
      ],
      initializers: [...(parts.initializers ?? []), weights],
      output: 'scores',
    }),
  );
}

/** Runs a graph in ONNX Runtime and in the engine and compares the scores. */
export async function expectSameScores(parts: GraphParts): Promise<void> {
  const bytes = await withClassifier(parts);
  const images = imagesFor(parts.input ?? ['n', 2, 6, 6], 3);
  const expected = await runInOnnxRuntime(bytes, images);
  const model = await openBytes(bytes);
  try {
    const before = tf.memory().numTensors;
    const scores = tf.tidy(() => model.logits(imagesOf(model, images), { training: false }));
    const values = scores.dataSync<'float32'>();
    scores.dispose();
    expect(tf.memory().numTensors).toBe(before);
    const scale = expected.values.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
    expect(largestDifference(values, expected.values) / scale).toBeLessThan(1e-4);
  } finally {
    model.dispose();
  }
}
