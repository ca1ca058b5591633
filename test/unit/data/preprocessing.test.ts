import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import '@tensorflow/tfjs-backend-cpu';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { openDataset } from '../../../engine/data/data.ts';
import type { Dataset, ImageReference } from '../../../engine/data/dataset.ts';
import {
  parsePreprocessing,
  preprocess,
  presetsFor,
  proposePreprocessing,
} from '../../../engine/data/preprocessing.ts';
import { openModel, type TrainableModel } from '../../../engine/models/models.ts';
import { problemOf, problemOfAsync } from '../../problem-of.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

describe('preprocessing', () => {
  it('is (byte / 255 − mean) / std, per channel', async () => {
    const batch = {
      images: Uint8Array.from([0, 128, 255, 64, 32, 16]),
      shape: [1, 1, 2, 3],
      labels: Int32Array.of(0),
    } as const;
    const tensor = preprocess(batch, parsePreprocessing('cifar10'));
    expect(tensor.shape).toEqual([1, 1, 2, 3]);
    const expected = [0, 128, 255, 64, 32, 16].map((byte, index) => {
      const mean = [0.4914, 0.4822, 0.4465][index % 3];
      return (byte / 255 - mean) / [0.2023, 0.1994, 0.201][index % 3];
    });
    for (const [index, value] of (await tensor.data()).entries()) {
      expect(value).toBeCloseTo(expected[index], 5);
    }
    tensor.dispose();
  });

  it('takes one value for every channel, and refuses values for another number of channels', async () => {
    const batch = {
      images: Uint8Array.from([0, 255]),
      shape: [2, 1, 1, 1],
      labels: Int32Array.of(0, 0),
    } as const;
    const tensor = preprocess(batch, parsePreprocessing('custom:mean=0.5;std=0.25'));
    expect([...(await tensor.data())]).toEqual([-2, 2]);
    tensor.dispose();
    const problem = problemOf(() => preprocess(batch, parsePreprocessing('imagenet')));
    expect(problem.code).toBe('unknown-preprocessing');
    expect(problem.sentence).toMatch(
      /"imagenet" is for images of 3 channels.*takes 1.*zero-to-one/,
    );
    expect(presetsFor(1).map(({ name }) => name)).toEqual(['zero-to-one', 'minus-one-to-one']);
    expect(presetsFor(3)).toHaveLength(4);
  });

  it('can be given figures of its own', () => {
    expect(parsePreprocessing('custom:mean=0.1,0.2,0.3;std=1,2,3')).toEqual({
      name: 'custom',
      mean: [0.1, 0.2, 0.3],
      std: [1, 2, 3],
    });
  });

  it.each([
    'sepia',
    '',
    'custom',
    'custom:mean=1',
    'custom:mean=a;std=1',
    'custom:mean=0;std=0',
    'custom:std=1;mean=,',
    'custom:mean=0,,1;std=1',
    'custom:mean=1e999;std=1',
  ])('refuses %j and says what there is', (text) => {
    const problem = problemOf(() => parsePreprocessing(text));
    expect(problem.code).toBe('unknown-preprocessing');
    expect(problem.sentence).toContain('zero-to-one');
  });
});

/** Three classes of plain pictures, dark, middle and bright, and a model that takes them between 0 and 1. */
async function shades(): Promise<{
  model: TrainableModel;
  dataset: Dataset;
  references: ImageReference[];
}> {
  const bytes = [40, 120, 200];
  const data = temporaryFolder();
  for (const [name, byte] of ['a', 'b', 'c'].map(
    (letter, label) => [letter, bytes[label]] as const,
  )) {
    mkdirSync(join(data, 'train', name), { recursive: true });
    const background = { r: byte, g: byte, b: byte };
    await sharp({ create: { width: 2, height: 2, channels: 3, background } })
      .png()
      .toFile(join(data, 'train', name, '1.png'));
  }
  // The nearest of the three shades c to the mean m: 2cm − c² is highest.
  const shade = bytes.map((byte) => byte / 255);
  const kernel = [0, 1, 2].flatMap(() => shade.map((c) => (2 * c) / 3));
  const folder = temporaryFolder();
  writeFileSync(
    join(folder, 'weights.bin'),
    Float32Array.from([...kernel, ...shade.map((c) => -(c ** 2))]),
  );
  const pool = { name: 'pool', batch_input_shape: [null, 2, 2, 3], dtype: 'float32' };
  const dense = { name: 'dense', units: 3, activation: 'linear', use_bias: true };
  const weights = [
    { name: 'dense/kernel', shape: [3, 3], dtype: 'float32' },
    { name: 'dense/bias', shape: [3], dtype: 'float32' },
  ];
  const description = {
    format: 'layers-model',
    modelTopology: {
      class_name: 'Sequential',
      config: {
        name: 'shades',
        layers: [
          { class_name: 'GlobalAveragePooling2D', config: pool },
          { class_name: 'Dense', config: dense },
        ],
      },
    },
    weightsManifest: [{ paths: ['weights.bin'], weights }],
  };
  writeFileSync(join(folder, 'model.json'), JSON.stringify(description));

  const dataset = await openDataset(data, { imageShape: [2, 2, 3], resize: false, seed: 0 });
  const references = dataset.select({ split: 'train', labels: [0, 1, 2], perClass: Infinity });
  return { model: await openModel(folder), dataset, references };
}

describe('the preprocessing that is proposed', () => {
  it('is the one with which the model is right most often, and its images are counted', async () => {
    const { model, dataset, references } = await shades();
    const { best, trials } = await proposePreprocessing(model, dataset, references, [0, 1, 2]);
    expect(best).toEqual(parsePreprocessing('zero-to-one'));
    expect(trials.map(({ accuracy }) => Math.round(accuracy))).toEqual([100, 67, 67, 33]);
    expect(trials.at(0)?.name).toBe('zero-to-one');
    expect(trials.at(-1)?.name).toBe('minus-one-to-one');
    expect(dataset.reads).toEqual({ preprocessing: [1, 1, 1] });
    model.dispose();
  });

  it('is none when the model is hardly better than guessing with any', async () => {
    const { model, dataset, references } = await shades();
    const problem = await problemOfAsync(() =>
      proposePreprocessing(model, dataset, references, [2, 1, 0]),
    );
    expect(problem.code).toBe('poor-preprocessing');
    expect(problem.sentence).toMatch(
      /right for 33\.3% of 3 .*guessing would be for 33\.3%.*--preprocessing/,
    );
    model.dispose();
  });

  it('is no reward for giving one answer to everything, however often that is right', async () => {
    const { model, dataset, references } = await shades();
    const [dark, middle] = references;
    const mostlyDark = [...Array<ImageReference>(20).fill(dark), middle];
    const problem = await problemOfAsync(() =>
      proposePreprocessing(model, dataset, mostlyDark, [0, 2, 1]),
    );
    expect(problem.sentence).toMatch(/right for 50\.0%/);
    model.dispose();
  });

  it('is tried on 512 images at most, spread over all of them', async () => {
    const { model, dataset, references } = await shades();
    const many = references.flatMap((reference) => Array<ImageReference>(1000).fill(reference));
    await proposePreprocessing(model, dataset, many, [0, 1, 2]);
    expect(dataset.reads.preprocessing).toEqual([171, 171, 170]);
    model.dispose();
  });
});
