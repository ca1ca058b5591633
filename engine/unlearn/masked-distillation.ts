import { toAnswers, type AnsweredBatch } from './answers-objective.ts';
import { epochsFor, trainForEpochs } from './epochs.ts';
import { heldOutAccuracy } from './held-out.ts';
import { passCost, type Method } from './method.ts';
import { OriginalAnswers } from './original-answers.ts';
import { cosine } from './training.ts';
import { untilForgotten } from './rounds.ts';
import { weightScale } from './weight-scale.ts';

const batchSize = 128;
const perClass = 1000;

/**
 * DELETE (Zhou et al. 2025, "Decoupled Distillation to Erase"): on images of the forget classes, towards what the original
 * would say of them if it had no such classes. No image of a retain class is read; what keeps those is that the original's
 * own ranking of them is the target, and that steps are small.
 */
export const maskedDistillation: Method<'masked-distillation'> = {
  recipe: (seed, { forget }) => ({
    name: 'masked-distillation',
    seed,
    batchSize,
    forgetPerClass: perClass,
    epochs: epochsFor(Math.min(forget, perClass), batchSize, { epochs: 4, steps: 32 }),
    relativeRate: 0.001,
    rounds: 8,
  }),
  reads: ({ forgetPerClass }) => ({ retainPerClass: 0, forgetPerClass, everyRetainClass: false }),
  cost: ({ epochs }, { forget }) => [
    { phase: 'unlearn', images: epochs * forget, costPerImage: passCost.train + passCost.measure },
  ],
  async *erase({ model, openOriginal, data, forget, recipe }) {
    const rate = recipe.relativeRate * (await weightScale(model));
    const original = await openOriginal();
    const answers = new OriginalAnswers(original, forget);
    try {
      const references = data.select('train', forget, recipe.forgetPerClass);
      const account = yield* untilForgotten({
        ...recipe,
        rate,
        recognised: async () => (await heldOutAccuracy(model, data, references, 'unlearn')) ?? 0,
        round: (roundRate, round) =>
          trainForEpochs(model, references, {
            ...recipe,
            round,
            schedule: (steps) => cosine(roundRate, steps),
            read: async (batch): Promise<AnsweredBatch> => {
              const { images, labels } = await data.read(batch, 'unlearn');
              return { images, labels, answers: answers.of(images) };
            },
            objective: toAnswers,
          }),
      });
      return [
        ...account,
        'No image of a class to keep was read, so nobody watched, while erasing, what became of those.',
      ];
    } finally {
      answers.dispose();
      original.dispose();
    }
  },
};
