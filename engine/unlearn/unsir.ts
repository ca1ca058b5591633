import type { ImageReference } from '../data/dataset.ts';
import { oneAhead } from '../data/pipeline.ts';
import type { TrainableModel } from '../models/models.ts';
import type { RecipeNamed } from '../protocol/recipe.ts';
import { deriveSeed } from '../random.ts';
import {
  inPhase,
  passCost,
  type Erasure,
  type ErasurePhase,
  type ErasureStep,
  type Method,
} from './method.ts';
import { learnNoises, noiseRows, type Noise } from './noise.ts';
import { readMixed, type MixedImage } from './noise-batches.ts';
import {
  disposeBatch,
  shuffledBatches,
  train,
  type TrainingBatch,
  type TrainingStep,
} from './training.ts';

type Paper = RecipeNamed<'paper'>;

/**
 * UNSIR: unlearning by selective impair and repair ("Fast Yet Effective Machine Unlearning", section IV), with the published
 * settings, from the authors' CIFAR-10 notebook and the paper's section V: the figures of the paper are made with these,
 * whatever the model. Reads images of the retain classes only.
 *
 * Each noise batch is labelled with its own class; the authors' notebook labels the noise of every class with class 0.
 */
export const unsir: Method<'paper'> = {
  recipe: (seed) => ({
    name: 'paper',
    seed,
    batchSize: 256,
    noise: { batchSize: 256, steps: 5 * 8, learningRate: 0.1, decay: 0.1 },
    impair: { noiseCopies: 20, retainPerClass: 1000, epochs: 1, learningRate: 0.02 },
    repair: { retainPerClass: 1000, epochs: 1, learningRate: 0.01 },
  }),
  reads: ({ impair, repair }) => ({
    retainPerClass: Math.max(impair.retainPerClass, repair.retainPerClass),
    forgetPerClass: 0,
    everyRetainClass: false,
  }),
  cost: ({ noise, impair, repair }, { retain, forgetClasses }) => [
    {
      phase: 'noise',
      images: forgetClasses * noise.steps * noise.batchSize,
      costPerImage: passCost.inputGradient,
    },
    {
      phase: 'impair',
      images: impair.epochs * (forgetClasses * impair.noiseCopies * noise.batchSize + retain),
      costPerImage: passCost.train,
    },
    { phase: 'repair', images: repair.epochs * retain, costPerImage: passCost.train },
  ],
  async *erase(erasure) {
    const noises = yield* learnNoises(erasure);
    yield* impair(erasure, noises);
    yield* repair(erasure);
    return [];
  },
};

/** Damages what the weights know of the forget classes: copies of their noise among images of the retain classes. */
async function* impair(
  { model, data, retain, recipe }: Erasure<Paper>,
  noises: readonly Noise[],
): AsyncGenerator<ErasureStep> {
  const { noiseCopies, retainPerClass, epochs, learningRate } = recipe.impair;
  const copies = noises.flatMap((noise) =>
    noiseRows(noise).flatMap((image) => Array.from({ length: noiseCopies }, () => image)),
  );
  const images = data
    .select('train', retain, retainPerClass)
    .map((reference): MixedImage => ({ kind: 'retain', reference }));
  const batches = epochBatches([...copies, ...images], recipe, 'impair', epochs);
  const read = (batch: readonly MixedImage[]): Promise<TrainingBatch> =>
    readMixed(batch, model, data);
  yield* inPhase('impair', trainOn(model, batches, read, learningRate));
}

/** Regains the retain classes on their own images. */
async function* repair({
  model,
  data,
  retain,
  recipe,
}: Erasure<Paper>): AsyncGenerator<ErasureStep> {
  const { retainPerClass, epochs, learningRate } = recipe.repair;
  const references = data.select('train', retain, retainPerClass);
  const batches = epochBatches(references, recipe, 'repair', epochs);
  const read = (batch: readonly ImageReference[]): Promise<TrainingBatch> =>
    data.read(batch, 'repair');
  yield* inPhase('repair', trainOn(model, batches, read, learningRate));
}

/** The batches of all epochs, each epoch in an order of its own. */
function epochBatches<Item>(
  items: readonly Item[],
  recipe: Paper,
  phase: ErasurePhase,
  epochs: number,
): Item[][] {
  return Array.from({ length: epochs }, (_, epoch) =>
    shuffledBatches(items, recipe.batchSize, deriveSeed(recipe.seed, phase, epoch)),
  ).flat();
}

function trainOn<Item>(
  model: TrainableModel,
  batches: readonly (readonly Item[])[],
  read: (batch: readonly Item[]) => Promise<TrainingBatch>,
  learningRate: number,
): AsyncGenerator<TrainingStep> {
  const images = oneAhead(batches, read, disposeBatch);
  return train(model, images, { steps: batches.length, learningRate });
}
