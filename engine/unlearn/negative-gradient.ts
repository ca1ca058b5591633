import * as tf from '@tensorflow/tfjs-core';
import { epochsFor, trainForEpochs } from './epochs.ts';
import { heldOutAccuracy } from './held-out.ts';
import { passCost, type Method } from './method.ts';
import { cosine, type Objective, type TrainingBatch } from './training.ts';
import { untilForgotten } from './rounds.ts';
import { weightScale } from './weight-scale.ts';

const batchSize = 128;

/**
 * Up the gradient of the cross-entropy on images of the forget classes, down on those of the retain classes (Kurmanji et al.
 * 2023, "NegGrad+", equation 5). Without a bound the first would grow for ever and ruin the model: an image that is no
 * longer recognised better than by chance counts no more.
 */
export const negativeGradient: Method<'negative-gradient'> = {
  recipe: (seed, { retain }) => ({
    name: 'negative-gradient',
    seed,
    batchSize,
    forgetPerClass: 1000,
    retainPerClass: 1000,
    epochs: epochsFor(retain, batchSize, { epochs: 1, steps: 40 }),
    relativeRate: 0.01,
    rounds: 6,
    retainWeight: 0.7,
  }),
  reads: ({ retainPerClass, forgetPerClass }) => ({
    retainPerClass,
    forgetPerClass,
    everyRetainClass: false,
  }),
  cost: ({ epochs }, { retain, forget }) => [
    { phase: 'unlearn', images: epochs * (retain + forget), costPerImage: passCost.train },
  ],
  async *erase({ model, data, forget, retain, recipe }) {
    const rate = recipe.relativeRate * (await weightScale(model));
    const ofForget = data.select('train', forget, recipe.forgetPerClass);
    const references = [...ofForget, ...data.select('train', retain, recipe.retainPerClass)];
    return yield* untilForgotten({
      ...recipe,
      rate,
      recognised: async () => (await heldOutAccuracy(model, data, ofForget, 'unlearn')) ?? 0,
      round: (roundRate, round) =>
        trainForEpochs(model, references, {
          ...recipe,
          round,
          schedule: (steps) => cosine(roundRate, steps),
          read: (batch) => data.read(batch, 'unlearn'),
          objective: apart(forget, recipe.retainWeight),
        }),
    });
  },
};

function apart(forget: readonly number[], retainWeight: number): Objective<TrainingBatch> {
  return (model, { images, labels }) => {
    const { classCount } = model.info;
    const logits = model.logits(images, { training: true });
    const isLabel = tf.oneHot(tf.tensor1d(labels, 'int32'), classCount, 1, 0, 'float32');
    const surprise = tf.neg(tf.sum(tf.mul(isLabel, tf.logSoftmax(logits)), 1));
    const chance = Math.log(classCount);
    const forgetCount = labels.filter((label) => forget.includes(label)).length;
    const retainCount = labels.length - forgetCount;
    const weights = (of: (isForget: boolean) => number): tf.Tensor1D =>
      tf.tensor1d(Float32Array.from(labels, (label) => of(forget.includes(label))));
    const down = weights((isForget) => (isForget ? 0 : retainWeight / retainCount));
    const up = weights((isForget) => (isForget ? (1 - retainWeight) / forgetCount : 0));
    const loss = tf.sub<tf.Scalar>(
      tf.sum(tf.mul(down, surprise)),
      tf.sum(tf.mul(up, tf.minimum(surprise, chance))),
    );
    return { loss, logits };
  };
}
