import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { selectAccelerator } from '../../../../engine/accelerators/accelerators.ts';
import { openModel } from '../../../../engine/models/models.ts';
import { createSmallConvolutionalNetwork } from '../../../../engine/models/tfjs-layers/small-convolutional-network.ts';
import { Adam } from '../../../../engine/operations/adam.ts';
import { softmaxCrossEntropy } from '../../../../engine/operations/softmax-cross-entropy.ts';
import { temporaryFolder } from '../../../temporary-folder.ts';
import { numbers } from '../onnx/make-onnx.ts';

await selectAccelerator('onnxruntime');

const settings = { inputShape: [12, 12, 1], classNames: ['left', 'right'], seed: 3 } as const;

it('is a small classifier of the classes it is made for', () => {
  const model = createSmallConvolutionalNetwork({ ...settings, inputShape: [48, 48, 3] });
  expect(model.info).toMatchObject({
    format: 'tfjs-layers',
    inputShape: [48, 48, 3],
    classCount: 2,
    classNames: ['left', 'right'],
  });
  expect(model.info.parameters).toBeLessThan(150_000);
});

it('begins with the same weights for the same seed, and others for another', async () => {
  const [first, same, other] = [settings, settings, { ...settings, seed: 4 }].map(
    createSmallConvolutionalNetwork,
  );
  expect(await same.snapshot()).toEqual(await first.snapshot());
  expect(same.info.sha256).toBe(first.info.sha256);
  expect(await other.snapshot()).not.toEqual(await first.snapshot());
});

it('has the SHA-256 of the files that it is saved as', async () => {
  const model = createSmallConvolutionalNetwork(settings);
  const output = join(temporaryFolder(), 'model');
  expect(await model.save(output)).toBe(model.info.sha256);
  expect((await openModel(output)).info).toEqual(model.info);
  expect(readFileSync(join(output, 'model.json'), 'utf8')).toContain('"activation":"softmax"');
});

it('learns to tell left from right', () => {
  const model = createSmallConvolutionalNetwork(settings);
  const noise = tf.tensor4d(numbers(32 * 144, 1), [32, 12, 12, 1]);
  const labels = Array.from({ length: 32 }, (_, image) => image % 2);
  const bright = tf.tensor4d(
    labels.flatMap((right) =>
      Array.from({ length: 144 }, (_, pixel) => (pixel % 12 >= 6 === (right === 1) ? 1 : 0)),
    ),
    [32, 12, 12, 1],
  );
  const images = tf.add<tf.Tensor4D>(tf.mul(noise, 0.5), bright);
  const target = tf.tensor1d(labels, 'int32');
  const optimizer = new Adam(model.variables, { learningRate: 0.003 });
  for (let step = 0; step < 12; step++) {
    tf.tidy(() => {
      const loss = (): tf.Scalar =>
        softmaxCrossEntropy(model.logits(images, { training: true }), target);
      const { grads } = tf.variableGrads(loss, [...model.variables]);
      optimizer.apply(model.variables.map(({ name }) => grads[name]));
    });
  }
  const answers = tf.argMax(model.logits(images, { training: false }), 1).dataSync();
  expect([...answers]).toEqual(labels);
});
