import type * as tf from '@tensorflow/tfjs-core';
import type {
  DatasetInfo,
  ModelInfo,
  Preprocessing,
  ReadPhase,
  Split,
} from '../protocol/protocol.ts';
import { ProblemError } from '../protocol/problem.ts';
import type { Dataset, ImageReference } from './dataset.ts';
import { preprocess } from './preprocessing.ts';

/** Which class of the model each class of the data is. */
export class ClassMatch {
  /** The model's classes, in the model's order. */
  readonly classNames: readonly string[];
  /** The model's index of each class of the data. */
  readonly modelIndex: readonly number[];
  readonly #counts: DatasetInfo['counts'];

  constructor(
    classNames: readonly string[],
    modelIndex: readonly number[],
    counts: DatasetInfo['counts'],
  ) {
    this.classNames = classNames;
    this.modelIndex = modelIndex;
    this.#counts = counts;
  }

  /** The data's labels of these classes of the model; a class the data does not have is left out. */
  dataLabels(classes: readonly number[]): number[] {
    return this.modelIndex.flatMap((model, label) => (classes.includes(model) ? [label] : []));
  }

  /** How many images the data has of one class of the model. */
  images(split: Split, modelClass: number): number {
    return this.dataLabels([modelClass]).reduce(
      (sum, label) => sum + this.#counts[split][label],
      0,
    );
  }

  totalImages(split: Split): number {
    return this.#counts[split].reduce((sum, images) => sum + images, 0);
  }
}

/** @throws ProblemError `single-class-model` */
export function requireTwoClasses(model: ModelInfo): void {
  if (model.classCount >= 2) return;
  throw new ProblemError(
    'single-class-model',
    'This model tells only one class apart, so nothing would be left of it after erasing. Choose a classifier with at least two classes.',
  );
}

/**
 * @param classes to be kept, of the model
 * @throws ProblemError `no-test-images`
 */
export function requireTestImages(match: ClassMatch, classes: readonly number[]): void {
  if (classes.some((index) => match.images('test', index) > 0)) return;
  throw new ProblemError(
    'no-test-images',
    'The data holds no test images of the classes to keep. Add some under test/<class name>/: without them nobody could tell what the erasure did to the model.',
  );
}

/**
 * Matches by name when the model file carries names. When it carries none, its classes are taken to be the data's, in
 * alphabetical order, and there must be as many of them.
 * @throws ProblemError `classes-do-not-match`
 */
export function matchClasses(model: ModelInfo, data: DatasetInfo): ClassMatch {
  if (model.classNames === null) {
    if (data.classNames.length !== model.classCount) {
      throw new ProblemError(
        'classes-do-not-match',
        `The model has ${String(model.classCount)} classes, but the data has ${String(data.classNames.length)} class folders. ` +
          'The model file holds no class names, so the folders must be all its classes, in the same alphabetical order; ' +
          'a class without images needs an empty folder.',
        `data: ${data.classNames.join(', ')}`,
      );
    }
    const inOrder = data.classNames.map((_, index) => index);
    return new ClassMatch(data.classNames, inOrder, data.counts);
  }
  const { classNames } = model;
  const strangers = data.classNames.filter((name) => !classNames.includes(name));
  if (strangers.length > 0) {
    throw new ProblemError(
      'classes-do-not-match',
      `The data has a class "${strangers[0]}" that the model does not know. Name the folders as the model names its classes: ${classNames.slice(0, 8).join(', ')}${classNames.length > 8 ? ', …' : ''}.`,
      `unknown to the model: ${strangers.join(', ')}`,
    );
  }
  const modelIndex = data.classNames.map((name) => classNames.indexOf(name));
  return new ClassMatch(classNames, modelIndex, data.counts);
}

/** Images and labels as a model takes them: `images` [N, H, W, C] preprocessed, `labels` [N] class indices of the model. */
export interface ModelBatch {
  readonly images: tf.Tensor4D;
  readonly labels: Int32Array;
}

/** A dataset as one model sees it: labels are the model's class indices, images are preprocessed for it. */
export class MatchedData {
  readonly #dataset: Dataset;
  readonly #match: ClassMatch;
  readonly #preprocessing: Preprocessing;

  constructor(dataset: Dataset, match: ClassMatch, preprocessing: Preprocessing) {
    this.#dataset = dataset;
    this.#match = match;
    this.#preprocessing = preprocessing;
  }

  /** The images of these classes of the model, at most `perClass` of each, the first in name order. */
  select(split: Split, classes: readonly number[], perClass = Infinity): ImageReference[] {
    return this.#dataset.select({ split, labels: this.#match.dataLabels(classes), perClass });
  }

  /** The caller disposes of the images. */
  async read(references: readonly ImageReference[], phase: ReadPhase): Promise<ModelBatch> {
    const { modelIndex } = this.#match;
    const batch = await this.#dataset.read(references, phase);
    return {
      images: preprocess(batch, this.#preprocessing),
      labels: batch.labels.map((label) => modelIndex[label]),
    };
  }
}
