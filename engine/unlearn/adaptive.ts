import * as tf from '@tensorflow/tfjs-core';
import type { ImageReference } from '../data/dataset.ts';
import type { MatchedData } from '../data/matched-data.ts';
import { oneAhead } from '../data/pipeline.ts';
import type { TrainableModel } from '../models/models.ts';
import type { Snapshot } from '../models/trainable-model.ts';
import { percentText } from '../protocol/figure-text.ts';
import type { RecipeNamed } from '../protocol/recipe.ts';
import { deriveSeed, shuffled } from '../random.ts';
import { surpriseAt, type AnsweredBatch } from './answers-objective.ts';
import { flipAndShift } from './augmentation.ts';
import { trainForEpochs } from './epochs.ts';
import { heldOutAccuracy, splitSample, type SplitSample } from './held-out.ts';
import { inPhase, passCost, type Erasure, type ErasureStep, type Method } from './method.ts';
import { learnNoises, noiseRows, type Noise } from './noise.ts';
import { readMixed, type MixedImage } from './noise-batches.ts';
import { OriginalAnswers, type FeatureMeans } from './original-answers.ts';
import { settleScores } from './settle-scores.ts';
import {
  cosine,
  disposeBatch,
  diverged,
  train,
  unlessDiverged,
  type Objective,
  type TrainingBatch,
} from './training.ts';
import { bearableVariation, variationText } from './variation.ts';
import { weightScale } from './weight-scale.ts';

type Adaptive = RecipeNamed<'adaptive'>;

/**
 * UNSIR that needs no tuning: noise and impair as published, at a rate that follows from the size of the weights and is
 * tried out on the held-out images; then a repair that never learns what the forget classes were. It begins with scores for
 * the forget classes that are the mean of the others: the weights behind them survive the impairing, and would leave an
 * erased class the second answer to its own images, a few steps from the first. Its targets are the
 * original's own answers with the forget classes masked; and features are drawn to the mixture of the retain classes' means
 * that those answers stand for. Where features hold nothing but that mixture (neural collapse, Papyan et al. 2020, on the
 * classes that are kept), a probe finds no more of an erased class in them than its likeness to the others. Many different
 * images teach more than few of them varied; only where there are few are they mirrored and shifted, and at the end not
 * even then. Reads images of the retain classes only.
 */
export const adaptive: Method<'adaptive'> = {
  recipe: (seed, { retain }) => {
    const batchSize = batchSizeFor(retain);
    return {
      name: 'adaptive',
      seed,
      batchSize,
      retainPerClass: 4000,
      heldOut: 0.1,
      noise: { batchSize: Math.min(64, batchSize), steps: 40, learningRate: 0.1, decay: 0.1 },
      impair: {
        steps: 32,
        noiseShare: 0.36,
        relativeRate: 0.045,
        damage: { least: 0.5, most: 0.97 },
        trials: 4,
      },
      repair: {
        images: Math.max(fewestShown, Math.min(mostShown, 4 * retain)),
        relativeRate: 0.04,
        mixtureWeight: 3,
        shift: 0.125,
        plainEpochs: 2,
        rounds: 2,
      },
    };
  },
  reads: ({ retainPerClass }) => ({ retainPerClass, forgetPerClass: 0, everyRetainClass: false }),
  cost: ({ noise, impair, repair, batchSize }, { retain, forgetClasses }) => [
    {
      phase: 'noise',
      images: forgetClasses * noise.steps * noise.batchSize,
      costPerImage: passCost.inputGradient,
    },
    { phase: 'impair', images: impair.steps * batchSize, costPerImage: passCost.train },
    {
      phase: 'repair',
      images: epochsOf(repair.images, retain) * retain,
      costPerImage: passCost.train + passCost.measure,
    },
  ],
  async *erase(erasure) {
    const { model, data, retain, recipe } = erasure;
    const references = data.select('train', retain, recipe.retainPerClass);
    const sample = splitSample(references, recipe.heldOut, recipe.seed);
    const original = await erasure.openOriginal();
    try {
      const rates = await ratesOf(model, recipe);
      const before = await heldOutAccuracy(model, data, sample.heldOut);
      const noises = yield* learnNoises(erasure);
      const impaired = yield* impair(erasure, sample, noises, { rate: rates.impair, before });
      const isLevelled = model.levelScores(erasure.forget);
      const levelled = isLevelled ? levelledText : notLevelledText;
      const repaired = yield* repair(erasure, sample, original, { rate: rates.repair, before });
      await settleStatistics(model, data, sample.training, recipe);
      const settled = isLevelled && (await settleScores(erasure, sample.training));
      return [...impaired, levelled, ...repaired, ...(settled ? [settledText] : [])];
    } finally {
      original.dispose();
    }
  },
};

