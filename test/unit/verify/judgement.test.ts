import { describe, expect, it } from 'vitest';
import type { Measurement, Threshold } from '../../../engine/protocol/finding.ts';
import { wilson } from '../../../engine/verify/interval.ts';
import { judge } from '../../../engine/verify/judgement.ts';

function share(hits: number, samples: number): Measurement {
  const value = (100 * hits) / samples;
  return { value, unit: 'percent', interval: wilson(hits, samples), samples, figures: [] };
}

const atMost: Threshold = {
  direction: 'at-most',
  limit: 1,
  reach: 5,
  beyond: 'fail',
  basis: 'fixed',
  reason: 'so',
};
const atLeast: Threshold = { ...atMost, direction: 'at-least', limit: 80, reach: 75 };

describe('a finding', () => {
  it('passes where the value keeps to the limit and the whole interval to the reach', () => {
    expect(judge(share(10, 1000), atMost).outcome).toBe('pass');
    expect(judge(share(0, 73), atMost).outcome).toBe('pass');
    expect(judge(share(800, 1000), atLeast).outcome).toBe('pass');
  });

  it('fails where the whole interval is beyond the limit', () => {
    expect(judge(share(30, 1000), atMost).outcome).toBe('fail');
    expect(judge(share(3, 15), atMost).outcome).toBe('fail');
    expect(judge(share(700, 1000), atLeast).outcome).toBe('fail');
  });

  it('is open where there is too little to tell, and says about how many images would do', () => {
    const few = judge(share(0, 15), atMost);
    expect(few).toMatchObject({
      outcome: 'open',
      absence: { needs: 'About 73 images, if the value stays as it is.' },
    });
    expect(judge(share(15, 1000), atMost)).toMatchObject({
      outcome: 'open',
      absence: { needs: 'About 1500 images, if the value stays as it is.' },
    });
    expect(judge(share(12, 15), atLeast).outcome).toBe('open');
  });

  it('asks for whole images, and for none where it was not images that it counted', () => {
    const tries: Measurement = {
      ...{ value: 0.54, unit: 'ratio', interval: [0.45, 0.6], samples: 5, figures: [] },
    };
    const half: Threshold = { ...atLeast, limit: 0.5, reach: 0.5 };
    expect(judge(tries, half)).toMatchObject({
      absence: { needs: 'About 26 images, if the value stays as it is.' },
    });
    const undecided = { why: 'so', needs: 'another order', costs: 'time' };
    expect(judge(tries, half, undecided)).toEqual({ outcome: 'open', absence: undecided });
  });

  it('says so where no number of images that can be had would do', () => {
    const right = (value: number): Measurement => ({
      ...{ value, unit: 'area', interval: [value - 0.1, value + 0.1], samples: 1000, figures: [] },
    });
    const area: Threshold = { ...atMost, limit: 0.6, reach: 0.6 };
    const far = 'Far more images than can be had: the value is right at the limit.';
    expect(judge(right(0.6), area)).toMatchObject({ absence: { needs: far } });
    // The interval shrinks with the root of the images: to a hundredth, by ten thousand times as many.
    expect(judge(right(0.5991), area)).toMatchObject({ absence: { needs: far } });
    expect(judge(right(0.5989), area)).toMatchObject({
      absence: { needs: 'About 8300000 images, if the value stays as it is.' },
    });
  });

  it('is open rather than failed where missing the limit proves nothing', () => {
    const judged = judge(share(30, 1000), { ...atMost, beyond: 'open' });
    expect(judged).toMatchObject({
      outcome: 'open',
      absence: { needs: 'A reference: a model trained in the same way without the erased class.' },
    });
  });

  it('keeps to a limit that it is right at, and fails only beyond it', () => {
    const exact: Measurement = { ...share(5, 100), interval: [5, 5] };
    const five: Threshold = { ...atMost, limit: 5, reach: 5 };
    expect(judge(exact, five).outcome).toBe('pass');
    expect(judge({ ...exact, value: 6, interval: [5, 7] }, five).outcome).toBe('open');
  });

  it('never passes what is not a number', () => {
    for (const threshold of [atMost, atLeast]) {
      const nothing: Measurement = { ...share(0, 1), value: NaN, interval: [NaN, NaN] };
      expect(judge(nothing, threshold).outcome).toBe('open');
      expect(judge({ ...share(99, 100), interval: [NaN, NaN] }, threshold).outcome).toBe('open');
    }
  });

  it('never passes on fewer images what it does not pass on more of the same', () => {
    for (const samples of [10, 20, 50, 100, 200]) {
      if (judge(share(0, samples), atMost).outcome === 'pass')
        expect(judge(share(0, 2 * samples), atMost).outcome).toBe('pass');
    }
  });
});
