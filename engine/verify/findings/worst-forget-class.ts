import { percentText } from '../../protocol/figure-text.ts';
import { recognised, rowsOf } from '../answers.ts';
import { besides, withoutImages, type FindingDefinition } from '../definition.ts';
import { largestOf, normalQuantile, wilson } from '../interval.ts';

/** Percent. */
const limit = 5;
const reach = 50;

/**
 * Of several erased classes, the share of test images in which the one is still recognised that is recognised most: among many
 * that are forgotten, an average can hide one that is not. The interval is of the most that any is recognised.
 */
export const worstForgetClass: FindingDefinition = {
  name: 'worst-forget-class',
  required: true,
  isAsked: ({ forget }) => forget.length > 1,
  measure({ test }, { forget }) {
    const classes = forget.flatMap((index) => {
      const rows = rowsOf(test, [index]);
      if (rows.length === 0) return [];
      const hits = recognised(test, rows);
      const interval = wilson(hits, rows.length, normalQuantile(0.025 / forget.length));
      return [{ value: (100 * hits) / rows.length, interval, samples: rows.length }];
    });
    if (classes.length < forget.length) return withoutImages('test', 'erased');
    return { ...largestOf(classes), unit: 'percent', figures: [] };
  },
  threshold: () => ({
    direction: 'at-most',
    limit,
    reach,
    beyond: 'fail',
    basis: 'fixed',
    reason: `An average can hide one class that is not forgotten. ${String(limit)}% is granted to the one that is recognised most, for a few images with a wrong label; that none is recognised in ${String(reach)}% must be certain, which takes some ten images of each.`,
  }),
  describe: ({ value }, baselines) =>
    `Of the erased classes, the one that is recognised most is recognised in ${percentText(value)} of its test images; ${besides(baselines, percentText)}.`,
};
