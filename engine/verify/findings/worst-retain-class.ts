import { recognised, rowsOf } from '../answers.ts';
import { withoutImages, type FindingDefinition } from '../definition.ts';
import { differenceOfProportions, largestOf, normalQuantile } from '../interval.ts';

/** Points of percent. */
const mostLost = 15;
const reachLost = 50;

/**
 * Of all retain classes, how much accuracy the one lost that lost most, against the original. The interval is of the most that
 * any lost: one with few images may have lost more than the one that seems to be the worst.
 */
export const worstRetainClass: FindingDefinition = {
  name: 'worst-retain-class',
  required: true,
  measure({ test }, { original, retain }) {
    const losses = retain.flatMap((index) => {
      const rows = rowsOf(test, [index]);
      if (rows.length === 0) return [];
      const trials = rows.length;
      const before = recognised(original.test, rows);
      const now = recognised(test, rows);
      const interval = differenceOfProportions(
        { successes: before, trials },
        { successes: now, trials },
        normalQuantile(0.025 / retain.length),
      );
      return [{ index, trials, before, now, value: (100 * (before - now)) / trials, interval }];
    });
    if (losses.length < retain.length) return withoutImages('test', 'kept');
    const { index, trials, before, now, value, interval } = largestOf(losses);
    return {
      value,
      unit: 'points',
      interval,
      samples: trials,
      figures: [
        {
          label: 'accuracy on this class',
          class: index,
          value: (100 * now) / trials,
          unit: 'percent',
        },
        {
          label: "the original's",
          class: index,
          value: (100 * before) / trials,
          unit: 'percent',
        },
      ],
    };
  },
  threshold: () => ({
    direction: 'at-most',
    limit: mostLost,
    reach: reachLost,
    beyond: 'fail',
    basis: 'original',
    reason: `An average can hide one class that is gone. ${String(mostLost)} points are granted to the class that loses most, because training the same model twice makes some points of difference; that none lost ${String(reachLost)} must be certain.`,
  }),
  describe: ({ value }) =>
    value <= 0
      ? 'No class that was kept is recognised less often than before.'
      : `Of the classes that were kept, the one that lost most is recognised in ${value.toFixed(1)} of 100 test images less than before.`,
};
