import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { selectAccelerator } from '../../../engine/accelerators/accelerators.ts';
import { openDataset } from '../../../engine/data/data.ts';
import type { Dataset } from '../../../engine/data/dataset.ts';
import { MatchedData, matchClasses } from '../../../engine/data/matched-data.ts';
import { parsePreprocessing } from '../../../engine/data/preprocessing.ts';
import { openModel, type TrainableModel } from '../../../engine/models/models.ts';
import { createSmallConvolutionalNetwork } from '../../../engine/models/tfjs-layers/small-convolutional-network.ts';
import type { Recipe, RecipeName } from '../../../engine/protocol/recipe.ts';
import { settleScores } from '../../../engine/unlearn/adaptive/settle-scores.ts';
import { imagesRead, makeRecipe, unlearn } from '../../../engine/unlearn/unlearn.ts';
import { bearableVariation, type Variation } from '../../../engine/unlearn/variation.ts';
import { accuracyOf, countHits } from '../../../engine/verify/accuracy.ts';
import { problemOfAsync } from '../../problem-of.ts';
import { trainOn } from '../verify/small-training.ts';
import { writeQuadrants } from './quadrants.ts';

/** Each method on a small network, trained here, that is to forget class 0. */

const classes = [0, 1, 2, 3];
const [forget, retain] = [[0], [1, 2, 3]];
const trainImages = 160;
const folder = mkdtempSync(join(tmpdir(), 'lethe-test-'));
const place = (name: string): string => join(folder, name);

async function openData(): Promise<{ dataset: Dataset; data: MatchedData }> {
  const dataset = await openDataset(folder, { imageShape: null, resize: false, seed: 0 });
  const match = matchClasses(original.info, dataset.info);
  return { dataset, data: new MatchedData(dataset, match, parsePreprocessing('minus-one-to-one')) };
}

let original: TrainableModel;

