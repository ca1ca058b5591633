import { epochsFor, trainForEpochs } from './epochs.ts';
import { passCost, type Method } from './method.ts';
import { cosine } from './training.ts';
import { weightScale } from './weight-scale.ts';

const batchSize = 128;

/**
 * Training goes on, on the retain sample and its labels alone: catastrophic forgetting, put to use (the baseline of Golatkar
 * et al. 2020). No image of a forget class is read.
 */
export const fineTune: Method<'fine-tune'> = {
  recipe: (seed, { retain }) => ({
    name: 'fine-tune',
    seed,
    batchSize,
    retainPerClass: 1000,
    epochs: epochsFor(retain, batchSize, { epochs: 4, steps: 100 }),
    relativeRate: 0.03,
  }),
  reads: ({ retainPerClass }) => ({ retainPerClass, forgetPerClass: 0, everyRetainClass: false }),
  cost: ({ epochs }, { retain }) => [
    { phase: 'unlearn', images: epochs * retain, costPerImage: passCost.train },
  ],
  async *erase({ model, data, retain, recipe }) {
    const rate = recipe.relativeRate * (await weightScale(model));
    yield* trainForEpochs(model, data.select('train', retain, recipe.retainPerClass), {
      ...recipe,
      schedule: (steps) => cosine(rate, steps),
      read: (batch) => data.read(batch, 'unlearn'),
    });
    return [];
  },
};
