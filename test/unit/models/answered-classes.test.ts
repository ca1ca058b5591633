import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { selectAccelerator } from '../../../engine/accelerators/accelerators.ts';
import { answeredClasses } from '../../../engine/models/models.ts';
import { createSmallConvolutionalNetwork } from '../../../engine/models/tfjs-layers/small-convolutional-network.ts';

beforeAll(async () => {
  await selectAccelerator('onnxruntime');
});

it('takes a model that answers with no numbers to be right about nothing', async () => {
  const classNames = ['a', 'b', 'c'];
  const model = createSmallConvolutionalNetwork({ inputShape: [8, 8, 1], classNames, seed: 1 });
  const images = tf.randomNormal<tf.Rank.R4>([5, 8, 8, 1], 0, 1, 'float32', 1);
  const tensors = tf.memory().numTensors;
  const logits = model.logits(images, { training: false });
  const top = tf.argMax(logits, 1);
  expect(await answeredClasses(model, images)).toEqual([...(await top.data())]);
  tf.dispose([logits, top]);
  model.restore((await model.snapshot()).map((values) => values.map(() => NaN)));
  expect(await answeredClasses(model, images)).toEqual([-1, -1, -1, -1, -1]);
  expect(tf.memory().numTensors).toBe(tensors);
  images.dispose();
  model.dispose();
});
