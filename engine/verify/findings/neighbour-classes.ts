import { percentText } from '../../protocol/figure-text.ts';
import { allClasses, answerOf, rowsOf } from '../answers.ts';
import { besides, withoutImages, type Comparison, type FindingDefinition } from '../definition.ts';
import { accuracyOver } from './retain-accuracy.ts';

const mostNeighbours = 3;
/** Points of percent. */
const mostLost = 5;
const reachLost = 10;

/** Accuracy on the retain classes that the original most often confuses with the erased ones: they suffer first. */
export const neighbourClasses: FindingDefinition = {
  name: 'neighbour-classes',
  required: true,
  measure({ test }, comparison) {
    if (rowsOf(test, comparison.forget).length === 0) return withoutImages('test', 'erased');
    const neighbours = neighboursOf(comparison);
    const accuracy = accuracyOver(test, neighbours);
    if (accuracy === null) return withoutImages('test', 'kept');
    const figures = neighbours.flatMap((index) => {
      const own = accuracyOver(test, [index]);
      if (own === null) return [];
      return [{ label: 'a neighbour', class: index, value: own.value, unit: 'percent' as const }];
    });
    return { ...accuracy, figures };
  },
  threshold({ original, reference }) {
    const isReferenceLower = reference !== null && reference.value < original.value;
    const best = isReferenceLower ? reference.value : original.value;
    return {
      direction: 'at-least',
      limit: best - mostLost,
      reach: best - reachLost,
      beyond: 'fail',
      basis: isReferenceLower ? 'reference' : 'original',
      reason: `The classes that look most like the erased one are the first to be damaged with it. They may lose ${String(mostLost)} points; that they lost no more than ${String(reachLost)} must be certain.`,
    };
  },
  describe: ({ value, figures }, baselines) =>
    `It recognises the ${figures.length === 1 ? 'class' : `${String(figures.length)} classes`} most like the erased one in ${percentText(value)} of test images; ${besides(baselines, percentText)}.`,
};

/** By how often the original takes one for the other, its answer for the erased classes struck out where it is theirs. */
function neighboursOf({ original: { test }, forget, retain }: Comparison): number[] {
  const erased = rowsOf(test, forget);
  const all = allClasses(test);
  const closeness = retain.map((index) => {
    const own = rowsOf(test, [index]);
    const takenFor = erased.filter((row) => answerOf(test, row, retain) === index).length;
    const taken = own.filter((row) => forget.includes(answerOf(test, row, all))).length;
    return {
      index,
      share: takenFor / erased.length + (own.length === 0 ? 0 : taken / own.length),
    };
  });
  return closeness
    .filter(({ share }) => share > 0)
    .toSorted((a, b) => b.share - a.share || a.index - b.index)
    .slice(0, mostNeighbours)
    .map(({ index }) => index);
}
