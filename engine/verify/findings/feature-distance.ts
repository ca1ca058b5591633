import { percentText } from '../../protocol/figure-text.ts';
import { deriveSeed } from '../../random.ts';
import { dimensionsOf, rowsOf } from '../answers.ts';
import { withoutImages, type FindingDefinition, type Waiver } from '../definition.ts';
import { bootstrapMean } from '../interval.ts';

/** Weights rounded to eight bits change features by about a hundredth. */
const limit = 0.05;

/**
 * How far the features of the erased classes' test images moved from the original's, image by image: ‖h − h₀‖ / ‖h₀‖, the mean
 * over the images. In whatever format a model is, it finds one whose answers alone were changed.
 */
export const featureDistance: FindingDefinition = {
  name: 'feature-distance',
  required: true,
  measure({ test }, { original, forget, seed }) {
    const dimensions = dimensionsOf(original.test);
    const rows = rowsOf(test, forget);
    if (rows.length === 0) return withoutImages('test', 'erased');
    if (dimensionsOf(test) !== dimensions) return anotherNetwork;
    const distances = rows.map((row) => {
      let [moved, length] = [0, 0];
      for (let at = row * dimensions; at < (row + 1) * dimensions; at++) {
        moved += (test.features[at] - original.test.features[at]) ** 2;
        length += original.test.features[at] ** 2;
      }
      return moved === 0 ? 0 : Math.sqrt(moved / Math.max(length, Number.MIN_VALUE));
    });
    return {
      value: distances.reduce((sum, distance) => sum + distance, 0) / rows.length,
      unit: 'ratio',
      interval: bootstrapMean(distances, deriveSeed(seed, 'feature-distance')),
      samples: rows.length,
      figures: [],
    };
  },
  threshold: () => ({
    direction: 'at-least',
    limit,
    reach: limit,
    beyond: 'fail',
    basis: 'fixed',
    reason: `Rounding a model to coarser numbers changes its features by about 1%. Where they changed by less than ${String(100 * limit)}%, the model still sees in the class what the original saw, and only the last layer hides it.`,
  }),
  describe: ({ value }) =>
    `What it sees in images of the erased class differs from what the original saw by ${percentText(100 * value)} of its size.`,
};

const anotherNetwork: Waiver = {
  why: "Its features cannot be compared with the original's: it is another network.",
  needs: 'A model with the layers of the original.',
  costs: 'Nothing where it can be had; the answers are compared all the same.',
  waived: true,
};