const levelledText =
  'What gave the erased classes their scores was replaced by the mean of what gives the kept classes theirs.';
const notLevelledText =
  'What gives the erased classes their scores could not be told from the other weights of this model, and was left as the impairing had made it.';

const settledText =
  'After the repair the scores of the erased classes differed from image to image more than those of the kept classes do, so what gives them was made the mean once more.';

/** An epoch has dozens of steps where it can, and a batch enough images for its statistics to mean something. */
function batchSizeFor(images: number): number {
  return Math.max(32, Math.min(256, 2 ** Math.round(Math.log2(Math.max(1, images / 32)))));
}

/** Fewer, counted as often as they are shown, do not bring the retain classes back. */
const fewestShown = 9000;
/** Keeps a ResNet-18 within twice the time of `paper`; a narrow MobileNetV2 takes four times (docs/benchmarks.md). */
const mostShown = 36_000;

async function ratesOf(
  model: TrainableModel,
  { impair, repair }: Adaptive,
): Promise<{ impair: number; repair: number }> {
  const scale = await weightScale(model);
  return { impair: impair.relativeRate * scale, repair: repair.relativeRate * scale };
}

interface Start {
  /** Adam's. */
  readonly rate: number;
  /** The original's held-out accuracy, percent; null where nothing could be held out. */
  readonly before: number | null;
}

// -------------------------------------------------------------------------------------------- impair

/**
 * Damages what the weights know of the forget classes. Too little would leave the class in the features, too much could not
 * be repaired: the rate is halved or doubled, each time from the original's weights, until the damage is as wanted.
 * @throws ProblemError `diverged` at every rate tried
 */
async function* impair(
  { model, data, recipe }: Erasure<Adaptive>,
  { training, heldOut }: SplitSample,
  noises: readonly Noise[],
  { rate, before }: Start,
): AsyncGenerator<ErasureStep, string[]> {
  const { steps, trials, damage } = recipe.impair;

  /** @returns the held-out accuracy after it */
  async function* trialAt(learningRate: number): AsyncGenerator<ErasureStep, number | null> {
    const batches = mixedBatches(recipe, training, noises);
    const read = (batch: readonly MixedImage[]): Promise<TrainingBatch> =>
      readMixed(batch, model, data);
    const images = oneAhead(batches, read, disposeBatch);
    yield* inPhase('impair', train(model, images, { steps, learningRate }));
    return await heldOutAccuracy(model, data, heldOut);
  }

  const start = await model.snapshot();
  const account: string[] = [];
  let direction = 0;
  let mildest: Snapshot | null = null;
  for (let trial = 0; ; trial++) {
    const left = yield* unlessDiverged(trialAt(rate));
    const judged = judgeDamage(left, before, damage);
    if (judged === null) {
      const why =
        left === null
          ? 'Too few images to hold any out'
          : 'The original recognised none of the held-out images';
      account.push(
        `${why}, so the impairing rate ${rateText(rate)} was taken as it follows from the size of the weights.`,
      );
      return account;
    }
    const { wanted, text } = judged;
    if (wanted === 0) {
      account.push(`Impaired at a rate of ${rateText(rate)}: ${text}.`);
      return account;
    }
    const did = `A rate of ${rateText(rate)} did too ${wanted === 1 ? 'little' : 'much'}`;
    if (wanted === -direction || trial === trials) {
      if (judged.isDead && mildest !== null) {
        model.restore(mildest);
        account.push(
          `${did} (${text}), so the weights were put back to what half of it had made of them: ${noneAsWanted}.`,
        );
      } else if (left === 'diverged') throw diverged(`impairing at ${rateText(rate)}`);
      else account.push(`${did}, and was kept all the same: ${text}, and ${noneAsWanted}.`);
      return account;
    }
    if (wanted === 1) mildest = await model.snapshot();
    account.push(
      `${did} (${text}), so the weights were put back and the rate was ${wanted === 1 ? 'doubled' : 'halved'}.`,
    );
    direction = wanted;
    rate *= 2 ** wanted;
    model.restore(start);
  }
}

