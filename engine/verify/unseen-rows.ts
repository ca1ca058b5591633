import type { Absence } from '../protocol/finding.ts';
import { rowsOf } from './answers.ts';
import type { Answers, Evidence } from './evidence.ts';

/** By class. Each of several attacks, tried on several models, asks the same of the original. */
const found = new WeakMap<Evidence, Map<number, readonly number[]>>();

/**
 * The rows of test images of a class that are no training images, too. A copy of an image, under whatever name, is answered
 * alike; so that it is the original that tells: all the numbers it makes of the two are the same, but for rounding.
 */
export function unseenRows(original: Evidence, label: number): readonly number[] {
  const ofClasses = found.get(original) ?? new Map<number, readonly number[]>();
  found.set(original, ofClasses);
  const rows = ofClasses.get(label) ?? lookThrough(original, label);
  ofClasses.set(label, rows);
  return rows;
}

function lookThrough({ test, train }: Evidence, label: number): number[] {
  const known = rowsOf(train, [label]);
  return rowsOf(test, [label]).filter((row) => {
    const answersAlike = sameAs(test, row, train, 'logits');
    const looksAlike = sameAs(test, row, train, 'features');
    return !known.some((other) => answersAlike(other) && looksAlike(other));
  });
}

/** Of the largest number of a row: rounding is a thousand times less, and hardly any two images come so near. */
const tolerance = 1e-4;

type Numbers = 'logits' | 'features';

function sameAs(
  answers: Answers,
  row: number,
  others: Answers,
  numbers: Numbers,
): (other: number) => boolean {
  const length = answers[numbers].length / answers.labels.length;
  const own = answers[numbers].subarray(row * length, (row + 1) * length);
  const largest = own.reduce(
    (most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most),
    0,
  );
  return (other) =>
    own.every((value, at) => {
      const their = others[numbers][other * length + at];
      return value === their || Math.abs(value - their) <= tolerance * largest;
    });
}

export const allSeen: Absence = {
  why: 'All test images of a class that was erased are training images, too, so that there are none to compare with that the model never saw.',
  needs: 'Test images of the classes that were erased that no model was trained on.',
  costs: 'Finding such images, and seconds to minutes of computing.',
};
