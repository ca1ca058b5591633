import type { Recipe, RecipeName } from '../protocol/protocol.ts';

/**
 * The published settings, from the authors' CIFAR-10 notebook and the paper's section V: the figures of
 * "Fast Yet Effective Machine Unlearning" are made with these, whatever the model.
 */
function paper(seed: number): Recipe {
  return {
    name: 'paper',
    seed,
    batchSize: 256,
    noise: { batchSize: 256, steps: 5 * 8, learningRate: 0.1, decay: 0.1 },
    impair: { noiseCopies: 20, retainPerClass: 1000, epochs: 1, learningRate: 0.02 },
    repair: { retainPerClass: 1000, epochs: 1, learningRate: 0.01 },
  };
}

/**
 * For samples of dozens of images a class, where an epoch of the published recipe is a handful of steps and its noise
 * outnumbers the images: smaller batches of both, and more epochs of repair. Found on the sample project.
 */
function smallSample(seed: number): Recipe {
  return {
    name: 'small-sample',
    seed,
    batchSize: 32,
    noise: { batchSize: 32, steps: 40, learningRate: 0.1, decay: 0.1 },
    impair: { noiseCopies: 10, retainPerClass: 1000, epochs: 1, learningRate: 0.02 },
    repair: { retainPerClass: 1000, epochs: 3, learningRate: 0.01 },
  };
}

/** Every recipe by its name, made for a seed. */
export const recipes: Record<RecipeName, (seed: number) => Recipe> = {
  paper,
  'small-sample': smallSample,
};
