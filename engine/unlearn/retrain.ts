import * as tf from '@tensorflow/tfjs-core';
import type { ImageReference } from '../data/dataset.ts';
import type { MatchedData } from '../data/matched-data.ts';
import type { TrainableModel } from '../models/models.ts';
import { deriveSeed, shuffled } from '../random.ts';
import { flipAndShift } from './augmentation.ts';
import { epochsFor, trainForEpochs } from './epochs.ts';
import { passCost, type Method } from './method.ts';
import { cosine, type TrainingBatch } from './training.ts';

/**
 * From nothing, on all images of the retain classes: what the model would be, had it never seen the others. The gold
 * standard, and the dearest.
 */
export const retrain: Method<'retrain'> = {
  recipe: (seed, { retain }) => {
    const batchSize = retain >= 128 * leastStepsPerEpoch ? 128 : 32;
    return {
      name: 'retrain',
      seed,
      batchSize,
      epochs: epochsFor(retain, batchSize, { epochs: 14, steps: 600 }),
      learningRate: 2e-3,
      shift: 0.125,
    };
  },
  reads: () => ({ retainPerClass: Infinity, forgetPerClass: 0 }),
  cost: ({ epochs }, { retain }) => [
    { phase: 'unlearn', images: epochs * retain, costPerImage: passCost.train },
  ],
  async *erase({ model, data, retain, recipe }) {
    const references = data.select('train', retain);
    const mirror = await knowsMirrored(model, data, references, recipe.seed);
    model.reinitialize(recipe.seed);
    yield* trainForEpochs(model, references, {
      epochs: recipe.epochs,
      batchSize: recipe.batchSize,
      seed: recipe.seed,
      schedule: (steps) => warmedCosine(recipe.learningRate, steps),
      read: async (batch, seed): Promise<TrainingBatch> => {
        const { images, labels } = await data.read(batch, 'unlearn');
        return {
          images: await flipAndShift(images, { shift: recipe.shift, mirror, seed }),
          labels,
        };
      },
    });
    const varied = mirror ? 'mirrored and shifted at random' : 'shifted at random';
    return [
      `All weights were set to random ones and trained for ${String(recipe.epochs)} epochs on ${String(references.length)} images of the kept classes, ${varied}: nothing is left of the original but its structure.`,
    ];
  },
};

/** With fewer steps in an epoch, batches are small, so that there are more. */
const leastStepsPerEpoch = 64;
/** Of all steps, those in which the rate grows: at first gradients are large, and Adam knows nothing of their size. */
const warming = 0.1;

function warmedCosine(rate: number, steps: number): (step: number) => number {
  const warm = Math.max(1, Math.round(warming * steps));
  const settle = cosine(rate, steps - warm + 1);
  return (step) => (step <= warm ? (rate * step) / warm : settle(step - warm + 1));
}

const fewImages = 512;
/** Percent. */
const littleWorse = 5;

/** Whether mirrored images are the same to the original: those of things mostly are, those of writing are not. */
async function knowsMirrored(
  model: TrainableModel,
  data: MatchedData,
  references: readonly ImageReference[],
  seed: number,
): Promise<boolean> {
  const few = shuffled(references, deriveSeed(seed, 'mirrored')).slice(0, fewImages);
  const { images, labels } = await data.read(few, 'unlearn');
  const right = tf.tidy(() =>
    [images, tf.reverse(images, 2)].map((each) => {
      const answers = tf.argMax(model.logits(each, { training: false }), 1);
      return tf.mean(tf.equal(answers, tf.tensor1d(labels, 'int32')));
    }),
  );
  const [[asIs], [mirrored]] = await Promise.all(right.map((share) => share.data()));
  tf.dispose([images, ...right]);
  return 100 * mirrored >= 100 * asIs - littleWorse;
}
