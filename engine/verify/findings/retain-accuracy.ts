import { percentText } from '../../protocol/figure-text.ts';
import type { Measurement } from '../../protocol/finding.ts';
import { recognised, rowsOf } from '../answers.ts';
import { besides, withoutImages, type FindingDefinition } from '../definition.ts';
import type { Answers } from '../evidence.ts';
import { wilson } from '../interval.ts';

/** Points of percent. */
const mostLost = 1;
const reachLost = 5;

/** The share of test images of the retain classes that are recognised (A_Dr of Tarun et al. 2023). */
export const retainAccuracy: FindingDefinition = {
  name: 'retain-accuracy',
  required: true,
  measure({ test }, { retain }) {
    return accuracyOver(test, retain) ?? withoutImages('test', 'kept');
  },
  threshold({ original, reference }) {
    const isReferenceLower = reference !== null && reference.value < original.value;
    const best = isReferenceLower ? reference.value : original.value;
    const whose = isReferenceLower ? 'the reference' : 'the original';
    return {
      direction: 'at-least',
      limit: best - mostLost,
      reach: best - reachLost,
      beyond: 'fail',
      basis: isReferenceLower ? 'reference' : 'original',
      reason: `The classes to keep must be recognised as well as by ${whose}, but for ${String(mostLost)} point; that no more than ${String(reachLost)} points are lost must be certain. A ruined model forgets, too.`,
    };
  },
  describe: ({ value, samples }, baselines) =>
    `It recognises the classes that were kept in ${percentText(value)} of ${String(samples)} test images; ${besides(baselines, percentText)}.`,
};

/** Accuracy over all test images of some classes; null where there is none. */
export function accuracyOver(test: Answers, classes: readonly number[]): Measurement | null {
  const rows = rowsOf(test, classes);
  if (rows.length === 0) return null;
  const hits = recognised(test, rows);
  return {
    value: (100 * hits) / rows.length,
    unit: 'percent',
    interval: wilson(hits, rows.length),
    samples: rows.length,
    figures: [],
  };
}
