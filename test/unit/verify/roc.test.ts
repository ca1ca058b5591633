import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  areaUnderCurve,
  eitherWay,
  membersFoundAtOnePercent,
  pooledArea,
  pooledAreas,
} from '../../../engine/verify/roc.ts';

/** Of all pairs, the share in which the member scores higher. */
function counted(members: readonly number[], others: readonly number[]): number {
  const wins = members.flatMap((member) =>
    others.map((other) => (member === other ? 0.5 : Number(member > other))),
  );
  return wins.reduce((sum, win) => sum + win, 0) / wins.length;
}

const scores = fc.array(fc.constantFrom(-Infinity, -2, -1, 0, 1, 2, 3), {
  minLength: 1,
  maxLength: 30,
});

describe('the area under the curve', () => {
  it('is the share of pairs that are put in the right order, ties and infinities among them', () => {
    fc.assert(
      fc.property(scores, scores, (members, others) => {
        const { value, variance } = areaUnderCurve({ members, others });
        expect(value).toBeCloseTo(counted(members, others), 12);
        expect(variance).toBeGreaterThan(0);
      }),
    );
  });

  it('has the variance that DeLong gives where that is the larger', () => {
    const members = Array.from({ length: 50 }, (_, index) => (index < 25 ? -1 : 9));
    const others = Array.from({ length: 50 }, (_, index) => index % 9);
    // Every member stands above all of the others or below all of them: S10 = 25/98, and nothing of S01.
    expect(areaUnderCurve({ members, others }).variance).toBeCloseTo(25 / 98 / 50, 12);
  });

  it('has these variances for fewer members than others, too', () => {
    // Counted pair by pair: the variance of what each member comes to by its 6, plus that of each other one by its 12.
    const members = [3, 9, 2, 9, 1, 9];
    const others = [5, 4, 6, 5, 7, 2, 6, 5, 4, 8, 3, 6];
    expect(areaUnderCurve({ members, others }).variance).toBeCloseTo(0.0453247755, 9);
    // All told apart, Hanley and McNeil's at an area of 12/13.
    const below = Array.from({ length: 20 }, (_, index) => -index);
    const above = [5, 6, 7, 8, 9, 10];
    expect(areaUnderCurve({ members: above, others: below }).variance).toBeCloseTo(0.0061994928, 9);
  });

  it('is wide with few images, even where all are told apart', () => {
    const { interval } = eitherWay([areaUnderCurve({ members: [5, 6, 7], others: [1, 2] })]);
    expect(interval[0]).toBeLessThan(0.8);
  });

  it('comes to an end even with scores that are no numbers', () => {
    const { value } = areaUnderCurve({ members: [1, NaN, 3], others: [0, NaN] });
    expect(value).toBeGreaterThanOrEqual(0);
    expect(value).toBeLessThanOrEqual(1);
  });

  it('of several classes compares none with another', () => {
    const classes = [
      { members: [1, 2, 3, 4], others: [1, 2, 3, 4] },
      { members: [101, 102], others: [101, 102] },
    ];
    expect(pooledArea(classes).value).toBeCloseTo(0.5, 12);
  });

  it('of several classes counts each as much as it has others, and errs less than one of them', () => {
    const told = { members: [9], others: [1, 2, 3] };
    const untold = { members: [0, 0, 0], others: [1] };
    const [one, other] = [told, untold].map(areaUnderCurve);
    const pooled = pooledArea([told, untold]);
    expect(pooled.value).toBeCloseTo(0.75, 12);
    expect(pooled.variance).toBeCloseTo((9 * one.variance + other.variance) / 16, 12);
  });
});

it('a class that is told by opposites hides none that is told as it is', () => {
  const up = Array.from({ length: 30 }, (_, index) => index);
  const [asItIs, opposite] = [
    { members: up.map((score) => score + 40), others: up },
    { members: up, others: up.map((score) => score + 40) },
  ];
  expect(pooledArea([asItIs, opposite]).value).toBeCloseTo(0.5, 12);
  expect(pooledAreas([[asItIs], [opposite]])[0].value).toBeCloseTo(1, 12);
  // What may be chance is left as it is, and so is a class that two scores do not agree on.
  const chance = { members: [1, 2, 3], others: [2, 3, 4] };
  expect(pooledAreas([[chance]])[0].value).toBeCloseTo(pooledArea([chance]).value, 12);
  expect(pooledAreas([[asItIs, opposite]]).map(({ value }) => value)).toEqual([1, 0]);
});

describe('either way', () => {
  const variance = (0.02 / 1.96) ** 2;
  const inDigits = (ends: readonly number[]): number[] => ends.map((end) => Number(end.toFixed(3)));

  it('an attack counts as much as its opposite', () => {
    const { value, interval } = eitherWay([{ value: 0.4, variance }]);
    expect(value).toBeCloseTo(0.6, 12);
    expect(inDigits(interval)).toEqual([0.58, 0.62]);
    expect(inDigits(eitherWay([{ value: 0.49, variance }]).interval)).toEqual([0.5, 0.53]);
  });

  it('scores that agree tell what the least of them tells, and scores that do not, nothing', () => {
    const of = (...values: number[]): ReturnType<typeof eitherWay> =>
      eitherWay(values.map((value) => ({ value, variance })));
    expect(of(0.98, 0.7).value).toBeCloseTo(0.7, 12);
    expect(inDigits(of(0.98, 0.7).interval)).toEqual([0.68, 0.72]);
    expect(of(0.02, 0.3).value).toBeCloseTo(0.7, 12);
    expect(of(0.98, 0.1).value).toBe(0.5);
    expect(inDigits(of(0.98, 0.49).interval)).toEqual([0.5, 0.51]);
  });
});

describe('members found at 1% false alarms', () => {
  it('are those above all but one in a hundred of the others', () => {
    const others = Array.from({ length: 300 }, (_, index) => index);
    expect(membersFoundAtOnePercent([{ members: [295, 296, 297, 298], others }])).toBe(50);
  });

  it('are none where all scores are alike', () => {
    const others = new Array<number>(300).fill(0);
    expect(membersFoundAtOnePercent([{ members: [0, 0], others }])).toBe(0);
  });

  it('are never found by more than one false alarm in a hundred', () => {
    const others = Array.from({ length: 350 }, (_, index) => index);
    expect(membersFoundAtOnePercent([{ members: [345, 346, 347], others }])).toBeCloseTo(100 / 3);
  });

  it('cannot be told from fewer than 300 others', () => {
    const others = Array.from({ length: 299 }, (_, index) => index);
    expect(membersFoundAtOnePercent([{ members: [1], others }])).toBeNull();
  });
});