beforeAll(async () => {
  await selectAccelerator('onnxruntime');
  writeQuadrants(folder, { train: trainImages, test: 100 });
  const dataset = await openDataset(folder, { imageShape: null, resize: false, seed: 0 });
  const { imageShape, classNames } = dataset.info;
  original = createSmallConvolutionalNetwork({ inputShape: imageShape, classNames, seed: 1 });
  const { data } = await openData();
  await trainOn(original, data, { classes, epochs: 6, learningRate: 3e-3, seed: 1 });
  await trainOn(original, data, { classes, epochs: 2, learningRate: 3e-4, seed: 2 });
  await original.save(place('original'));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function recipeFor(name: RecipeName, seed = 0): Recipe {
  const images = { retain: retain.length * trainImages, forget: forget.length * trainImages };
  const recipe = makeRecipe(name, seed, images);
  switch (recipe.name) {
    case 'retrain':
      return { ...recipe, epochs: 12 };
    case 'class-impressions':
      return { ...recipe, impressions: { ...recipe.impressions, images: 64, steps: 60 } };
    default:
      return recipe;
  }
}

interface Outcome {
  readonly forget: number;
  readonly retain: number;
  /** See {@link leadOn}. */
  readonly lead: number;
  /** The probability that it gives the forget class on test images of the others, on average. */
  readonly share: number;
  /** Images read per phase and class, without those for measuring. */
  readonly reads: Dataset['reads'];
  readonly weights: readonly Float32Array[];
  readonly steps: number;
  /** Nothing where it was stopped. */
  readonly account: readonly string[];
}

async function erased(
  recipe: Recipe,
  {
    mostSteps = Infinity,
    forget = [0],
    spoil = () => undefined,
  }: {
    readonly mostSteps?: number;
    readonly forget?: readonly number[];
    /** What is done to the model before. */
    readonly spoil?: (model: TrainableModel) => void;
  } = {},
): Promise<Outcome> {
  const retain = classes.filter((label) => !forget.includes(label));
  const tensors = tf.memory().numTensors;
  const model = await openModel(place('original'));
  const { dataset, data } = await openData();
  try {
    const openOriginal = (): Promise<TrainableModel> => openModel(place('original'));
    spoil(model);
    let steps = 0;
    let account: readonly string[] = [];
    const run = unlearn(recipe, { model, openOriginal, data, forget, retain });
    for (let next = await run.next(); ; next = await run.next()) {
      if (next.done === true) {
        account = next.value;
        break;
      }
      steps++;
      expect(next.value.step).toBeLessThanOrEqual(next.value.steps);
      if (steps === mostSteps) {
        await run.return([]);
        break;
      }
    }
    const reads = structuredClone(dataset.reads);
    const accuracy = await accuracyOn(model, data, forget);
    const lead = await leadOn(model, data);
    const share = await onOthers(model, data, 'test', tf.softmax);
    const weights = [...(await model.snapshot())];
    return { ...accuracy, lead, share, reads, weights, steps, account };
  } finally {
    model.dispose();
    await dataset.close();
    expect(tf.memory().numTensors).toBe(tensors);
  }
}

async function accuracyOn(
  model: TrainableModel,
  data: MatchedData,
  forget: readonly number[],
): Promise<{ forget: number; retain: number }> {
  const measuring = countHits(model, data);
  let outcome = await measuring.next();
  while (outcome.done !== true) outcome = await measuring.next();
  const { forget: forgotten, retain: kept } = accuracyOf(outcome.value, forget);
  return { forget: forgotten ?? NaN, retain: kept ?? NaN };
}

/** How much further the forget class's score is above the mean of the others on its own images than on theirs. */
async function leadOn(model: TrainableModel, data: MatchedData): Promise<number> {
  const lead = async (of: readonly number[]): Promise<number> => {
    const { images } = await data.read(data.select('test', of), 'measure');
    const [scores, others] = tf.tidy(() => {
      const logits = model.logits(images, { training: false });
      return [tf.gather(logits, forget, 1), tf.gather(logits, retain, 1)].map((each) =>
        tf.mean(each).dataSync(),
      );
    });
    images.dispose();
    return scores[0] - others[0];
  };
  return (await lead(forget)) - (await lead(retain));
}

interface Settled {
  /** See {@link leadOn}. */
  readonly lead: number;
  /** Of the forget class on training images of the others, on average. */
  readonly score: number;
  readonly weights: readonly Float32Array[];
}

/** What is made of the logits, for the forget class and averaged over images of the others. */
async function onOthers(
  model: TrainableModel,
  data: MatchedData,
  from: 'train' | 'test',
  of: (logits: tf.Tensor2D) => tf.Tensor2D,
): Promise<number> {
  const { images } = await data.read(data.select(from, retain), 'measure');
  const mean = tf.tidy(() => {
    const made = of(model.logits(images, { training: false }));
    return tf.mean(tf.gather(made, forget, 1)).dataSync()[0];
  });
  images.dispose();
  return mean;
}

it('starts from a network that knows all classes', async () => {
  const { data } = await openData();
  const accuracy = await accuracyOn(original, data, forget);
  expect(accuracy.forget).toBeGreaterThan(80);
  expect(accuracy.retain).toBeGreaterThan(80);
});

it('varies images only so far that the network still knows them', async () => {
  const { dataset, data } = await openData();
  const wanted = (shift: number): Promise<Variation> =>
    bearableVariation(original, data, data.select('train', classes), {
      ...{ shift, seed: 0, phase: 'repair' },
    });
  // A quarter of the image, mirrored or shifted by half of it, is another quarter.
  expect((await wanted(0.5)).shift).toBeLessThan(0.5);
  expect(await wanted(0.01)).toEqual({ shift: 0.01, mirror: false });
  await dataset.close();
});

describe.each<{ name: RecipeName; retainRead: boolean; forgetRead: boolean; left: number }>([
  { name: 'retrain', retainRead: true, forgetRead: false, left: 1 },
  { name: 'fine-tune', retainRead: true, forgetRead: false, left: 70 },
  { name: 'negative-gradient', retainRead: true, forgetRead: true, left: 5 },
  { name: 'masked-distillation', retainRead: false, forgetRead: true, left: 5 },
  { name: 'class-impressions', retainRead: false, forgetRead: false, left: 20 },
])('$name', ({ name, retainRead, forgetRead, left }) => {
  it('forgets the class and keeps the others, reading only what it says', async () => {
    const recipe = recipeFor(name);
    const outcome = await erased(recipe);
    expect(outcome.forget).toBeLessThanOrEqual(left);
    expect(outcome.retain).toBeGreaterThan(90);
    expect(Object.keys(outcome.reads)).toEqual(retainRead || forgetRead ? ['unlearn'] : []);
    const read = outcome.reads.unlearn ?? classes.map(() => 0);
    expect(forget.some((label) => read[label] > 0)).toBe(forgetRead);
    expect(retain.every((label) => read[label] > 0)).toBe(retainRead);
    const { retainPerClass, forgetPerClass } = imagesRead(recipe);
    expect([retainPerClass > 0, forgetPerClass > 0]).toEqual([retainRead, forgetRead]);
  });

  it('gives the same weights again for the same seed, and can be stopped after any step', async () => {
    const [first, second] = [
      await erased(recipeFor(name), { mostSteps: 3 }),
      await erased(recipeFor(name), { mostSteps: 3 }),
    ];
    expect(first.steps).toBe(3);
    expect(second.weights).toEqual(first.weights);
  });
});

it('stops where the weights are ruined, and leaves nothing behind', async () => {
  const recipe = makeRecipe('fine-tune', 0, { retain: 3 * trainImages, forget: 0 });
  const problem = await problemOfAsync(() => erased({ ...recipe, relativeRate: 1e30 }));
  expect(problem.code).toBe('diverged');
});

describe('the scores of an erased class, settled', () => {
  /** Settles the scores of a network whose weights for the class were multiplied by a number. */
  async function settled(by: number): Promise<{
    readonly changed: boolean;
    readonly before: Settled;
    readonly after: Settled;
  }> {
    const model = await openModel(place('original'));
    const { dataset, data } = await openData();
    const [matrix] = model.variables.slice(-2);
    const factors = tf.tensor2d(
      classes.map((label) => (forget.includes(label) ? by : 1)),
      [1, 4],
    );
    matrix.assign(tf.mul(matrix, factors));
    const look = async (): Promise<Settled> => ({
      lead: await leadOn(model, data),
      score: await onOthers(model, data, 'train', (logits) => logits),
      weights: [...(await model.snapshot())],
    });
    const before = await look();
    const references = data.select('train', retain);
    const changed = await settleScores(
      { model, data, forget, retain, recipe: { seed: 0 } },
      references,
    );
    const after = await look();
    model.dispose();
    await dataset.close();
    return { changed, before, after };
  }

  it('are the mean of the others’ where they differed more than these, and no higher than they were', async () => {
    const { changed, before, after } = await settled(-20);
    expect(changed).toBe(true);
    expect(Math.abs(before.lead)).toBeGreaterThan(1);
    expect(after.lead).toBeCloseTo(0, 3);
    expect(after.score).toBeCloseTo(before.score, 2);
  });

  it('are left alone where they are no numbers', async () => {
    expect((await settled(NaN)).changed).toBe(false);
  });

  it('are left alone where they differed less', async () => {
    const { changed, before, after } = await settled(0.1);
    expect(changed).toBe(false);
    expect(after.weights).toEqual(before.weights);
  });
});

describe('adaptive', () => {
  const recipe = makeRecipe('adaptive', 0, {
    retain: retain.length * trainImages,
    forget: forget.length * trainImages,
  });
  if (recipe.name !== 'adaptive') throw new Error('another recipe was made than was asked for');
  const shorter = (images: number): typeof recipe => ({
    ...recipe,
    repair: { ...recipe.repair, images },
  });
  /** For what is decided on the way, not for how well it forgets: a few steps of each. */
  const hasty: typeof recipe = {
    ...recipe,
    noise: { ...recipe.noise, batchSize: 8, steps: 2 },
    impair: { ...recipe.impair, steps: 4 },
    repair: { ...recipe.repair, images: 100 },
  };

  it('forgets the class and keeps the others, reading images of these alone', async () => {
    const { forget: left, retain: kept, reads, account } = await erased(shorter(2000));
    expect(left).toBeLessThanOrEqual(1);
    expect(kept).toBeGreaterThan(90);
    expect(Object.values(reads).every((read) => read[0] === 0)).toBe(true);
    expect(reads.repair?.every((count, label) => count > 0 === retain.includes(label))).toBe(true);
    expect(account.join(' ')).toContain('The last 2 times each was shown as it is.');
  });

  it('shows images as they are where there are enough, and leaves no score that tells the class’s own from others', async () => {
    const { account, lead, share } = await erased(shorter(800));
    expect(account).toContain('There were enough different images to show each as it is.');
    const { dataset, data } = await openData();
    expect(Math.abs(lead)).toBeLessThan(0.2 * (await leadOn(original, data)));
    await dataset.close();
    expect(share).toBeLessThan(0.03);
  });

  it('repairs anew and more gently where the repair failed', async () => {
    const { repair } = shorter(800);
    // Features pushed away from where they belong, and a tenth and a hundredth as strongly in the gentler ones.
    const { retain: kept, account } = await erased({
      ...recipe,
      impair: { ...recipe.impair, trials: 0 },
      repair: { ...repair, mixtureWeight: -12 * repair.mixtureWeight },
    });
    expect(account.join(' ')).toContain('anew from where the impairing had left the weights');
    expect(kept).toBeGreaterThan(90);
  });

  it('says where a gentler repair began, how much weaker it was, and that it gained too little', async () => {
    const { account } = await erased({
      ...hasty,
      impair: { ...hasty.impair, relativeRate: 10, trials: 0 },
      repair: { ...hasty.repair, relativeRate: 1e-9 },
    });
    const told = account.join(' ');
    expect(told).toContain('the repair began anew from where the impairing had left the weights');
    expect(told).toContain('at 10.0% of the strength of the first time');
    expect(told).toContain('That gained too little, so the weights were put back');
  });

  it('says that the original recognised none, where it did, not that there were too few', async () => {
    const spoil = (model: TrainableModel): void => {
      model.raiseScores([0], 1e4);
    };
    const { account } = await erased(hasty, { spoil });
    expect(account[0]).toMatch(/^The original recognised none of the held-out images, so/);
  });

  it('takes a rate that ruins the weights for too much, and halves it', async () => {
    const impair = { ...hasty.impair, relativeRate: 1e20, steps: 2, trials: 80 };
    const { weights, retain: kept, account } = await erased({ ...hasty, impair });
    expect(account[0]).toContain('did too much (the model’s error was no number any more)');
    expect(account.join(' ')).toContain('Impaired at a rate of');
    expect(weights.every((values) => values.every(Number.isFinite))).toBe(true);
    expect(kept).toBeGreaterThan(90);
  });

  it('goes back to the rate that did too little where twice that leaves nothing', async () => {
    const damage = { least: 1e-3, most: 1e-3 };
    const impair = { ...hasty.impair, trials: 20, damage };
    const { weights, account } = await erased({ ...hasty, impair });
    expect(account.join(' ')).toContain('put back to what half of it had made of them');
    expect(weights.every((values) => values.every(Number.isFinite))).toBe(true);
  });

  it.each([
    { did: 'little', damage: { least: 0, most: 0 } },
    { did: 'much', damage: { least: 1, most: 1 } },
  ])('says where the damage is too $did and no other rate is tried', async ({ did, damage }) => {
    const impair = { ...hasty.impair, damage, trials: 0 };
    const { account } = await erased({ ...hasty, impair });
    expect(account[0]).toContain(`did too ${did}, and was kept all the same`);
    expect(account[0]).toContain('no rate that was tried did as much damage as is wanted');
  });

  it('repairs anew and more gently where the repair ruined the weights', async () => {
    const gentle = { ...hasty, repair: { ...hasty.repair, mixtureWeight: 1e40 } };
    const { weights, account } = await erased(gentle);
    expect(account.join(' ')).toContain('So the repair began anew');
    expect(account.join(' ')).toContain(
      'down to nothing: the model’s error was no number any more',
    );
    expect(weights.every((values) => values.every(Number.isFinite))).toBe(true);
  });

  it.each([
    { what: 'the impairing', changed: { impair: { ...hasty.impair, relativeRate: 1e20 } } },
    { what: 'the repair', changed: { repair: { ...hasty.repair, mixtureWeight: 1e60 } } },
    {
      what: 'a repair that nothing watches',
      changed: { heldOut: 0, repair: { ...hasty.repair, mixtureWeight: 1e60 } },
    },
  ])('gives up where $what ruins the weights at every rate', async ({ changed }) => {
    const problem = await problemOfAsync(() => erased({ ...hasty, ...changed }));
    expect(problem.code).toBe('diverged');
  });

  it('leaves a model that works where one class alone is kept', async () => {
    const outcome = await erased(shorter(800), { forget: [0, 1, 2] });
    expect(outcome.weights.every((values) => values.every(Number.isFinite))).toBe(true);
    expect(outcome.forget).toBeLessThanOrEqual(1);
    expect(outcome.retain).toBeGreaterThan(90);
  });

  describe('where the repair lost nothing', () => {
    /** Enough images are held out to tell, and impairing changes next to nothing; nor does repairing, in {@link idle}. */
    const mild = {
      ...hasty,
      heldOut: 0.45,
      impair: { ...hasty.impair, relativeRate: 1e-9, trials: 0 },
      repair: { ...hasty.repair, images: 2000 },
    };
    const idle = { ...mild, repair: { ...hasty.repair, relativeRate: 1e-9 } };
    const renewed = /70\.0% of every weight was replaced by a random one/;

    it('replaces most of every weight, and repairs once more', async () => {
      const { forget: left, retain: kept, account } = await erased(mild);
      expect(account.join(' ')).toMatch(renewed);
      expect(account.join(' ')).not.toContain('fewer than the original’s');
      expect(left).toBeLessThanOrEqual(1);
      expect(kept).toBeGreaterThan(90);
    });

    it('puts the weights back where that was too much', async () => {
      const { retain: kept, account } = await erased(idle);
      expect(account.join(' ')).toMatch(renewed);
      expect(account.join(' ')).toContain('so the weights were put back to what the repair before');
      expect(kept).toBeGreaterThan(90);
    });

    it('leaves it at that where the weights had moved that far already', async () => {
      const spoil = (model: TrainableModel): void => {
        const [matrix] = model.variables.slice(-2);
        tf.tidy(() => matrix.assign(tf.mul(matrix, 50)));
      };
      const { retain: kept, account } = await erased(idle, { spoil });
      expect(account.join(' ')).not.toMatch(renewed);
      expect(kept).toBeGreaterThan(90);
    });

    it('leaves it at that where too few images are held out to tell', async () => {
      const { account } = await erased({ ...idle, heldOut: 0.1 });
      expect(account.join(' ')).not.toMatch(renewed);
    });
  });

  it('gives the same weights again for the same seed', async () => {
    const [first, second] = [
      await erased(recipe, { mostSteps: 45 }),
      await erased(recipe, { mostSteps: 45 }),
    ];
    expect(first.steps).toBe(45);
    expect(second.weights).toEqual(first.weights);
  });
});
