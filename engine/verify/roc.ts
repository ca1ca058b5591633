import { z95, type Interval } from './interval.ts';

/** Scores of one class's training images (`members`) and unseen images (`others`); higher means "a member". */
export interface Scores {
  readonly members: readonly number[];
  readonly others: readonly number[];
}

export interface Area {
  /** Under the ROC curve: the chance that a member has the higher score, ties counted half. */
  readonly value: number;
  readonly variance: number;
}

/**
 * The area under the ROC curve with its variance by DeLong et al. (1988), from midranks (Sun and Xu 2014). Where that
 * variance is smaller than Hanley and McNeil's (1982), as it is at 0, at 1 and among ties, theirs is taken.
 * @param scores at least one of each; −∞ is a score like another
 */
export function areaUnderCurve({ members, others }: Scores): Area {
  const [m, n] = [members.length, others.length];
  const all = midranks([...members, ...others]);
  const placesOfMembers = midranks(members).map((rank, index) => (all[index] - rank) / n);
  const placesOfOthers = midranks(others).map((rank, index) => 1 - (all[m + index] - rank) / m);
  const value = placesOfMembers.reduce((sum, place) => sum + place, 0) / m;
  const deLong =
    sampleVariance(placesOfMembers, value) / m + sampleVariance(placesOfOthers, value) / n;
  return { value, variance: Math.max(deLong, hanleyMcNeil(value, m, n)) };
}

/** Areas of several classes as one, each weighted by its images: classes are never compared with one another. */
export function pooledArea(classes: readonly Scores[]): Area {
  return weighted(
    classes.map((scores) => ({ area: areaUnderCurve(scores), weight: scores.others.length })),
  );
}

/**
 * {@link pooledArea} of every score. A class whose images all scores certainly tell by their opposites counts by these: else it
 * would hide another one that they tell as they are.
 * @param classes of each class the same scores, in the same order
 */
export function pooledAreas(classes: readonly (readonly Scores[])[]): Area[] {
  const turned = classes.map((ofClass) => {
    const areas = ofClass.map(areaUnderCurve);
    const isOpposite = areas.every(
      ({ value, variance }) => value + z95 * Math.sqrt(variance) < 0.5,
    );
    return isOpposite ? areas.map((area) => ({ ...area, value: 1 - area.value })) : areas;
  });
  return classes[0].map((_, score) =>
    weighted(
      turned.map((areas, index) => ({
        area: areas[score],
        weight: classes[index][score].others.length,
      })),
    ),
  );
}

function weighted(parts: readonly { readonly area: Area; readonly weight: number }[]): Area {
  const total = parts.reduce((sum, { weight }) => sum + weight, 0);
  return {
    value: parts.reduce((sum, { area, weight }) => sum + (weight / total) * area.value, 0),
    variance: parts.reduce(
      (sum, { area, weight }) => sum + (weight / total) ** 2 * area.variance,
      0,
    ),
  };
}

/**
 * An attacker may as well use the opposite of a score, so that only the distance from 0.5 counts. Of several scores, what the
 * least of them tells: they have to agree, all as they are or all by their opposites.
 * @param areas one at least
 * @param z the normal distribution's two-sided point, of 95% unless another is given
 * @returns 0.5 to 1, with the interval that it then has
 */
export function eitherWay(areas: readonly Area[], z = z95): { value: number; interval: Interval } {
  const values = areas.map(({ value }) => value);
  const lows = areas.map(({ value, variance }) => value - z * Math.sqrt(variance));
  const highs = areas.map(({ value, variance }) => value + z * Math.sqrt(variance));
  const stronger = (asItIs: number, opposite: number): number =>
    Math.min(1, Math.max(0.5, asItIs, opposite));
  return {
    value: stronger(Math.min(...values), 1 - Math.max(...values)),
    interval: [
      stronger(Math.min(...lows), 1 - Math.max(...highs)),
      stronger(Math.min(...highs), 1 - Math.max(...lows)),
    ],
  };
}

/**
 * How many members an attacker finds who may be wrong of 1% of the others (Carlini et al. 2022).
 * @returns percent; null where 1% of the others is not three images
 */
export function membersFoundAtOnePercent(classes: readonly Scores[]): number | null {
  let [found, members] = [0, 0];
  for (const scores of classes) {
    if (scores.others.length < 300) return null;
    const allowed = Math.floor(scores.others.length / 100);
    const bar = scores.others.toSorted((a, b) => b - a)[allowed];
    found += scores.members.filter((score) => score > bar).length;
    members += scores.members.length;
  }
  return (100 * found) / members;
}

function midranks(values: readonly number[]): number[] {
  const order = [...values.keys()].sort((a, b) => compare(values[a], values[b]));
  const ranks = new Array<number>(values.length);
  for (let start = 0; start < order.length;) {
    // Also past what is equal to nothing, itself included.
    let end = start + 1;
    while (end < order.length && values[order[end]] === values[order[start]]) end++;
    for (let at = start; at < end; at++) ranks[order[at]] = (start + 1 + end) / 2;
    start = end;
  }
  return ranks;
}

/** Of numbers that may be infinite, whose difference is not a number. */
function compare(a: number, b: number): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function sampleVariance(values: readonly number[], mean: number): number {
  if (values.length < 2) return 0;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}

function hanleyMcNeil(area: number, m: number, n: number): number {
  // At 0 and 1 the formula gives nothing; half an image's worth away it gives what so few images can tell.
  const margin = 1 / (2 * Math.min(m, n) + 1);
  const a = Math.min(1 - margin, Math.max(margin, area));
  const q1 = a / (2 - a);
  const q2 = (2 * a ** 2) / (1 + a);
  return (a * (1 - a) + (m - 1) * (q1 - a ** 2) + (n - 1) * (q2 - a ** 2)) / (m * n);
}
