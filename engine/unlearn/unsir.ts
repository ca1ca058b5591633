import * as tf from '@tensorflow/tfjs-core';
import type { ImageReference } from '../data/dataset.ts';
import type { MatchedData } from '../data/matched-data.ts';
import { oneAhead } from '../data/pipeline.ts';
import type { TrainableModel } from '../models/models.ts';
import type { Recipe } from '../protocol/protocol.ts';
import { deriveSeed } from '../random.ts';
import { learnNoises, type Noise } from './noise.ts';
import { shuffledBatches, train, type TrainingBatch, type TrainingStep } from './training.ts';
import type { Erasure, ErasureStep } from './unlearn.ts';

/**
 * UNSIR: unlearning by selective impair and repair ("Fast Yet Effective Machine Unlearning", section IV). The model is
 * changed in place. Reads images of the retain classes only.
 *
 * Each noise batch is labelled with its own class; the authors' notebook labels the noise of every class with class 0.
 */
export async function* unsir(erasure: Erasure): AsyncGenerator<ErasureStep> {
  const noises = yield* learnNoises(erasure);
  yield* impair(erasure, noises);
  yield* repair(erasure);
}

/** Damages what the weights know of the forget classes: copies of their noise among images of the retain classes. */
async function* impair(
  { model, data, retain, recipe }: Erasure,
  noises: readonly Noise[],
): AsyncGenerator<ErasureStep> {
  const { noiseCopies, retainPerClass, epochs, learningRate } = recipe.impair;
  const copies = noises.flatMap(({ label, values }) =>
    noiseRows(values, recipe.noise.batchSize).flatMap((pixels): NoiseImage[] =>
      Array.from({ length: noiseCopies }, () => ({ kind: 'noise', label, pixels })),
    ),
  );
  const images = data
    .select('train', retain, retainPerClass)
    .map((reference): RetainImage => ({ kind: 'retain', reference }));
  const batches = epochBatches([...copies, ...images], recipe, 'impair', epochs);
  const read = (batch: readonly TrainingImage[]): Promise<TrainingBatch> =>
    mixedBatch(batch, model, data);
  yield* inPhase('impair', trainOn(model, batches, read, learningRate));
}

/** Regains the retain classes on their own images. */
async function* repair({ model, data, retain, recipe }: Erasure): AsyncGenerator<ErasureStep> {
  const { retainPerClass, epochs, learningRate } = recipe.repair;
  const references = data.select('train', retain, retainPerClass);
  const batches = epochBatches(references, recipe, 'repair', epochs);
  const read = (batch: readonly ImageReference[]): Promise<TrainingBatch> =>
    data.read(batch, 'repair');
  yield* inPhase('repair', trainOn(model, batches, read, learningRate));
}

// -------------------------------------------------------------------------------------------- batches

interface NoiseImage {
  readonly kind: 'noise';
  readonly label: number;
  /** One image of the noise, [H · W · C]. */
  readonly pixels: Float32Array;
}
interface RetainImage {
  readonly kind: 'retain';
  readonly reference: ImageReference;
}
type TrainingImage = NoiseImage | RetainImage;

function noiseRows(values: Float32Array, count: number): Float32Array[] {
  const length = values.length / count;
  return Array.from({ length: count }, (_, row) =>
    values.subarray(row * length, (row + 1) * length),
  );
}

/** The batches of all epochs, each epoch in an order of its own. */
function epochBatches<Item>(
  items: readonly Item[],
  recipe: Recipe,
  phase: ErasureStep['phase'],
  epochs: number,
): Item[][] {
  return Array.from({ length: epochs }, (_, epoch) =>
    shuffledBatches(items, recipe.batchSize, deriveSeed(recipe.seed, phase, epoch)),
  ).flat();
}

/** Noise as it is and images preprocessed, in one batch; within a batch the order means nothing. */
async function mixedBatch(
  batch: readonly TrainingImage[],
  model: TrainableModel,
  data: MatchedData,
): Promise<TrainingBatch> {
  const noise = batch.filter((image) => image.kind === 'noise');
  const references = batch.flatMap((image) => (image.kind === 'retain' ? [image.reference] : []));
  if (noise.length === 0) return data.read(references, 'impair');
  const [height, width, channels] = model.info.inputShape;
  const pixels = new Float32Array(noise.length * height * width * channels);
  for (const [row, image] of noise.entries()) pixels.set(image.pixels, row * image.pixels.length);
  const noiseImages = tf.tensor4d(pixels, [noise.length, height, width, channels]);
  const noiseLabels = Int32Array.from(noise, (image) => image.label);
  if (references.length === 0) return { images: noiseImages, labels: noiseLabels };
  const retain = await data.read(references, 'impair');
  const images = tf.concat([noiseImages, retain.images], 0);
  tf.dispose([noiseImages, retain.images]);
  return { images, labels: Int32Array.from([...noiseLabels, ...retain.labels]) };
}

function trainOn<Item>(
  model: TrainableModel,
  batches: readonly (readonly Item[])[],
  read: (batch: readonly Item[]) => Promise<TrainingBatch>,
  learningRate: number,
): AsyncGenerator<TrainingStep> {
  const images = oneAhead(batches, read, (batch) => batch.images.dispose());
  return train(model, images, { steps: batches.length, learningRate });
}

async function* inPhase(
  phase: ErasureStep['phase'],
  steps: AsyncIterable<TrainingStep>,
): AsyncGenerator<ErasureStep> {
  for await (const step of steps) yield { phase, ...step };
}
