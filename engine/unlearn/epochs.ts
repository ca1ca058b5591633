import { oneAhead } from '../data/pipeline.ts';
import type { TrainableModel } from '../models/models.ts';
import { deriveSeed } from '../random.ts';
import { inPhase, type ErasurePhase, type ErasureStep } from './method.ts';
import {
  batchBounds,
  disposeBatch,
  shuffledBatches,
  train,
  type Objective,
  type TrainingBatch,
} from './training.ts';

/** How many epochs give at least so many steps: few images make few. */
export function epochsFor(
  images: number,
  batchSize: number,
  least: { readonly epochs: number; readonly steps: number },
): number {
  const stepsPerEpoch = Math.max(1, batchBounds(images, batchSize).length);
  return Math.max(least.epochs, Math.ceil(least.steps / stepsPerEpoch));
}

export interface Epochs<Item, Batch extends TrainingBatch> {
  readonly epochs: number;
  readonly batchSize: number;
  readonly seed: number;
  readonly phase?: ErasurePhase;
  /** Of these epochs among others of one run. */
  readonly round?: number;
  /** Adam's, at each step from 1 on. */
  readonly schedule: (steps: number) => (step: number) => number;
  /**
   * @param seed of what is random about the batch
   * @param epoch from 0 on
   */
  readonly read: (items: readonly Item[], seed: number, epoch: number) => Promise<Batch>;
  readonly objective?: Objective<Batch>;
}

/** All images in every epoch, each in an order of its own. */
export function trainForEpochs<Item, Batch extends TrainingBatch>(
  model: TrainableModel,
  items: readonly Item[],
  {
    epochs,
    batchSize,
    seed,
    phase = 'unlearn',
    round = 0,
    schedule,
    read,
    objective,
  }: Epochs<Item, Batch>,
): AsyncGenerator<ErasureStep> {
  const batches = Array.from({ length: epochs }, (_, epoch) =>
    shuffledBatches(items, batchSize, deriveSeed(seed, phase, round, epoch)).map((batch) => ({
      batch,
      epoch,
    })),
  )
    .flat()
    .map((each, index) => ({ ...each, seed: deriveSeed(seed, 'augmentation', round, index) }));
  const steps = batches.length;
  const images = oneAhead(
    batches,
    ({ batch, seed, epoch }) => read(batch, seed, epoch),
    disposeBatch,
  );
  const settings = { steps, learningRate: schedule(steps) };
  return inPhase(
    phase,
    train(model, images, objective === undefined ? settings : { ...settings, objective }),
  );
}