const noneAsWanted = 'no rate that was tried did as much damage as is wanted';

interface Damage {
  /** What is to become of the rate: halved (−1), doubled (1) or left (0). */
  readonly wanted: -1 | 0 | 1;
  /** Whether nothing at all is recognised any more. */
  readonly isDead: boolean;
  /** Part of a sentence. */
  readonly text: string;
}

/** @returns null where there is no telling */
function judgeDamage(
  left: number | null | 'diverged',
  before: number | null,
  { least, most }: Adaptive['impair']['damage'],
): Damage | null {
  if (left === 'diverged')
    return { wanted: -1, isDead: true, text: 'the model’s error was no number any more' };
  if (left === null || before === null || before === 0) return null;
  const share = left / before;
  return {
    wanted: share < least ? -1 : share > most ? 1 : 0,
    isDead: left === 0,
    text: `${percentText(left)} of held-out images of the kept classes were still recognised, of ${percentText(before)} before`,
  };
}

/** Batches of which a share is noise of the forget classes in turn, the rest images of the retain classes. */
function mixedBatches(
  { impair, batchSize, seed }: Adaptive,
  references: readonly ImageReference[],
  noises: readonly Noise[],
): MixedImage[][] {
  const noiseCount = Math.max(1, Math.round(impair.noiseShare * batchSize));
  const retainCount = Math.max(1, batchSize - noiseCount);
  const rows = noises.map(noiseRows);
  const order = endless(references, deriveSeed(seed, 'impair'));
  let turn = 0;
  return Array.from({ length: impair.steps }, () => [
    ...Array.from({ length: noiseCount }, (): MixedImage => {
      const ofClass = rows[turn % rows.length];
      return ofClass[Math.floor(turn++ / rows.length) % ofClass.length];
    }),
    ...Array.from({ length: retainCount }, (): MixedImage => ({
      kind: 'retain',
      reference: order(),
    })),
  ]);
}

/** One after the other, shuffled anew each time all were given. */
function endless<Item>(items: readonly Item[], seed: number): () => Item {
  let order: Item[] = [];
  let round = 0;
  return () => {
    if (order.length === 0) order = shuffled(items, deriveSeed(seed, round++));
    const [item] = order.splice(-1);
    return item;
  };
}

function rateText(rate: number): string {
  return rate.toPrecision(2);
}

// -------------------------------------------------------------------------------------------- repair

/**
 * A repair has failed that leaves less than this share of what was recognised before and brought back less than this share
 * of what the impairing had cost: those that went well left 0.95 and more or brought back 0.71 and more, those that did not
 * 0.91 and 0.64 at best, and a gentler one then gained 5 points and more of 45. A model that knows its training images by heart
 * may never know them so well again, and then a gentler repair gains nothing either.
 */
const wellRepaired = { ofAll: 0.95, ofLost: 2 / 3 };
/**
 * Most likely it failed by its rate, or by its pull on features: of a model that is unsure of its classes, they are scattered
 * so far around the classes' means that drawn to these they lose what tells the classes apart.
 */
const gentler = { tries: 2, rate: 1 / 3, mixtureWeight: 1 / 10 };

/**
 * Brings the retain classes back: anew and more gently where the held-out images say that it failed, and in more and shorter
 * rounds while they say that it still helps.
 * @throws ProblemError `diverged` however gentle it is, or where nothing could be held out
 */
