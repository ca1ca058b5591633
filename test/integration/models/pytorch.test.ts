import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { selectAccelerator } from '../../../engine/accelerators/accelerators.ts';
import { largestSavedDifference, openModel } from '../../../engine/models/models.ts';
import { Adam } from '../../../engine/operations/adam.ts';
import { softmaxCrossEntropy } from '../../../engine/operations/softmax-cross-entropy.ts';
import { variableGradients } from '../../../engine/operations/variable-gradients.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

const python = '/usr/bin/python3';
const script = (name: string): string =>
  fileURLToPath(new URL(`../../bench/${name}`, import.meta.url));
const hasTorch = spawnSync(python, ['-c', 'import onnx, torch, torchvision']).status === 0;
const [batch, steps, learningRate] = [8, 3, 1e-3];

beforeAll(async () => {
  await selectAccelerator('onnxruntime');
});

beforeEach((context) => {
  context.skip(!hasTorch, `${python} has no torch, torchvision and onnx`);
});

function runPython(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(python, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

it.each(['vit', 'mobilenetv2', 'all-cnn'])(
  '%s learns on the same images from the same weights as in PyTorch, and is saved as it came',
  async (name) => {
    const folder = temporaryFolder();
    const [path, imagesFile, labelsFile, output] = [
      `${name}.onnx`,
      'images',
      'labels',
      'saved.onnx',
    ].map((file) => join(folder, file));
    runPython(script('models.py'), '--out', folder, name);

    const model = await openModel(path);
    const [height, width, channels] = model.info.inputShape;
    const shape: [number, number, number, number] = [batch, height, width, channels];
    const images = tf.randomNormal<tf.Rank.R4>(shape, 0, 1, 'float32', 7);
    const labels = tf.tensor1d([...Array(batch).keys()], 'int32');
    writeFileSync(imagesFile, images.dataSync());
    writeFileSync(labelsFile, labels.dataSync());
    const theirs = z
      .object({ losses: z.array(z.number()) })
      .parse(
        JSON.parse(
          runPython(
            ...[script('speed_torch.py'), '--model', name, '--weights', path],
            ...['--images', imagesFile, '--labels', labelsFile],
            ...['--steps', String(steps), '--warm-up', '0', '--rate', String(learningRate)],
          ),
        ),
      );

    const optimizer = new Adam(model.variables, { learningRate });
    const losses = Array.from({ length: steps }, () =>
      tf.tidy(() => {
        const loss = (): tf.Scalar =>
          softmaxCrossEntropy(model.logits(images, { training: true }), labels);
        const { value, gradients } = variableGradients(loss, model.variables);
        optimizer.apply(gradients);
        return value.dataSync()[0];
      }),
    );
    expect(Math.abs(losses[0] - theirs.losses[0])).toBeLessThan(1e-4);
    // Adam makes whole steps of the rounding errors of gradients that are zero.
    losses.forEach((loss, step) => {
      expect(Math.abs(loss / theirs.losses[step] - 1)).toBeLessThan(0.05);
    });
    await model.save(output);
    expect(await largestSavedDifference(model, output, images)).toBeLessThan(1e-4);
  },
);
