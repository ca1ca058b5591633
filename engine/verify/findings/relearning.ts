import { figureText } from '../../protocol/figure-text.ts';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { deriveSeed } from '../../random.ts';
import type { FindingDefinition } from '../definition.ts';
import { percentiles, type Interval } from '../interval.ts';

/** Models that were retrained alike took 0.26 to 1.5 times each other's steps. */
const limit = 0.2;

/**
 * The anamnesis index (Chundawat et al. 2023, section V): in how many steps the model learns the erased classes again, divided
 * by how many a model takes that was retrained without them. Medians over several orders of the images.
 */
export const relearning: FindingDefinition = {
  name: 'relearning',
  required: false,
  measure(evidence, { original, reference, seed }) {
    const needed = reference?.relearning ?? null;
    if (needed === null) {
      return {
        why: 'How fast it learns the erased class again says something only beside a model that never knew it.',
        needs: 'A model retrained without the class, and training images of the class.',
        costs:
          'Training such a model, and some minutes of training steps; no model is kept that learned the class again.',
      };
    }
    if (median(needed.steps) === needed.cap) {
      return {
        why: `A model retrained without the class does not learn it in ${String(needed.cap)} steps, so there is nothing to divide by.`,
        needs: 'More training images of the class, or more steps.',
        costs: 'Many more minutes of training steps.',
      };
    }
    // The original knows the classes without a step.
    const steps = evidence === original ? needed.steps.map(() => 0) : evidence.relearning?.steps;
    if (steps === undefined) {
      return {
        why: 'It was not tried how fast the model learns the erased class again.',
        needs: 'Training images of the erased class.',
        costs: 'Some minutes of training steps; the model that learned again is not kept.',
      };
    }
    return {
      value: median(steps) / median(needed.steps),
      unit: 'ratio',
      interval: ratioInterval(steps, needed.steps, deriveSeed(seed, 'relearning', 'interval')),
      samples: steps.length,
      figures: [
        { label: 'steps', class: null, value: median(steps), unit: 'steps' },
        { label: "the reference's", class: null, value: median(needed.steps), unit: 'steps' },
      ],
    };
  },
  threshold: () => ({
    direction: 'at-least',
    limit,
    reach: limit,
    beyond: 'fail',
    basis: 'reference',
    reason:
      'A model that holds nothing of the class takes as long to learn it as one that never saw it: 1. Models retrained alike differ by up to four times; one that needs less than a fifth as long had only put it aside.',
  }),
  undecided: {
    why: 'In some orders of the images it learns the erased class again on one side of the limit, in others on the other.',
    needs: 'A model that is further from the limit: what it comes to depends on the order.',
    costs: 'Another run, perhaps with another method.',
  },
  describe: ({ value, figures }) =>
    `It learns the erased class again in ${String(figures[0].value)} steps, ${figureText(value, 'ratio')} times what a model takes that was retrained without it.`,
};

function median(values: readonly number[]): number {
  const ordered = values.toSorted((a, b) => a - b);
  const middle = (ordered.length - 1) / 2;
  return (ordered[Math.floor(middle)] + ordered[Math.ceil(middle)]) / 2;
}

/** Percentile bootstrap of the ratio of medians. */
function ratioInterval(
  steps: readonly number[],
  needed: readonly number[],
  seed: number,
): Interval {
  const generator = xoroshiro128plus(seed);
  const again = (values: readonly number[]): number =>
    median(values.map(() => values[uniformInt(generator, 0, values.length - 1)]));
  return percentiles(Array.from({ length: 1000 }, () => again(steps) / again(needed)));
}
