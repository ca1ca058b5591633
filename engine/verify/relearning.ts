import * as tf from '@tensorflow/tfjs-core';
import type { ImageReference } from '../data/dataset.ts';
import type { MatchedData } from '../data/matched-data.ts';
import { answeredClasses, type TrainableModel } from '../models/models.ts';
import { Adam } from '../operations/adam.ts';
import { softmaxCrossEntropy } from '../operations/softmax-cross-entropy.ts';
import { variableGradients } from '../operations/variable-gradients.ts';
import { deriveSeed, shuffled } from '../random.ts';
import type { Relearning } from './evidence.ts';

const batchSize = 64;
const orders = 5;
const cap = 50;
/** Test images of the forget classes that are looked at after every step. */
const mostAsked = 200;
/** Share of the original's accuracy on the forget classes that must be reached (α = 5%). */
const share = 0.95;

export interface RelearningSettings {
  readonly forget: readonly number[];
  readonly retain: readonly number[];
  /** See {@link collectEvidence}. */
  readonly outputs: readonly number[];
  /** Of the original on test images of the forget classes, percent. */
  readonly accuracy: number;
  readonly seed: number;
}

/** How many images a step of {@link relearn} puts through the model, and how many steps it takes at most. */
export const relearningCost = { images: batchSize + mostAsked, steps: orders * cap };

/** Adam's; the second is the published one. */
const learningRates = [3e-3, 1e-3, 3e-4, 1e-4];
const fewestSteps = 10;

/**
 * {@link relearn} on a reference, at the first rate at which it takes it ten steps or more and gets there: at a higher one, all
 * models would seem alike.
 */
export async function* relearnReference(
  model: TrainableModel,
  data: MatchedData,
  settings: RelearningSettings,
): AsyncGenerator<number, Relearning> {
  let learningRate = learningRates[1];
  for (const rate of learningRates) {
    const trial = { ...settings, learningRate: rate };
    const { steps } = yield* relearnInOrders(model, data, trial, 1);
    if (steps[0] < fewestSteps || steps[0] === cap) continue;
    learningRate = rate;
    break;
  }
  return yield* relearn(model, data, { ...settings, learningRate });
}

/**
 * In how many steps a model learns the forget classes again (relearn time; Golatkar et al. 2020, Chundawat et al. 2023): Adam on
 * batches of which half are training images of the forget classes, until test images of them are recognised nearly as often
 * as by the original; once for each of five orders. The model is left as it was. Yields after each step.
 */
export function relearn(
  model: TrainableModel,
  data: MatchedData,
  settings: RelearningSettings & { learningRate: number },
): AsyncGenerator<number, Relearning> {
  return relearnInOrders(model, data, settings, orders);
}

async function* relearnInOrders(
  model: TrainableModel,
  data: MatchedData,
  settings: RelearningSettings & { learningRate: number },
  count: number,
): AsyncGenerator<number, Relearning> {
  const { forget, retain, accuracy, learningRate, seed } = settings;
  const draw = (references: ImageReference[], ...purpose: (string | number)[]): ImageReference[] =>
    shuffled(references, deriveSeed(seed, 'relearning', ...purpose));
  const asked = draw(data.select('test', forget), 'asked').slice(0, mostAsked);
  const pools = [forget, retain].map((classes) => data.select('train', classes));
  const snapshot = await model.snapshot();
  const steps: number[] = [];
  for (let order = 0; order < count; order++) {
    const halves = pools.map((pool, half) => draw(pool, order, half));
    const optimizer = new Adam(model.variables, { learningRate });
    try {
      let step = 0;
      while (step < cap && (await accuracyOn(model, data, asked, settings)) < share * accuracy) {
        const batch = halves.flatMap((half) => nth(half, step, batchSize / 2));
        await trainingStep(model, data, batch, settings, optimizer);
        step++;
        yield batch.length + asked.length;
      }
      steps.push(step);
    } finally {
      optimizer.dispose();
      model.restore(snapshot);
    }
  }
  return { learningRate, steps, cap };
}

/** The n-th so many items of a list that begins anew at its end. */
function nth<Item>(items: readonly Item[], n: number, size: number): Item[] {
  const length = Math.min(size, items.length);
  return Array.from({ length }, (_, index) => items[(n * length + index) % items.length]);
}

async function trainingStep(
  model: TrainableModel,
  data: MatchedData,
  references: readonly ImageReference[],
  { outputs }: RelearningSettings,
  optimizer: Adam,
): Promise<void> {
  const { images, labels } = await data.read(references, 'measure');
  tf.tidy(() => {
    const target = tf.tensor1d(
      labels.map((label) => outputs.indexOf(label)),
      'int32',
    );
    const { gradients } = variableGradients(
      () => softmaxCrossEntropy(model.logits(images, { training: true }), target),
      model.variables,
    );
    optimizer.apply(gradients);
  });
  images.dispose();
}

/** Percent. */
async function accuracyOn(
  model: TrainableModel,
  data: MatchedData,
  references: readonly ImageReference[],
  { outputs }: RelearningSettings,
): Promise<number> {
  const { images, labels } = await data.read(references, 'measure');
  const answers = await answeredClasses(model, images);
  images.dispose();
  const hits = labels.filter((label, row) => outputs[answers[row]] === label).length;
  return (100 * hits) / labels.length;
}
