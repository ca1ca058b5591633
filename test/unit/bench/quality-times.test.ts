import { describe, expect, it } from 'vitest';
import { casesOf, trialsOf, type Case } from '../../bench/measuring/quality-cases.ts';
import { secondsText, timeBars, timeRatio } from '../../bench/measuring/quality-times.ts';
import { madeResult } from './made-trial.ts';

function caseOf(...made: Parameters<typeof madeResult>[0][]): Case {
  const [only] = casesOf(made.map(madeResult), ['mnist']);
  return only;
}

describe('the times of a case', () => {
  it('stand alone where all of its runs were given as many threads', () => {
    const same = caseOf({ seconds: 144 }, { seed: 1, seconds: 154 });
    expect(secondsText(same, trialsOf(same))).toBe('149 (144–154)');
    expect(timeBars(same)).toEqual({
      x: 'seconds, median',
      bars: [{ name: 'adaptive', value: 149 }],
    });
  });

  it('stand beside their threads where its runs were given different numbers of them', () => {
    const mixed = caseOf(
      { seed: 1, seconds: 40, threads: 1 },
      { seconds: 64 },
      { seed: 2, seconds: 140, threads: 1 },
      { method: 'paper', seconds: 213 },
    );
    expect(secondsText(mixed, mixed.trials.get('adaptive') ?? [])).toBe(
      '64, 2 threads; 90 (40–140), 1 thread',
    );
    expect(secondsText(mixed, mixed.trials.get('paper') ?? [])).toBe('213, 2 threads');
    expect(timeBars(mixed)).toEqual({
      x: 'seconds, median (behind a method, its threads)',
      bars: [
        { name: 'adaptive (2)', value: 64 },
        { name: 'adaptive (1)', value: 90 },
        { name: 'paper (2)', value: 213 },
      ],
    });
  });
});

describe('how much longer one method takes than another', () => {
  const ratio = (...made: Parameters<typeof madeResult>[0][]): ReturnType<typeof timeRatio> => {
    const { trials } = caseOf(...made);
    return timeRatio(trials.get('adaptive') ?? [], trials.get('paper') ?? []);
  };

  it('is the ratio of the medians, with the least and the most of those with the same seed', () => {
    const runs = [
      [150, 75],
      [144, 90],
      [147, 91],
    ].flatMap(([adaptive, paper], seed) => [
      { seed, seconds: adaptive },
      { method: 'paper', seed, seconds: paper } as const,
    ]);
    expect(ratio(...runs)).toEqual({ value: 147 / 90, bySeed: [1.6, 2] });
  });

  it('compares only runs with as many threads on the same machine', () => {
    expect(
      ratio(
        { seed: 0, seconds: 100, threads: 2 },
        { seed: 1, seconds: 120, threads: 1 },
        { method: 'paper', seed: 0, seconds: 10, threads: 2, machine: 'another' },
        { method: 'paper', seed: 1, seconds: 60, threads: 1 },
      ),
    ).toEqual({ value: 2, bySeed: null });
  });

  it('is unknown where there are no such runs', () => {
    expect(ratio({ threads: 2 }, { method: 'paper', threads: 1 })).toBeNull();
  });
});
