import { flipAndShift } from './augmentation.ts';
import { epochsFor, trainForEpochs } from './epochs.ts';
import { passCost, type Method } from './method.ts';
import { cosine, type TrainingBatch } from './training.ts';
import { bearableVariation, variationText } from './variation.ts';

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
  reads: () => ({ retainPerClass: Infinity, forgetPerClass: 0, everyRetainClass: true }),
  cost: ({ epochs }, { retain }) => [
    { phase: 'unlearn', images: epochs * retain, costPerImage: passCost.train },
  ],
  async *erase({ model, data, retain, recipe }) {
    const references = data.select('train', retain);
    const variation = await bearableVariation(model, data, references, {
      ...{ shift: recipe.shift, seed: recipe.seed, phase: 'unlearn' },
    });
    model.reinitialize(recipe.seed);
    yield* trainForEpochs(model, references, {
      epochs: recipe.epochs,
      batchSize: recipe.batchSize,
      seed: recipe.seed,
      schedule: (steps) => warmedCosine(recipe.learningRate, steps),
      read: async (batch, seed): Promise<TrainingBatch> => {
        const { images, labels } = await data.read(batch, 'unlearn');
        return { images: await flipAndShift(images, { ...variation, seed }), labels };
      },
    });
    return [
      `All weights were set to random ones and trained for ${String(recipe.epochs)} epochs on ${String(references.length)} images of the kept classes: nothing is left of the original but its structure.`,
      variationText(variation),
    ];
  },
};

/** With fewer steps in an epoch, batches are small, so that there are more. */
const leastStepsPerEpoch = 128;
/** Of all steps, those in which the rate grows: at first gradients are large, and Adam knows nothing of their size. */
const warming = 0.1;

function warmedCosine(rate: number, steps: number): (step: number) => number {
  const warm = Math.max(1, Math.round(warming * steps));
  const settle = cosine(rate, steps - warm + 1);
  return (step) => (step <= warm ? (rate * step) / warm : settle(step - warm + 1));
}
