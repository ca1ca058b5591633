import * as tf from '@tensorflow/tfjs-core';
import type { ImageReference } from '../../data/dataset.ts';
import type { TrainableModel } from '../../models/models.ts';
import { percentText } from '../../protocol/figure-text.ts';
import type { RecipeNamed } from '../../protocol/recipe.ts';
import { surpriseAt, type AnsweredBatch } from '../answers-objective.ts';
import { flipAndShift } from '../augmentation.ts';
import { trainForEpochs } from '../epochs.ts';
import { heldOutAccuracy, type SplitSample } from '../held-out.ts';
import type { Erasure, ErasureStep } from '../method.ts';
import { OriginalAnswers, type FeatureMeans } from '../original-answers.ts';
import { cosine, unlessDiverged, type Objective } from '../training.ts';
import { bearableVariation, variationText, type Variation } from '../variation.ts';

export interface Round {
  readonly epochs: number;
  /** Adam's, at first. */
  readonly rate: number;
  /** See {@link towardsAnswers}. */
  readonly mixtureWeight: number;
}

/** The held-out accuracy after each quarter, percent; empty where nothing could be held out. */
export type Curve = readonly number[] | 'diverged';

export function reachedBy(curve: Curve): number {
  return curve === 'diverged' ? -Infinity : (curve.at(-1) ?? 0);
}

/** The rounds that a repair consists of: all teach what the original says of the same images, shown in the same way. */
export class RepairRounds {
  readonly #erasure: Erasure<RecipeNamed<'adaptive'>>;
  readonly #sample: SplitSample;
  readonly #answers: OriginalAnswers;
  readonly #means: FeatureMeans;
  readonly #variation: Variation | null;

  private constructor(
    erasure: Erasure<RecipeNamed<'adaptive'>>,
    sample: SplitSample,
    answers: OriginalAnswers,
    means: FeatureMeans,
    variation: Variation | null,
  ) {
    this.#erasure = erasure;
    this.#sample = sample;
    this.#answers = answers;
    this.#means = means;
    this.#variation = variation;
  }

  /** @param original asked for as long as there are rounds */
  static async open(
    erasure: Erasure<RecipeNamed<'adaptive'>>,
    sample: SplitSample,
    original: TrainableModel,
  ): Promise<RepairRounds> {
    const { data, forget, recipe } = erasure;
    const { training } = sample;
    const { images, plainEpochs, shift } = recipe.repair;
    const variation =
      epochsOf(images, training.length) > plainEpochs
        ? await bearableVariation(original, data, training, {
            ...{ shift, seed: recipe.seed, phase: 'repair' },
          })
        : null;
    const answers = new OriginalAnswers(original, forget);
    try {
      const means = await answers.means(data, training);
      return new RepairRounds(erasure, sample, answers, means, variation);
    } catch (error) {
      answers.dispose();
      throw error;
    }
  }

  /** How images are shown, a sentence for the officer. */
  get account(): string {
    const { plainEpochs } = this.#erasure.recipe.repair;
    return this.#variation === null
      ? 'There were enough different images to show each as it is.'
      : `${variationText(this.#variation)} The last ${String(plainEpochs)} times each was shown as it is.`;
  }

  /**
   * One round.
   * @param number another one for each, by which orders and variations are drawn
   */
  train(number: number, round: Round): AsyncGenerator<ErasureStep, Curve> {
    return unlessDiverged(this.#train(number, round));
  }

  async *#train(
    number: number,
    { epochs, rate, mixtureWeight }: Round,
  ): AsyncGenerator<ErasureStep, number[]> {
    const { model, data, recipe } = this.#erasure;
    const { training, heldOut } = this.#sample;
    const variation = this.#variation;
    const curve: number[] = [];
    const steps = trainForEpochs(model, training, {
      ...recipe,
      phase: 'repair',
      round: number,
      epochs,
      schedule: (count) => cosine(rate, count),
      read: async (references: readonly ImageReference[], seed, epoch): Promise<AnsweredBatch> => {
        const { images: plain, labels } = await data.read(references, 'repair');
        const isPlain = variation === null || epoch >= epochs - recipe.repair.plainEpochs;
        const images = isPlain ? plain : await flipAndShift(plain, { ...variation, seed });
        return { images, labels, answers: this.#answers.of(images) };
      },
      objective: towardsAnswers(this.#means, mixtureWeight),
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

  dispose(): void {
    this.#means.means.dispose();
    this.#answers.dispose();
  }
}

/** What was done in a round and came of it, a sentence for the officer. */
export function repairedText({ epochs, rate }: Round, curve: Curve): string {
  const what = `Repaired for ${epochsText(epochs)} at rates from ${rate.toPrecision(2)} down to nothing`;
  return curve === 'diverged'
    ? `${what}: the model’s error was no number any more.`
    : `${what}: ${percentText(reachedBy(curve))} of held-out images of the kept classes are recognised.`;
}

/** How often all are shown, so that it comes to about so many. */
export function epochsOf(shown: number, images: number): number {
  return Math.max(1, Math.round(shown / Math.max(1, images)));
}

export function epochsText(epochs: number): string {
  return epochs === 1 ? '1 epoch' : `${String(epochs)} epochs`;
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
