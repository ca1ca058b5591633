import * as tf from '@tensorflow/tfjs-core';
import type { TrainableModel } from '../models/models.ts';
import { percentText } from '../protocol/figure-text.ts';
import { ProblemError } from '../protocol/problem.ts';
import { preprocessingSchema, type ErasePlan, type Preprocessing } from '../protocol/protocol.ts';
import type { Dataset, ImageBatch, ImageReference } from './dataset.ts';

/** What images are commonly turned into before a model sees them. */
const presets: readonly Preprocessing[] = [
  { name: 'zero-to-one', mean: [0], std: [1] },
  { name: 'minus-one-to-one', mean: [0.5], std: [0.5] },
  { name: 'imagenet', mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
  { name: 'cifar10', mean: [0.4914, 0.4822, 0.4465], std: [0.2023, 0.1994, 0.201] },
];

/** Those of the presets that images of so many channels can have. */
export function presetsFor(channels: number): Preprocessing[] {
  return presets.filter(({ mean }) => mean.length === 1 || mean.length === channels);
}

/**
 * Reads a preset's name, or `custom:mean=0.5,0.5,0.5;std=0.2,0.2,0.2` with one value or one per channel.
 * @throws ProblemError `unknown-preprocessing`
 */
export function parsePreprocessing(text: string): Preprocessing {
  const preset = presets.find(({ name }) => name === text);
  if (preset !== undefined) return preset;
  const [, mean, std] = /^custom:mean=([^;]*);std=([^;]*)$/.exec(text) ?? [];
  const numbers = (list: string): number[] =>
    list.split(',').map((value) => (value.trim() === '' ? NaN : Number(value)));
  if (mean !== undefined && std !== undefined) {
    const custom = { name: 'custom', mean: numbers(mean), std: numbers(std) };
    const parsed = preprocessingSchema.safeParse(custom);
    if (parsed.success) return parsed.data;
  }
  throw new ProblemError(
    'unknown-preprocessing',
    `"${text}" is not a preprocessing that Lethe knows. Use ${presets.map(({ name }) => name).join(', ')}, ` +
      'or give your own as custom:mean=0.5,0.5,0.5;std=0.2,0.2,0.2, in units where black is 0 and white is 1.',
  );
}

/**
 * Bytes to what the model takes: (byte / 255 − mean) / std, by channel.
 * @returns float32 [N, H, W, C]
 * @throws ProblemError `unknown-preprocessing` when it is for another number of channels
 */
export function preprocess(
  { images, shape }: ImageBatch,
  preprocessing: Preprocessing,
): tf.Tensor4D {
  const values = new Float32Array(images.length);
  const tables = tablesOf(preprocessing, shape[3]);
  for (const [channel, table] of tables.entries()) {
    for (let at = channel; at < images.length; at += tables.length) values[at] = table[images[at]];
  }
  return tf.tensor4d(values, [...shape], 'float32');
}

/** What every byte becomes, by channel. */
function tablesOf({ name, mean, std }: Preprocessing, channels: number): Float32Array[] {
  const fits = (values: readonly number[]): boolean => [1, channels].includes(values.length);
  if (!fits(mean) || !fits(std)) {
    throw new ProblemError(
      'unknown-preprocessing',
      `The preprocessing "${name}" is for images of ${String(Math.max(mean.length, std.length))} channels, but the model takes ${String(channels)}. Choose one of ${presetsFor(
        channels,
      )
        .map((preset) => preset.name)
        .join(', ')}.`,
    );
  }
  return Array.from({ length: channels }, (_, channel) => {
    const [from, by] = [mean.at(channel) ?? mean[0], std.at(channel) ?? std[0]];
    return Float32Array.from({ length: 256 }, (_, byte) => (byte / 255 - from) / by);
  });
}

/** Enough to tell the presets apart, few enough to take seconds. */
const mostTrialImages = 512;
const trialBatchSize = 128;

/** How far from guessing to perfect the best preset must come: less is no sign that the model knows the images. */
const leastShareAboveGuessing = 0.25;

/**
 * Tries every preset on labelled training images, counted under the phase `preprocessing`, and proposes the one with
 * which the model is right most often; of equals, the one with the lower cross-entropy.
 *
 * Accuracy is the mean over the classes, in percent, so that a model which always gives the same answer has just that
 * of guessing, 1 / classes. Where the best is less than a quarter of the way from there to 100, none is proposed.
 * @param references at least one; if more than 512, so many of them are taken, evenly
 * @param modelIndex the model's class index of each label of the dataset
 * @returns trials best first
 * @throws ProblemError `poor-preprocessing`
 */
export async function proposePreprocessing(
  model: TrainableModel,
  dataset: Dataset,
  references: readonly ImageReference[],
  modelIndex: readonly number[],
): Promise<{ best: Preprocessing; trials: ErasePlan['preprocessingTrials'] }> {
  const sample = evenly(references, mostTrialImages);
  const trials = presetsFor(dataset.info.imageShape[2]).map((preset) => new Trial(preset));
  for (let start = 0; start < sample.length; start += trialBatchSize) {
    const chunk = sample.slice(start, start + trialBatchSize);
    const batch = await dataset.read(chunk, 'preprocessing');
    const labels = batch.labels.map((label) => modelIndex[label]);
    for (const trial of trials) await trial.add(model, batch, labels);
  }
  const ranked = trials.toSorted(
    (a, b) => b.accuracy() - a.accuracy() || a.crossEntropy - b.crossEntropy,
  );
  const [best] = ranked;
  const guessing = 1 / Math.max(2, best.classCount);
  const least = 100 * (guessing + (1 - guessing) * leastShareAboveGuessing);
  if (best.accuracy() < least) throw poor(best, sample.length, 100 * guessing, least);
  return {
    best: best.preset,
    trials: ranked.map((trial) => ({ name: trial.preset.name, accuracy: trial.accuracy() })),
  };
}

/** One preset, and how the model does with it. */
class Trial {
  readonly preset: Preprocessing;
  /** Summed over all images. */
  crossEntropy = 0;
  readonly #byClass = new Map<number, { images: number; hits: number }>();

  constructor(preset: Preprocessing) {
    this.preset = preset;
  }

  get classCount(): number {
    return this.#byClass.size;
  }

  /** Percent, mean over the classes. */
  accuracy(): number {
    const shares = [...this.#byClass.values()].map(({ images, hits }) => hits / images);
    return (100 * shares.reduce((sum, share) => sum + share, 0)) / shares.length;
  }

  /** @param labels class indices of the model */
  async add(model: TrainableModel, batch: ImageBatch, labels: Int32Array): Promise<void> {
    const scores = tf.tidy(() => model.logits(preprocess(batch, this.preset), { training: false }));
    const values = await scores.data<'float32'>();
    const classes = scores.shape[1];
    scores.dispose();
    for (const [row, label] of labels.entries()) {
      const logits = values.subarray(row * classes, (row + 1) * classes);
      const highest = Math.max(...logits);
      const sum = logits.reduce((total, logit) => total + Math.exp(logit - highest), 0);
      this.crossEntropy += highest + Math.log(sum) - logits[label];
      const tally = this.#byClass.get(label) ?? { images: 0, hits: 0 };
      tally.images++;
      if (logits.indexOf(highest) === label) tally.hits++;
      this.#byClass.set(label, tally);
    }
  }
}

function evenly<Item>(items: readonly Item[], most: number): Item[] {
  const length = Math.min(items.length, most);
  return Array.from({ length }, (_, index) => items[Math.floor((index * items.length) / length)]);
}

function poor(best: Trial, images: number, guessing: number, least: number): ProblemError {
  return new ProblemError(
    'poor-preprocessing',
    `The model does not recognise these images with any usual preprocessing: the best, "${best.preset.name}", is right for ${percentText(best.accuracy())} of ${String(images)} training images, and guessing would be for ${percentText(guessing)}. ` +
      'Check that these are the images the model was made for, and that its classes are in the order of the folder names. ' +
      'If it needs its own preprocessing, ask whoever trained it and give it with --preprocessing.',
    `needed ${percentText(least)}`,
  );
}
