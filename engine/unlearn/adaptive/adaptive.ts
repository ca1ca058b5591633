import type { TrainableModel } from '../../models/models.ts';
import type { RecipeNamed } from '../../protocol/recipe.ts';
import { heldOutAccuracy, splitSample } from '../held-out.ts';
import { passCost, type Method } from '../method.ts';
import { learnNoises } from '../noise.ts';
import { weightScale } from '../weight-scale.ts';
import { impair } from './impair.ts';
import { repair } from './repair.ts';
import { renew } from './renew.ts';
import { epochsOf, RepairRounds } from './repair-rounds.ts';
import { settleScores } from './settle-scores.ts';
import { settleStatistics } from './settle-statistics.ts';

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
 * even then. Where the repair lost nothing, most of every weight is replaced by a random one, and it is done once more. Reads
 * images of the retain classes only.
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
      const rounds = await RepairRounds.open(erasure, sample, original);
      try {
        const repaired = yield* repair(erasure, sample, rounds, { rate: rates.repair, before });
        const renewed = yield* renew(erasure, original, sample, rounds, { ...repaired, before });
        await settleStatistics(erasure, sample.training);
        const settled = isLevelled && (await settleScores(erasure, sample.training));
        return [
          ...impaired,
          levelled,
          rounds.account,
          ...repaired.account,
          ...renewed,
          ...(settled ? [settledText] : []),
        ];
      } finally {
        rounds.dispose();
      }
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
