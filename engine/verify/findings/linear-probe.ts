import { percentText } from '../../protocol/figure-text.ts';
import { allClasses, featuresOf, rowsOf } from '../answers.ts';
import { besides, withoutImages, type FindingDefinition } from '../definition.ts';
import type { Answers } from '../evidence.ts';
import { featureLimit } from '../feature-limit.ts';
import { wilson } from '../interval.ts';
import { linearProbe as trainProbe } from '../linear-probe.ts';

const mostPerClass = 1000;
/**
 * Of percent. Retraining took 12 points or more out of what a probe finds, 7 and 11 of 50 where models were weak, and 3 or
 * less where any features tell the class apart. Methods that leave the class in the features took 2 to 12, seldom more
 * (docs/benchmarks.md).
 */
export const margins = { reference: 5, original: 8 };

/**
 * Linear probe (Alain and Bengio 2016): logistic regression on the features of training images of all classes, the erased
 * ones among them, as many of each. How many test images of the erased classes it then recognises tells what the features
 * still hold of them, whatever the model itself answers.
 */
export const linearProbe: FindingDefinition = {
  name: 'linear-probe',
  required: true,
  async measure({ test, train }, { forget, retain }) {
    const asked = rowsOf(test, forget);
    if (asked.length === 0) return withoutImages('test', 'erased');
    const known = trainingRows(train, forget, retain);
    if (known === null) return withoutImages('train', 'erased');
    const kept = rowsOf(test, retain);
    const rows = [...asked, ...kept];
    const answers = await trainProbe(
      {
        features: featuresOf(train, known),
        labels: Int32Array.from(known, (row) => train.labels[row]),
      },
      featuresOf(test, rows),
      allClasses(test).length,
    );
    const hits = (from: number, end: number): number =>
      rows.slice(from, end).filter((row, at) => answers[from + at] === test.labels[row]).length;
    const found = hits(0, asked.length);
    return {
      value: (100 * found) / asked.length,
      unit: 'percent',
      interval: wilson(found, asked.length),
      samples: asked.length,
      figures:
        kept.length === 0
          ? []
          : [
              {
                label: 'of the classes that were kept',
                class: null,
                value: (100 * hits(asked.length, rows.length)) / kept.length,
                unit: 'percent',
              },
            ],
    };
  },
  threshold: (baselines) => featureLimit(baselines, { points: margins, what: 'A probe' }),
  describe: ({ value }, baselines) =>
    `A probe trained on its inner features recognises the erased class in ${percentText(value)} of test images; ${besides(baselines, percentText)}.`,
};

/** As many of each erased class as there are of the kept class that has the most; null where a class has none. */
function trainingRows(
  train: Answers,
  forget: readonly number[],
  retain: readonly number[],
): number[] | null {
  const kept = retain.map((index) => rowsOf(train, [index]).slice(0, mostPerClass));
  const most = Math.max(...kept.map((rows) => rows.length));
  const erased = forget.map((index) => rowsOf(train, [index]).slice(0, most));
  if (most === 0 || erased.some((rows) => rows.length === 0)) return null;
  return [...erased, ...kept].flat();
}
