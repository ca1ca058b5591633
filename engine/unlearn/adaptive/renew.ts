import { relativeDistance } from '../../models/relative-distance.ts';
import type { TrainableModel } from '../../models/trainable-model.ts';
import { percentText } from '../../protocol/figure-text.ts';
import type { RecipeNamed } from '../../protocol/recipe.ts';
import { deriveSeed } from '../../random.ts';
import type { SplitSample } from '../held-out.ts';
import type { Erasure, ErasureStep } from '../method.ts';
import type { Repaired } from './repair.ts';
import { reachedBy, repairedText, type RepairRounds } from './repair-rounds.ts';

/** What is left of the weights, as a share. Of a small network on MNIST, nothing left forgot no more, and kept less. */
const left = 0.3;
/** So far weights have moved, as a share of their size, that renewing them would take no more from them. */
const farEnough = 1 - left;
/** Held-out images; fewer do not show a loss of 1.5 points, 19 times of 20. */
const enoughToTell = 200;
/** Points of the held-out accuracy that it may cost: one standard error of 97% on a thousand images, which tells of no loss. */
const chance = 0.5;
/** Weights that are mostly random have further to go than impaired ones, and bear a higher rate: as multiples of the repair's. */
const further = { epochs: 2, rate: 3 };

/**
 * A repair that lost nothing could have brought back more than was taken: what a probe still finds of the forget classes is what
 * the impairing left in the weights. So these are shrunk and perturbed (Ash and Adams 2020), most of them being replaced by
 * random ones, and repaired once more; that is kept only if the held-out images are then still as well known as by the
 * original, as far as they can tell. Weights that the impairing moved that far already are left alone: a ResNet-18 that was to
 * keep three classes held less of the others than a retrained one does, and renewed it only kept less, 91.6% for 93.9%.
 * @param repaired.before the original's held-out accuracy, percent; null where nothing could be held out
 * @returns an account for the officer
 */
export async function* renew(
  { model, forget, recipe }: Erasure<RecipeNamed<'adaptive'>>,
  original: TrainableModel,
  { heldOut }: SplitSample,
  rounds: RepairRounds,
  { settings, reached, before }: Repaired & { readonly before: number | null },
): AsyncGenerator<ErasureStep, string[]> {
  if (before === null || reached === null || reached < before) return [];
  if (heldOut.length < enoughToTell || (await distance(model, original)) >= farEnough) return [];
  const repaired = await model.snapshot();
  await shrinkAndPerturb(model, deriveSeed(recipe.seed, 'renew'));
  model.levelScores(forget);
  const round = {
    ...settings,
    epochs: settings.epochs * further.epochs,
    rate: settings.rate * further.rate,
  };
  const curve = yield* rounds.train(recipe.repair.rounds + 1, round);
  const account = `Nothing was lost of what the original knew of the kept classes, so ${percentText(100 * (1 - left))} of every weight was replaced by a random one, to leave less of the erased classes. ${repairedText(round, curve)}`;
  if (reachedBy(curve) >= before - chance) return [account];
  model.restore(repaired);
  return [
    `${account} That is fewer than the original’s ${percentText(before)}, so the weights were put back to what the repair before it had made of them.`,
  ];
}

/** λ times the weights, and 1 − λ times those of a model that was never trained. */
async function shrinkAndPerturb(model: TrainableModel, seed: number): Promise<void> {
  const trained = await model.snapshot();
  model.reinitialize(seed);
  const random = await model.snapshot();
  model.restore(
    trained.map((values, at) =>
      values.map((value, index) => left * value + (1 - left) * random[at][index]),
    ),
  );
}

async function distance(model: TrainableModel, original: TrainableModel): Promise<number> {
  const weightsOf = ({ variables }: TrainableModel): Promise<Float32Array[]> =>
    Promise.all(variables.map((variable) => variable.data<'float32'>()));
  return relativeDistance(await weightsOf(model), await weightsOf(original));
}
