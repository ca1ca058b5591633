import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bootstrapMean,
  bootstrapTableMean,
  differenceOfProportions,
  largestOf,
  normalQuantile,
  wilson,
} from '../../../engine/verify/interval.ts';

describe("Wilson's interval", () => {
  it('has the values that tables give', () => {
    // Newcombe 1998 (Two-sided confidence intervals for the single proportion), table I: 81 of 263, 15 of 148, 0 of 20.
    expect(wilson(81, 263).map((end) => Number((end / 100).toFixed(4)))).toEqual([0.2553, 0.3662]);
    expect(wilson(15, 148).map((end) => Number((end / 100).toFixed(4)))).toEqual([0.0624, 0.1605]);
    expect(wilson(0, 20).map((end) => Number((end / 100).toFixed(4)))).toEqual([0, 0.1611]);
  });

  it('holds the share, stays between 0 and 100, and narrows with more trials', () => {
    const counts = fc
      .integer({ min: 1, max: 5000 })
      .chain((trials) => fc.tuple(fc.integer({ min: 0, max: trials }), fc.constant(trials)));
    fc.assert(
      fc.property(counts, ([successes, trials]) => {
        const [low, high] = wilson(successes, trials);
        const share = (100 * successes) / trials;
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(100);
        expect(low).toBeLessThanOrEqual(share);
        expect(high).toBeGreaterThanOrEqual(share);
        const [lowOfMore, highOfMore] = wilson(4 * successes, 4 * trials);
        expect(highOfMore - lowOfMore).toBeLessThan(high - low);
      }),
    );
  });
});

it('points of the normal distribution are as in tables', () => {
  expect(normalQuantile(0.025)).toBeCloseTo(1.96, 2);
  expect(normalQuantile(0.0005)).toBeCloseTo(3.29, 2);
  expect(normalQuantile(0.5)).toBeCloseTo(0, 2);
});

it('the interval of a difference has the values that tables give', () => {
  // Newcombe 1998 (Interval estimation for the difference between independent proportions), table II, method 10.
  const difference = differenceOfProportions(
    { successes: 56, trials: 70 },
    { successes: 48, trials: 80 },
  );
  expect(difference.map((end) => Number((end / 100).toFixed(4)))).toEqual([0.0524, 0.3339]);
});

it('the largest of several has an interval that no other of them can be beyond', () => {
  const parts: { name: string; value: number; interval: [number, number] }[] = [
    { name: 'surely some', value: 4, interval: [3, 5] },
    { name: 'the most', value: 6, interval: [2, 7] },
    { name: 'perhaps more', value: 5, interval: [0, 20] },
  ];
  expect(largestOf(parts)).toEqual({ name: 'the most', value: 6, interval: [3, 20] });
});

describe('the bootstrap', () => {
  const values = Array.from({ length: 400 }, (_, index) => index % 10);

  it('comes near the normal interval of a mean', () => {
    const half = (1.96 * Math.sqrt(8.25)) / Math.sqrt(400);
    const [low, high] = bootstrapMean(values, 3);
    expect(low).toBeCloseTo(4.5 - half, 1);
    expect(high).toBeCloseTo(4.5 + half, 1);
  });

  it('is the same for the same seed', () => {
    expect(bootstrapMean(values, 3)).toEqual(bootstrapMean(values, 3));
    expect(bootstrapMean(values, 3)).not.toEqual(bootstrapMean(values, 4));
  });

  it('of a table is wider where rows differ, too', () => {
    const width = ([low, high]: [number, number]): number => high - low;
    const alike = Array.from({ length: 20 }, () => values);
    const different = Array.from({ length: 20 }, (_, row) =>
      values.map((value) => value + (row % 2) * 4),
    );
    expect(width(bootstrapTableMean(alike, 1))).toBeCloseTo(width(bootstrapMean(values, 1)), 1);
    expect(width(bootstrapTableMean(different, 1))).toBeGreaterThan(
      2 * width(bootstrapTableMean(alike, 1)),
    );
  });
});
