import type { ImageReference } from '../../data/dataset.ts';
import { oneAhead } from '../../data/pipeline.ts';
import type { Snapshot } from '../../models/trainable-model.ts';
import { percentText } from '../../protocol/figure-text.ts';
import type { RecipeNamed } from '../../protocol/recipe.ts';
import { deriveSeed, endless } from '../../random.ts';
import { heldOutAccuracy, type SplitSample } from '../held-out.ts';
import { inPhase, type Erasure, type ErasureStep } from '../method.ts';
import { noiseRows, type Noise } from '../noise.ts';
import { readMixed, type MixedImage } from '../noise-batches.ts';
import { disposeBatch, diverged, train, unlessDiverged, type TrainingBatch } from '../training.ts';

type Adaptive = RecipeNamed<'adaptive'>;

/**
 * Damages what the weights know of the forget classes. Too little would leave the class in the features, too much could not
 * be repaired: the rate is halved or doubled, each time from the original's weights, until the damage is as wanted.
 * @param start.rate Adam's
 * @param start.before the original's held-out accuracy, percent; null where nothing could be held out
 * @throws ProblemError `diverged` at every rate tried
 */
export async function* impair(
  { model, data, recipe }: Erasure<Adaptive>,
  { training, heldOut }: SplitSample,
  noises: readonly Noise[],
  { rate, before }: { readonly rate: number; readonly before: number | null },
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
        `${why}, so the impairing rate ${rate.toPrecision(2)} was taken as it follows from the size of the weights.`,
      );
      return account;
    }
    const { wanted, text } = judged;
    if (wanted === 0) {
      account.push(`Impaired at a rate of ${rate.toPrecision(2)}: ${text}.`);
      return account;
    }
    const did = `A rate of ${rate.toPrecision(2)} did too ${wanted === 1 ? 'little' : 'much'}`;
    if (wanted === -direction || trial === trials) {
      if (judged.isDead && mildest !== null) {
        model.restore(mildest);
        account.push(
          `${did} (${text}), so the weights were put back to what half of it had made of them: ${noneAsWanted}.`,
        );
      } else if (left === 'diverged') throw diverged(`impairing at ${rate.toPrecision(2)}`);
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
