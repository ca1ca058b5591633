import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, expect, it } from 'vitest';
import { selectAccelerator } from '../../../engine/accelerators/accelerators.ts';
import { largestSavedDifference, openModel } from '../../../engine/models/models.ts';
import { Adam } from '../../../engine/operations/adam.ts';
import { softmaxCrossEntropy } from '../../../engine/operations/softmax-cross-entropy.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

const path = fileURLToPath(
  new URL('../../../../shared/data/resnet18-cifar10.onnx', import.meta.url),
);

beforeAll(async () => {
  await selectAccelerator('onnxruntime');
});

beforeEach((context) => {
  context.skip(
    !existsSync(path),
    'there is no ../shared/data/resnet18-cifar10.onnx beside this repository',
  );
});

const images = (): tf.Tensor4D => tf.randomNormal([16, 32, 32, 3], 0, 1, 'float32', 7);

it('a ResNet-18 is read as it is described, and saved byte for byte while nothing has changed', async () => {
  const model = await openModel(path);
  expect(model.info).toMatchObject({
    architecture: 'ONNX graph: 20 Conv, 20 BatchNormalization, 1 Gemm',
    // Of 11,181,642, two biases of 256 and 128 are stored once for two layers each.
    parameters: 11_181_642 - 256 - 128,
    inputShape: [32, 32, 3],
    classCount: 10,
    classNames: null,
  });
  const output = join(temporaryFolder(), 'saved.onnx');
  expect(await model.save(output)).toBe(model.info.sha256);
  expect(readFileSync(output).equals(readFileSync(path))).toBe(true);
  expect(await largestSavedDifference(model, output, images())).toBeLessThan(1e-5);
  model.dispose();
});

it('a ResNet-18 gives the same logits in ONNX Runtime after a step of training and saving', async () => {
  const model = await openModel(path);
  const before = tf.tidy(() => model.logits(images(), { training: false }).dataSync());
  const optimizer = new Adam(model.variables, { learningRate: 0.02 });
  const labels = tf.tensor1d(
    Array.from({ length: 16 }, (_, index) => index % 10),
    'int32',
  );
  tf.tidy(() => {
    const loss = (): tf.Scalar =>
      softmaxCrossEntropy(model.logits(images(), { training: true }), labels);
    const { grads } = tf.variableGrads(loss, [...model.variables]);
    optimizer.apply(model.variables.map(({ name }) => grads[name]));
  });
  const after = tf.tidy(() => model.logits(images(), { training: false }).dataSync());
  expect(Array.from(after, (value, index) => Math.abs(value - before[index]))).toSatisfy(
    (differences: number[]) => Math.max(...differences) > 1,
  );
  const output = join(temporaryFolder(), 'saved.onnx');
  await model.save(output);
  expect(await largestSavedDifference(model, output, images())).toBeLessThan(1e-4);
  model.dispose();
});
