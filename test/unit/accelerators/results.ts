import type * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';

export type Computation = () => tf.Tensor | tf.Tensor[];

/** What a computation gave, wherever it was computed. */
export interface Result {
  readonly shape: number[];
  readonly dtype: string;
  readonly values: ArrayLike<number>;
}

/** @param tolerance relative to the largest of the values, and to 1; shapes and types have to be the same */
export function expectResults(
  actual: readonly Result[],
  expected: readonly Result[],
  tolerance: number,
): void {
  expect(actual.map(({ shape, dtype }) => ({ shape, dtype }))).toEqual(
    expected.map(({ shape, dtype }) => ({ shape, dtype })),
  );
  expected.forEach(({ values }, index) => {
    expect(difference(values, actual[index].values)).toBeLessThanOrEqual(tolerance);
  });
}

/** Infinite where one is NaN or infinite and the other is not the same. */
function difference(expected: ArrayLike<number>, actual: ArrayLike<number>): number {
  const finite = Array.from(expected).filter(Number.isFinite);
  const scale = finite.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1);
  return Array.from(expected).reduce((largest: number, value, index) => {
    if (Object.is(value, actual[index]) || value === actual[index]) return largest;
    const off = Math.abs(value - actual[index]) / scale;
    return Number.isNaN(off) ? Infinity : Math.max(largest, off);
  }, 0);
}
