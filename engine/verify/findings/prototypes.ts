import { percentText } from '../../protocol/figure-text.ts';
import { deriveSeed, shuffled } from '../../random.ts';
import { dimensionsOf, featuresOf, rowsOf } from '../answers.ts';
import {
  besides,
  unmeasurableFeatures,
  withoutImages,
  type FindingDefinition,
} from '../definition.ts';
import { featureLimit } from '../feature-limit.ts';
import { bootstrapTableMean, wilson, type Interval } from '../interval.ts';
import { hasUnmeasurableFeatures, type Answers } from '../evidence.ts';
import type { LabelledFeatures } from '../linear-probe.ts';
import { nearestPrototypes, prototypesOf } from '../prototypes.ts';

const imagesShown = 10;
const draws = 20;

/**
 * Nearest prototypes (Snell et al. 2017) from a few images: ten training images of each erased class, drawn at random, stand
 * for it, all of the sample for the others. The mean over the draws of how many test images of the erased classes are
 * found: what the model would know again at a glance.
 */
export const prototypes: FindingDefinition = {
  name: 'prototypes',
  required: true,
  measure(evidence, { forget, retain, seed }) {
    const { test, train } = evidence;
    const asked = rowsOf(test, forget);
    if (asked.length === 0) return withoutImages('test', 'erased');
    const pools = forget.map((index) => rowsOf(train, [index]));
    if (pools.some((pool) => pool.length < imagesShown)) return withoutImages('train', 'erased');
    const kept = rowsOf(train, retain);
    if (kept.length === 0) return withoutImages('train', 'kept');
    if (hasUnmeasurableFeatures(evidence)) return unmeasurableFeatures;
    const askedFeatures = featuresOf(test, asked);
    const keptPrototypes = prototypesOf(labelled(train, kept), retain);
    const table = Array.from({ length: draws }, (_, draw) => {
      const shown = pools.flatMap((pool, at) =>
        shuffled(pool, deriveSeed(seed, 'prototypes', draw, at)).slice(0, imagesShown),
      );
      const prototypes = [...keptPrototypes, ...prototypesOf(labelled(train, shown), forget)];
      const answers = nearestPrototypes(prototypes, askedFeatures, dimensionsOf(test));
      return Float32Array.from(answers, (answer, at) =>
        answer === test.labels[asked[at]] ? 100 : 0,
      );
    });
    const means = table.map((row) => row.reduce((sum, each) => sum + each, 0) / row.length);
    const value = means.reduce((sum, mean) => sum + mean, 0) / draws;
    return {
      value,
      unit: 'percent',
      interval: intervalOf(value, table, deriveSeed(seed, 'prototypes')),
      samples: asked.length,
      figures: [
        {
          label: 'lowest of the draws',
          class: null,
          value: Math.min(...means),
          unit: 'percent',
        },
        {
          label: 'highest of the draws',
          class: null,
          value: Math.max(...means),
          unit: 'percent',
        },
      ],
    };
  },
  threshold: (baselines) =>
    featureLimit(baselines, {
      points: { reference: 10, original: 10, chance: 6 },
      what: 'Showing it ten images of the class',
    }),
  describe: ({ value }, baselines) =>
    `Shown ten images of the erased class, it finds ${percentText(value)} of the others by likeness; ${besides(baselines, percentText)}.`,
};

/** Images that all fare alike, drawn again, say nothing of others: it is no narrower than that of a share of so many images. */
function intervalOf(value: number, table: readonly Float32Array[], seed: number): Interval {
  const [low, high] = bootstrapTableMean(table, seed);
  const images = table[0].length;
  const [lowest, highest] = wilson((value / 100) * images, images);
  return [Math.min(low, lowest), Math.max(high, highest)];
}

function labelled(answers: Answers, rows: readonly number[]): LabelledFeatures {
  return {
    features: featuresOf(answers, rows),
    labels: Int32Array.from(rows, (row) => answers.labels[row]),
  };
}