async function* repair(
  { model, data, forget, recipe }: Erasure<Adaptive>,
  { training, heldOut }: SplitSample,
  original: TrainableModel,
  { rate, before }: Start,
): AsyncGenerator<ErasureStep, string[]> {
  const { images: wanted, plainEpochs, rounds } = recipe.repair;
  const epochs = epochsOf(wanted, training.length);
  const variation =
    epochs > plainEpochs
      ? await bearableVariation(original, data, training, {
          ...{ shift: recipe.repair.shift, seed: recipe.seed, phase: 'repair' },
        })
      : null;
  const shown =
    variation === null
      ? 'There were enough different images to show each as it is.'
      : `${variationText(variation)} The last ${String(plainEpochs)} times each was shown as it is.`;
  const answers = new OriginalAnswers(original, forget);
  const means = await answers.means(data, training);

  /** @returns see {@link Curve} */
  async function* round(name: number, settings: Round): AsyncGenerator<ErasureStep, number[]> {
    const curve: number[] = [];
    const steps = trainForEpochs(model, training, {
      ...recipe,
      phase: 'repair',
      round: name,
      epochs: settings.epochs,
      schedule: (count) => cosine(settings.rate, count),
      read: async (references, seed, epoch): Promise<AnsweredBatch> => {
        const { images: plain, labels } = await data.read(references, 'repair');
        const isPlain = variation === null || epoch >= settings.epochs - plainEpochs;
        const images = isPlain ? plain : await flipAndShift(plain, { ...variation, seed });
        return { images, labels, answers: answers.of(images) };
      },
      objective: towardsAnswers(means, settings.mixtureWeight),
    });
    for await (const step of steps) {
      if (step.step % Math.ceil(step.steps / 4) === 0 || step.step === step.steps) {
        const reached = await heldOutAccuracy(model, data, heldOut);
        if (reached !== null) curve.push(reached);
      }
      yield step;
    }
    return curve;
  }

  try {
    const impaired = await model.snapshot();
    const left = (await heldOutAccuracy(model, data, heldOut)) ?? 0;
    let settings: Round = { epochs, rate, mixtureWeight: recipe.repair.mixtureWeight };
    if (before === null) {
      yield* round(0, settings);
      return [
        shown,
        `Repaired for ${epochsText(epochs)}; nothing could be held out to watch it by.`,
      ];
    }
    let curve: Curve = yield* unlessDiverged(round(0, settings));
    const account = [shown, repairedText(settings, curve)];
    const enough = Math.min(
      wellRepaired.ofAll * before,
      left + wellRepaired.ofLost * (before - left),
    );
    for (let tried = 0; tried < gentler.tries && reachedBy(curve) < enough; tried++) {
      const repaired = await model.snapshot();
      model.restore(impaired);
      const other: Round = {
        epochs,
        rate: settings.rate * gentler.rate,
        mixtureWeight: settings.mixtureWeight * gentler.mixtureWeight,
      };
      const again: Curve = yield* unlessDiverged(round(0, other));
      const strength = percentText((100 * other.mixtureWeight) / recipe.repair.mixtureWeight);
      account.push(
        `${curve === 'diverged' ? 'So' : 'That was too few, so'} the repair began anew from where the impairing had left the weights, with features drawn to the kept classes’ means at ${strength} of the strength of the first time. ${repairedText(other, again)}`,
      );
      if (curve !== 'diverged' && !hasGained(again, reachedBy(curve), heldOut.length)) {
        model.restore(repaired);
        account.push(
          'That gained too little, so the weights were put back to what the repair before it had made of them.',
        );
        break;
      }
      [settings, curve] = [other, again];
    }
    if (curve === 'diverged') throw diverged('repairing, however gently');
    let reached = reachedBy(curve);
    let isRising = reached >= (curve.at(-2) ?? 0) + worthwhileGain(reached, heldOut.length);
    for (let more = 1; isRising && more <= rounds && reached < before; more++) {
      const snapshot: Snapshot = await model.snapshot();
      const another = {
        ...settings,
        epochs: epochsOf(wanted / 2, training.length),
        rate: settings.rate / 2,
      };
      const now: Curve = yield* unlessDiverged(round(more, another));
      isRising = hasGained(now, reached, heldOut.length);
      if (isRising) {
        account.push(
          `Another ${epochsText(another.epochs)} raised that from ${percentText(reached)} to ${percentText(reachedBy(now))}.`,
        );
        reached = reachedBy(now);
      } else {
        model.restore(snapshot);
        account.push(
          `Another ${epochsText(another.epochs)} gained nothing, so the weights were put back to where they were before.`,
        );
      }
    }
    return account;
  } finally {
    means.means.dispose();
    answers.dispose();
  }
}

