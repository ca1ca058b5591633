import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { ProblemError } from '../protocol/problem.ts';
import { savedOnnxOutputs } from './onnx/check-saved-model.ts';
import { openOnnxModel } from './onnx/onnx-model.ts';
import { unreadable } from './read-file.ts';
import { descriptionName } from './tfjs-layers/model-files.ts';
import { openTfjsLayersModel, savedTfjsLayersOutputs } from './tfjs-layers/tfjs-layers-model.ts';
import type { TrainableModel } from './trainable-model.ts';

export { answeredClasses } from './answered-classes.ts';
export type { TrainableModel } from './trainable-model.ts';

/**
 * Opens a model in whatever supported format it is: an `.onnx` file, or a TensorFlow.js model as its folder or the
 * `model.json` in it. Its weights go to the accelerator in use.
 * @throws ProblemError `no-such-file`, `unsupported-model`, `unsupported-operator`, `unsupported-layer`, `corrupt-model`
 */
export async function openModel(path: string): Promise<TrainableModel> {
  const entry = await stat(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  if (entry.isFile() && extname(path).toLowerCase() === '.onnx') return openOnnxModel(path);
  if (entry.isDirectory() && existsSync(join(path, descriptionName))) {
    return openTfjsLayersModel(path);
  }
  if (entry.isFile() && basename(path) === descriptionName) {
    return openTfjsLayersModel(dirname(path));
  }
  throw new ProblemError(
    'unsupported-model',
    `${basename(path)} is no model that Lethe can open. Choose an ONNX file (name.onnx), or the folder of a TensorFlow.js model with a model.json in it.`,
  );
}

/**
 * How far what was saved is from the model in memory. The files are run afresh on the images, ONNX in ONNX Runtime and
 * TensorFlow.js layers as TensorFlow.js loads them. Where the file ends in a softmax, probabilities are compared.
 * @param images preprocessed, [N, H, W, C]
 * @returns the largest absolute difference of any score, divided by the largest absolute score where that is above 1
 *   (float32 holds some seven digits of any number): 1e-4 and less for a good copy, Number.MAX_VALUE where only one of the
 *   two is a number
 */
export async function largestSavedDifference(
  model: TrainableModel,
  output: string,
  images: Tensor4D,
): Promise<number> {
  const savedOutputs = model.info.format === 'onnx' ? savedOnnxOutputs : savedTfjsLayersOutputs;
  const saved = await savedOutputs(output, images);
  const scores = tf.tidy(() => {
    const logits = model.logits(images, { training: false });
    return saved.probabilities ? tf.softmax(logits) : logits;
  });
  const expected = await scores.data<'float32'>();
  scores.dispose();
  let largest = 0;
  let scale = 1;
  for (const [index, value] of expected.entries()) {
    if (Object.is(value, saved.values[index])) continue;
    const difference = Math.abs(value - saved.values[index]);
    if (!Number.isFinite(difference)) return Number.MAX_VALUE;
    largest = Math.max(largest, difference);
    scale = Math.max(scale, Math.abs(value));
  }
  return largest / scale;
}
