import * as tf from '@tensorflow/tfjs-core';
import { answeredClasses, type TrainableModel } from '../models/models.ts';
import type { RecipeNamed } from '../protocol/recipe.ts';
import { deriveSeed } from '../random.ts';
import { toAnswers, type AnsweredBatch } from './answers-objective.ts';
import { flipAndShift } from './augmentation.ts';
import { trainForEpochs } from './epochs.ts';
import { impressionLabels } from './impression-labels.ts';
import { makeImpressions, type Impression } from './impressions.ts';
import { passCost, type Erasure, type ErasureStep, type Method } from './method.ts';
import { OriginalAnswers } from './original-answers.ts';
import { untilForgotten } from './rounds.ts';
import { batchBounds, cosine } from './training.ts';
import { weightScale } from './weight-scale.ts';

type ClassImpressions = RecipeNamed<'class-impressions'>;

/**
 * Without any image: the model is taught by images made from itself (Yin et al. 2020), of all classes, towards what it said of
 * them if it had no forget classes (Zhou et al. 2025, as in masked distillation). Those of the forget classes change what it
 * says of these, those of the others hold the rest where it is.
 */
export const classImpressions: Method<'class-impressions'> = {
  recipe: (seed, _images, classes) => {
    const forget = Math.max(fewest.forget, fewest.ofEachClass * classes.forget);
    const retain = Math.max(fewest.retain, fewest.ofEachClass * classes.retain);
    return {
      name: 'class-impressions',
      seed,
      batchSize: 128,
      impressions: {
        images: forget + retain,
        forgetShare: forget / (forget + retain),
        steps: 120,
        learningRate: 0.1,
        smoothness: 0.001,
        statistics: 1,
      },
      epochs: 20,
      relativeRate: 0.005,
      rounds: 8,
      shift: 0.125,
    };
  },
  reads: () => ({ retainPerClass: 0, forgetPerClass: 0, everyRetainClass: false }),
  cost: ({ impressions: { images, steps }, epochs }) => [
    // Making an impression takes the gradient of the images alone, two thirds of a training step.
    { phase: 'unlearn', images: images * (steps + epochs), costPerImage: passCost.inputGradient },
  ],
  async *erase(erasure) {
    const impressions = yield* makeAll(erasure);
    const account = yield* learnFrom(impressions, erasure);
    return [
      ...account,
      'No image was read while erasing: those that the model was taught by, and watched by, were made from its own weights. Nothing here shows what becomes of real pictures, neither of the erased classes nor of those to keep.',
    ];
  },
};

/** Impressions that are made: so many for all classes of a kind together, and of each class. */
const fewest = { forget: 64, retain: 192, ofEachClass: 4 };

type Making = Erasure<ClassImpressions>;

async function* makeAll(erasure: Making): AsyncGenerator<ErasureStep, Impression[]> {
  const { model, recipe } = erasure;
  const { images, steps } = recipe.impressions;
  const labels = impressionLabels(erasure);
  const bounds = batchBounds(images, recipe.batchSize);
  const made: Impression[] = [];
  for (const [part, { start, end }] of bounds.entries()) {
    const making = {
      labels: labels.slice(start, end),
      seed: deriveSeed(recipe.seed, 'impressions', part),
      stepsBefore: part * steps,
      stepsInAll: bounds.length * steps,
    };
    made.push(...(yield* makeImpressions(model, recipe.impressions, making)));
  }
  return made;
}

async function* learnFrom(
  impressions: readonly Impression[],
  { model, openOriginal, forget, recipe }: Making,
): AsyncGenerator<ErasureStep, string[]> {
  const rate = recipe.relativeRate * (await weightScale(model));
  const original = await openOriginal();
  const answers = new OriginalAnswers(original, forget);
  const ofForget = impressions.filter(({ label }) => forget.includes(label));
  try {
    return yield* untilForgotten({
      ...recipe,
      rate,
      recognised: () => recognised(model, ofForget),
      round: (roundRate, round) =>
        trainForEpochs(model, impressions, {
          ...recipe,
          round,
          schedule: (steps) => cosine(roundRate, steps),
          read: async (batch, seed): Promise<AnsweredBatch> => {
            const { shift } = recipe;
            const images = await flipAndShift(stacked(batch, model), { shift, seed });
            const labels = Int32Array.from(batch, ({ label }) => label);
            return { images, labels, answers: answers.of(images) };
          },
          objective: toAnswers,
        }),
    });
  } finally {
    answers.dispose();
    original.dispose();
  }
}

const askedAtOnce = 256;

/** Percent of the impressions that the model still takes for what they were made for. */
async function recognised(
  model: TrainableModel,
  impressions: readonly Impression[],
): Promise<number> {
  let hits = 0;
  for (const { start, end } of batchBounds(impressions.length, askedAtOnce)) {
    const batch = impressions.slice(start, end);
    const images = stacked(batch, model);
    const answers = await answeredClasses(model, images);
    images.dispose();
    hits += batch.filter(({ label }, row) => label === answers[row]).length;
  }
  return (100 * hits) / impressions.length;
}

function stacked(impressions: readonly Impression[], model: TrainableModel): tf.Tensor4D {
  const [height, width, channels] = model.info.inputShape;
  const length = height * width * channels;
  const pixels = new Float32Array(impressions.length * length);
  for (const [row, impression] of impressions.entries())
    pixels.set(impression.pixels, row * length);
  return tf.tensor4d(pixels, [impressions.length, height, width, channels]);
}