/** The held-out accuracy after each quarter, percent. */
type Curve = readonly number[] | 'diverged';

function reachedBy(curve: Curve): number {
  return curve === 'diverged' ? -Infinity : (curve.at(-1) ?? 0);
}

function hasGained(curve: Curve, before: number, images: number): boolean {
  return reachedBy(curve) >= before + worthwhileGain(before, images);
}

function repairedText({ epochs, rate }: Round, curve: Curve): string {
  const what = `Repaired for ${epochsText(epochs)} at rates from ${rateText(rate)} down to nothing`;
  return curve === 'diverged'
    ? `${what}: the model’s error was no number any more.`
    : `${what}: ${percentText(reachedBy(curve))} of held-out images of the kept classes are recognised.`;
}

/** How often all are shown, so that it comes to about so many. */
function epochsOf(shown: number, images: number): number {
  return Math.max(1, Math.round(shown / Math.max(1, images)));
}

interface Round {
  readonly epochs: number;
  readonly rate: number;
  /** See {@link towardsAnswers}. */
  readonly mixtureWeight: number;
}

/**
 * Points that an epoch or a round must gain for more to be worth their time: twice the standard error of an accuracy on so
 * few images, which is what chance gives easily, and one at least.
 * @param accuracy percent
 */
function worthwhileGain(accuracy: number, images: number): number {
  return Math.max(1, 2 * Math.sqrt((accuracy * (100 - accuracy)) / images));
}

/**
 * Cross-entropy with the original's masked answers p, and the squared distance of features from the mixture p · M of the
 * retain classes' means, relative to the scatter of those means. A single class has none: there is nothing to draw apart.
 */
function towardsAnswers(
  { means, scatter }: FeatureMeans,
  mixtureWeight: number,
): Objective<AnsweredBatch> {
  return (model, { images, answers }) => {
    const { logits, features } = model.activations(images, { training: true });
    const surprise = surpriseAt(answers, logits);
    if (scatter === 0) return { loss: surprise, logits };
    const [batch] = answers.shape;
    const strayed = tf.sum<tf.Scalar>(tf.square(tf.sub(features, tf.matMul(answers, means))));
    const weight = mixtureWeight / (scatter * batch);
    return { loss: tf.add<tf.Scalar>(surprise, tf.mul(strayed, weight)), logits };
  };
}

function epochsText(epochs: number): string {
  return epochs === 1 ? '1 epoch' : `${String(epochs)} epochs`;
}

/** What is to be left of what the running statistics of batch normalisation were, as a share. */
const unsettled = 0.08;
/** With momentum 0.9, the usual one of PyTorch, 24 batches leave that; with 0.99, the usual one of Keras, 252 do. */
const settlingBatches = { least: 24, most: 252 };

/** How many batches fill running statistics anew. With a momentum above 0.99 it would be thousands: then it is not all. */
export function batchesToSettle(momentum: number): number {
  const { least, most } = settlingBatches;
  return Math.max(least, Math.min(most, Math.ceil(Math.log(unsettled) / Math.log(momentum))));
}

/**
 * Running statistics are to be those of images as they come, not of noise or of mirrored and shifted ones. No weight changes.
 */
async function settleStatistics(
  model: TrainableModel,
  data: MatchedData,
  references: readonly ImageReference[],
  { batchSize, seed }: Adaptive,
): Promise<void> {
  const next = endless(references, deriveSeed(seed, 'statistics'));
  const count = Math.min(batchSize, references.length);
  const batches = batchesToSettle(model.momentum);
  for (let batch = 0; batch < batches; batch++) {
    const { images } = await data.read(Array.from({ length: count }, next), 'repair');
    const logits = model.logits(images, { training: true });
    tf.dispose([images, logits]);
  }
}
