import { percentText } from '../../protocol/figure-text.ts';
import { recognised, rowsOf } from '../answers.ts';
import { besides, withoutImages, type FindingDefinition } from '../definition.ts';
import { wilson } from '../interval.ts';

/** Granted for images that carry the wrong label, or show something else besides. */
const limit = 1;
const reach = 5;

/** The share of test images of the erased classes that are still recognised (A_Df of Tarun et al. 2023). */
export const forgetAccuracy: FindingDefinition = {
  name: 'forget-accuracy',
  required: true,
  measure({ test, train }, { forget }) {
    const rows = rowsOf(test, forget);
    if (rows.length === 0) return withoutImages('test', 'erased');
    const hits = recognised(test, rows);
    const trained = rowsOf(train, forget);
    return {
      value: (100 * hits) / rows.length,
      unit: 'percent',
      interval: wilson(hits, rows.length),
      samples: rows.length,
      figures:
        trained.length === 0
          ? []
          : [
              {
                label: 'of training images of the erased classes',
                class: null,
                value: (100 * recognised(train, trained)) / trained.length,
                unit: 'percent',
              },
            ],
    };
  },
  threshold: () => ({
    direction: 'at-most',
    limit,
    reach,
    beyond: 'fail',
    basis: 'fixed',
    reason: `A model that never saw the class does not name it. ${String(limit)}% is granted for images with a wrong label; that the true share is below ${String(reach)}% must be certain, which takes 73 images at least.`,
  }),
  describe: ({ value, samples }, baselines) =>
    `It recognises the erased class in ${percentText(value)} of ${String(samples)} test images; ${besides(baselines, percentText)}.`,
};
