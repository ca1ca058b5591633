import type { Snapshot } from '../../models/trainable-model.ts';
import { percentText } from '../../protocol/figure-text.ts';
import type { RecipeNamed } from '../../protocol/recipe.ts';
import { heldOutAccuracy, type SplitSample } from '../held-out.ts';
import type { Erasure, ErasureStep } from '../method.ts';
import { diverged } from '../training.ts';
import {
  epochsOf,
  epochsText,
  reachedBy,
  repairedText,
  type Curve,
  type RepairRounds,
  type Round,
} from './repair-rounds.ts';

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

export interface Repaired {
  readonly account: readonly string[];
  /** What the repair began with, in the end. */
  readonly settings: Round;
  /** The held-out accuracy, percent; null where nothing could be held out. */
  readonly reached: number | null;
}

/**
 * Brings the retain classes back: anew and more gently where the held-out images say that it failed, and in more and shorter
 * rounds while they say that it still helps.
 * @param start.rate Adam's
 * @param start.before the original's held-out accuracy, percent; null where nothing could be held out
 * @throws ProblemError `diverged` however gentle it is, or where nothing could be held out
 */
export async function* repair(
  { model, data, recipe }: Erasure<RecipeNamed<'adaptive'>>,
  { training, heldOut }: SplitSample,
  rounds: RepairRounds,
  { rate, before }: { readonly rate: number; readonly before: number | null },
): AsyncGenerator<ErasureStep, Repaired> {
  const { images: wanted, mixtureWeight, rounds: mostRounds } = recipe.repair;
  const impaired = await model.snapshot();
  const left = (await heldOutAccuracy(model, data, heldOut)) ?? 0;
  const epochs = epochsOf(wanted, training.length);
  let settings: Round = { epochs, rate, mixtureWeight };
  let curve: Curve = yield* rounds.train(0, settings);
  if (before === null) {
    if (curve === 'diverged') throw diverged('repairing');
    const text = `Repaired for ${epochsText(epochs)}; nothing could be held out to watch it by.`;
    return { account: [text], settings, reached: null };
  }
  const account = [repairedText(settings, curve)];
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
    const again: Curve = yield* rounds.train(0, other);
    const strength = percentText((100 * other.mixtureWeight) / mixtureWeight);
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
  for (let more = 1; isRising && more <= mostRounds && reached < before; more++) {
    const snapshot: Snapshot = await model.snapshot();
    const another = {
      ...settings,
      epochs: epochsOf(wanted / 2, training.length),
      rate: settings.rate / 2,
    };
    const now: Curve = yield* rounds.train(more, another);
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
  return { account, settings, reached };
}

function hasGained(curve: Curve, before: number, images: number): boolean {
  return reachedBy(curve) >= before + worthwhileGain(before, images);
}

/**
 * Points that an epoch or a round must gain for more to be worth their time: twice the standard error of an accuracy on so
 * few images, which is what chance gives easily, and one at least.
 * @param accuracy percent
 */
function worthwhileGain(accuracy: number, images: number): number {
  return Math.max(1, 2 * Math.sqrt((accuracy * (100 - accuracy)) / images));
}
