import type { Trial } from '../../../app/comparison/comparison.ts';
import { trialsOf, type Case } from './quality-cases.ts';
import { meanAndSpread, median } from './statistics.ts';

/** The median: other programs can only make a run slower, and seldom all of them. */
function secondsOf(trials: readonly Trial[]): number {
  return median(trials.map(({ seconds }) => seconds));
}

/**
 * "149 (144–154)": the mean, the least and the most. Where the runs of the case were given different numbers of threads,
 * each with its own: "64, 2 threads; 90 (41–138), 1 thread".
 */
export function secondsText(each: Case, trials: readonly Trial[]): string {
  const text = (some: readonly Trial[]): string =>
    meanAndSpread(
      some.map(({ seconds }) => seconds),
      (seconds) => seconds.toFixed(0),
    );
  if (!mixesThreads(each)) return text(trials);
  return Array.from(
    byThreads(trials),
    ([threads, same]) => `${text(same)}, ${threadsText(threads)}`,
  ).join('; ');
}

/** The median of each method, and what is said of the axis; threads stand behind the method where the case mixes them. */
export function timeBars(each: Case): {
  readonly x: string;
  readonly bars: { readonly name: string; readonly value: number }[];
} {
  const isMixed = mixesThreads(each);
  const bars = Array.from(each.trials, ([method, trials]) =>
    isMixed
      ? Array.from(byThreads(trials), ([threads, same]) => ({
          name: `${method} (${String(threads)})`,
          value: secondsOf(same),
        }))
      : [{ name: method, value: secondsOf(trials) }],
  ).flat();
  return {
    x: isMixed ? 'seconds, median (behind a method, its threads)' : 'seconds, median',
    bars,
  };
}

/** How much longer one took than the other. */
export interface TimeRatio {
  /** Of the medians. */
  readonly value: number;
  /** The least and the most of two runs with the same seed; null where there are not two such pairs. */
  readonly bySeed: readonly [number, number] | null;
}

/** On one machine, with so many threads: the first that both were measured on. */
export function timeRatio(trials: readonly Trial[], others: readonly Trial[]): TimeRatio | null {
  for (const { accelerator } of trials) {
    const isThere = (trial: Trial): boolean =>
      trial.accelerator.device.name === accelerator.device.name &&
      trial.accelerator.threads === accelerator.threads;
    const [here, there] = [trials.filter(isThere), others.filter(isThere)];
    if (there.length === 0) continue;
    const pairs = here.flatMap((trial) =>
      there
        .filter(({ recipe }) => recipe.seed === trial.recipe.seed)
        .map(({ seconds }) => trial.seconds / seconds),
    );
    const bySeed = pairs.length < 2 ? null : ([Math.min(...pairs), Math.max(...pairs)] as const);
    return { value: secondsOf(here) / secondsOf(there), bySeed };
  }
  return null;
}

/** "1 thread" */
export function threadsText(threads: number): string {
  return threads === 1 ? '1 thread' : `${String(threads)} threads`;
}

function mixesThreads(each: Case): boolean {
  return byThreads(trialsOf(each)).size > 1;
}

/** Most threads first. */
function byThreads(trials: readonly Trial[]): Map<number, Trial[]> {
  const groups = Map.groupBy(trials, ({ accelerator }) => accelerator.threads);
  return new Map([...groups].sort(([one], [other]) => other - one));
}
