import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Lower and upper end of a 95% confidence interval. */
export type Interval = [number, number];

/** The normal distribution's two-sided 95% point. */
export const z95 = 1.959963984540054;

/**
 * Wilson's score interval of a proportion (Wilson 1927), which holds for few trials and at 0 and 1, too.
 * @param trials at least one
 * @param z the normal distribution's two-sided point, of 95% unless another is given
 * @returns in percent
 */
export function wilson(successes: number, trials: number, z = z95): Interval {
  const share = successes / trials;
  const scale = 1 + z ** 2 / trials;
  const centre = (share + z ** 2 / (2 * trials)) / scale;
  const spread = share * (1 - share) + z ** 2 / (4 * trials);
  const half = ((z / scale) * Math.sqrt(spread)) / Math.sqrt(trials);
  return [
    successes === 0 ? 0 : 100 * (centre - half),
    successes === trials ? 100 : 100 * (centre + half),
  ];
}

/**
 * The point that a normal variable exceeds with this chance (Abramowitz and Stegun 1964, 26.2.23), to three digits.
 * @param chance above 0, at most 0.5
 */
export function normalQuantile(chance: number): number {
  const t = Math.sqrt(-2 * Math.log(chance));
  return (
    t -
    (2.515517 + 0.802853 * t + 0.010328 * t ** 2) /
      (1 + 1.432788 * t + 0.189269 * t ** 2 + 0.001308 * t ** 3)
  );
}

export interface Proportion {
  readonly successes: number;
  readonly trials: number;
}

/**
 * The difference of two proportions on independent samples by Wilson's intervals of each (Newcombe 1998, method 10). On the
 * same images it is wider than need be.
 * @param first of one trial at least, as is `second`
 * @returns of `first` less `second`, in points of percent
 */
export function differenceOfProportions(first: Proportion, second: Proportion, z = z95): Interval {
  const [p, q] = [first, second].map(({ successes, trials }) => (100 * successes) / trials);
  const [[lowP, highP], [lowQ, highQ]] = [first, second].map((each) =>
    wilson(each.successes, each.trials, z),
  );
  return [p - q - Math.hypot(p - lowP, highQ - q), p - q + Math.hypot(highP - p, q - lowQ)];
}

/**
 * The one with the largest value, with an interval that the largest lies in whichever it is: all lie in their own at once, so
 * that it is no less than the highest of the lower ends and no more than the highest of the upper ones.
 * @param parts one at least, each with an interval of 1 − 0.05/n, n being how many they are (Bonferroni)
 */
export function largestOf<Part extends { readonly value: number; readonly interval: Interval }>(
  parts: readonly Part[],
): Part {
  const largest = parts.reduce((most, part) => (part.value > most.value ? part : most));
  const end = (at: 0 | 1): number => Math.max(...parts.map(({ interval }) => interval[at]));
  return { ...largest, interval: [end(0), end(1)] };
}

const resamples = 1000;

/**
 * Percentile bootstrap (Efron and Tibshirani 1993, chapter 13) of a mean over rows that each were drawn at random.
 * @param values at least one
 */
export function bootstrapMean(values: ArrayLike<number>, seed: number): Interval {
  const generator = xoroshiro128plus(seed);
  return percentiles(
    Array.from({ length: resamples }, () => {
      let sum = 0;
      for (let left = values.length; left > 0; left--)
        sum += values[uniformInt(generator, 0, values.length - 1)];
      return sum / values.length;
    }),
  );
}

/**
 * The same for a table of which both rows and columns were drawn at random: both are drawn again.
 * @param rows all of one length, at least one of at least one value
 */
export function bootstrapTableMean(rows: readonly ArrayLike<number>[], seed: number): Interval {
  const generator = xoroshiro128plus(seed);
  const columns = rows[0].length;
  const weights = new Float64Array(columns);
  return percentiles(
    Array.from({ length: resamples }, () => {
      weights.fill(0);
      for (let draw = 0; draw < columns; draw++) weights[uniformInt(generator, 0, columns - 1)]++;
      let sum = 0;
      for (let left = rows.length; left > 0; left--) {
        const row = rows[uniformInt(generator, 0, rows.length - 1)];
        for (let column = 0; column < columns; column++) sum += weights[column] * row[column];
      }
      return sum / (rows.length * columns);
    }),
  );
}

/** The 2.5th and the 97.5th of resampled statistics. */
export function percentiles(means: readonly number[]): Interval {
  const ordered = means.toSorted((a, b) => a - b);
  return [ordered[Math.floor(0.025 * means.length)], ordered[Math.ceil(0.975 * means.length) - 1]];
}
