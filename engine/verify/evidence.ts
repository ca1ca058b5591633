import * as tf from '@tensorflow/tfjs-core';
import type { ImageReference } from '../data/dataset.ts';
import type { MatchedData } from '../data/matched-data.ts';
import { oneAhead } from '../data/pipeline.ts';
import type { TrainableModel } from '../models/models.ts';
import { ProblemError } from '../protocol/problem.ts';
import type { ModelInfo, Split } from '../protocol/protocol.ts';
import { deriveSeed, shuffled } from '../random.ts';

/** What a model makes of some images, row by row in the order of `labels`. */
export interface Answers {
  /** Class indices of the original. */
  readonly labels: Int32Array;
  /** [N, K], K classes of the original; −∞ for a class that the model has no output for. Never NaN or ∞. */
  readonly logits: Float32Array;
  /** [N, D], finite. */
  readonly features: Float32Array;
}

export interface Weight {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** All that the findings know of one model. */
export interface Evidence {
  readonly format: ModelInfo['format'];
  readonly sha256: string;
  readonly classCount: number;
  readonly test: Answers;
  readonly train: Answers;
  /** In the model's order. */
  readonly weights: readonly Weight[];
  /** How fast it learns the erased classes again; null where that was not tried. */
  readonly relearning: Relearning | null;
}

/** @see relearn */
export interface Relearning {
  readonly learningRate: number;
  /** One for each order of the images; `cap` where it did not get there. */
  readonly steps: readonly number[];
  readonly cap: number;
}

/** The images that every model is shown: the same ones, in the same order. */
export interface ImageSample {
  readonly test: readonly ImageReference[];
  readonly train: readonly ImageReference[];
}

/** At most so many training images of a retain class. */
const trainPerClass = 1000;
/** At most so many of a forget class: membership is a small effect, and takes many images to see. */
const trainPerForgetClass = 5000;
/** At most so many images of all retain classes together, of either split, so that memory stays bounded. */
const mostRetainImages = 10_000;

/** Draws the sample: all test images of the forget classes, and as many of the others as memory allows. */
export function sampleImages(
  data: MatchedData,
  forget: readonly number[],
  retain: readonly number[],
  seed: number,
): ImageSample {
  const share = Math.max(10, Math.floor(mostRetainImages / retain.length));
  const draw = (split: Split, index: number, most: number): ImageReference[] =>
    shuffled(data.select(split, [index]), deriveSeed(seed, 'sample', split, index)).slice(0, most);
  const of = (split: Split, most: { forget: number; retain: number }): ImageReference[] => [
    ...forget.flatMap((index) => draw(split, index, most.forget)),
    ...retain.flatMap((index) => draw(split, index, most.retain)),
  ];
  return {
    test: of('test', { forget: Infinity, retain: share }),
    train: of('train', { forget: trainPerForgetClass, retain: Math.min(share, trainPerClass) }),
  };
}

const batchSize = 256;

/** How many steps {@link collectEvidence} takes. */
export function collectingSteps({ test, train }: ImageSample): number {
  return Math.ceil(test.length / batchSize) + Math.ceil(train.length / batchSize);
}

/** What the rows of a model's scores are to be: of the original's classes. */
interface Classes {
  /** The class of the original that each output of the model stands for. */
  readonly outputs: readonly number[];
  /** Of the original. */
  readonly classCount: number;
}

/** Shows a model the images. Yields, after each batch, the number of images in it. */
export async function* collectAnswers(
  model: TrainableModel,
  data: MatchedData,
  sample: ImageSample,
  { outputs, classCount }: Classes,
): AsyncGenerator<number, Pick<Evidence, 'test' | 'train'>> {
  const test = yield* answersTo(model, data, sample.test, outputs, classCount);
  const train = yield* answersTo(model, data, sample.train, outputs, classCount);
  return { test, train };
}

/** {@link collectAnswers}, with the model's weights. */
export async function* collectEvidence(
  model: TrainableModel,
  data: MatchedData,
  sample: ImageSample,
  classes: Classes,
): AsyncGenerator<number, Evidence> {
  const answers = yield* collectAnswers(model, data, sample, classes);
  const weights: Weight[] = [];
  for (const variable of model.variables) {
    weights.push({
      shape: [...variable.shape],
      values: Float32Array.from(await variable.data<'float32'>()),
    });
  }
  const { format, sha256 } = model.info;
  const { classCount } = classes;
  return { format, sha256, classCount, ...answers, weights, relearning: null };
}

async function* answersTo(
  model: TrainableModel,
  data: MatchedData,
  references: readonly ImageReference[],
  outputs: readonly number[],
  classCount: number,
): AsyncGenerator<number, Answers> {
  const labels = new Int32Array(references.length);
  const logits = new Float32Array(references.length * classCount).fill(-Infinity);
  let features = new Float32Array();
  let row = 0;
  const chunks = Array.from({ length: Math.ceil(references.length / batchSize) }, (_, index) =>
    references.slice(index * batchSize, (index + 1) * batchSize),
  );
  const batches = oneAhead(
    chunks,
    (chunk) => data.read(chunk, 'measure'),
    (batch) => batch.images.dispose(),
  );
  for await (const batch of batches) {
    const activations = model.activations(batch.images, { training: false });
    const [scores, values] = await Promise.all([
      activations.logits.data<'float32'>(),
      activations.features.data<'float32'>(),
    ]);
    const dimensions = activations.features.shape[1];
    tf.dispose([batch.images, activations.logits, activations.features]);
    if (row === 0) features = new Float32Array(references.length * dimensions);
    for (let at = 0; at < values.length; at++)
      features[row * dimensions + at] = bounded(values[at]);
    labels.set(batch.labels, row);
    for (let at = 0; at < batch.labels.length; at++) {
      outputs.forEach((label, output) => {
        const score = scores[at * outputs.length + output];
        logits[(row + at) * classCount + label] = Number.isNaN(score)
          ? -Infinity
          : Math.min(score, largest);
      });
    }
    row += batch.labels.length;
    yield batch.labels.length;
  }
  return { labels, logits, features };
}

/** A ruined model may answer with numbers that nothing can be computed with. */
const largest = 1e30;
/** Exact in single precision. */
const largestFeature = 2 ** 50;

function bounded(value: number): number {
  if (Number.isNaN(value)) return largestFeature;
  return Math.max(-largestFeature, Math.min(largestFeature, value));
}

/** Features that had to be bounded are all alike, so that nothing is found in them whatever they held. */
export function hasUnmeasurableFeatures({ test, train }: Evidence): boolean {
  return [test, train].some(({ features }) =>
    features.some((value) => Math.abs(value) >= largestFeature),
  );
}

/**
 * Which class of the original each output of a model stands for: by name where both have names, else all of them in order,
 * or, of a model without outputs for the erased classes, the others in order.
 * @throws ProblemError `classes-do-not-match`
 */
export function outputsOf(
  model: ModelInfo,
  classNames: readonly string[],
  forget: readonly number[],
): number[] {
  const all = [...classNames.keys()];
  const retain = all.filter((index) => !forget.includes(index));
  if (model.classNames !== null) {
    const named = model.classNames.map((name) => classNames.indexOf(name));
    if (!named.includes(-1) && retain.every((index) => named.includes(index))) return named;
  } else if (model.classCount === all.length) return all;
  else if (model.classCount === retain.length) return retain;
  throw new ProblemError(
    'classes-do-not-match',
    `A model that is to be compared has ${String(model.classCount)} classes that are not those of the original. Give one that tells the same ${String(all.length)} classes apart, or only the ${String(retain.length)} that were to be kept.`,
    `original: ${classNames.join(', ')}; model: ${model.classNames?.join(', ') ?? 'no names'}`,
  );
}
