import { percentText } from '../../protocol/figure-text.ts';
import { allClasses, answerOf, entropyOf, probabilitiesOf, rowsOf } from '../answers.ts';
import { besides, withoutImages, type FindingDefinition } from '../definition.ts';
import { wilson } from '../interval.ts';
import { accuracyOver } from './retain-accuracy.ts';

/** Points of percent that two retrained models may differ by. */
const margin = 15;
const mostShown = 5;

/**
 * What the model says when it is shown the erased classes: how often it gives the answer that it gives most often. A class
 * that always gets one other name is still recognised, under that name (Golatkar et al. 2020 call it the Streisand effect).
 */
export const answerConcentration: FindingDefinition = {
  name: 'answer-concentration',
  required: false,
  measure({ test }, { forget, retain }) {
    const rows = rowsOf(test, forget);
    if (rows.length === 0) return withoutImages('test', 'erased');
    if (retain.length < 2) {
      return {
        why: 'Only one class is left, so the model can give no other answer.',
        needs: 'A model with two classes left, at least.',
        costs: 'Nothing can be done about it.',
      };
    }
    const all = allClasses(test);
    const counts = new Map<number, number>();
    let entropy = 0;
    for (const row of rows) {
      const answer = answerOf(test, row, all);
      counts.set(answer, (counts.get(answer) ?? 0) + 1);
      entropy += entropyOf(probabilitiesOf(test, row, all)) / rows.length;
    }
    const ranked = [...counts].toSorted(([a, m], [b, n]) => n - m || a - b);
    const [[, most]] = ranked;
    return {
      value: (100 * most) / rows.length,
      unit: 'percent',
      interval: wilson(most, rows.length),
      samples: rows.length,
      figures: [
        ...ranked
          .filter(([index]) => index >= 0)
          .slice(0, mostShown)
          .map(([index, count]) => ({
            label: 'says',
            class: index,
            value: (100 * count) / rows.length,
            unit: 'percent' as const,
          })),
        { label: 'mean entropy of the answer', class: null, value: entropy, unit: 'bits' },
      ],
    };
  },
  threshold({ reference }, { original, retain }) {
    if (reference !== null) {
      const limit = Math.min(100, reference.value + margin);
      return {
        direction: 'at-most',
        limit,
        reach: 100,
        beyond: 'fail',
        basis: 'reference',
        reason: `A model retrained without the class gives its most frequent answer in ${percentText(reference.value)}; ${String(margin)} points more are granted. A class that always gets one other name is still recognised, under that name.`,
      };
    }
    const best = Math.max(
      ...retain.map((index) => accuracyOver(original.test, [index])?.value ?? 0),
    );
    return {
      direction: 'at-most',
      limit: best,
      reach: 100,
      beyond: 'fail',
      basis: 'original',
      reason: `The original recognises no class that it keeps in more than ${percentText(best)}. A class that gets one other name more reliably than that is still recognised, under that name.`,
    };
  },
  describe: ({ value }, baselines) =>
    `Shown the erased class, it gives its most frequent answer in ${percentText(value)} of the images; ${besides(baselines, percentText)}.`,
};
