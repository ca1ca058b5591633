import type { Absence, Measurement, Threshold } from '../protocol/finding.ts';
import { wilson, type Interval } from './interval.ts';

/** What a measurement says of a threshold; `open` with the reason. */
export type Judgement =
  { readonly outcome: 'pass' | 'fail' } | { readonly outcome: 'open'; readonly absence: Absence };

/**
 * It passes if the value keeps to the limit and the whole interval to the reach; it fails if the whole interval is beyond the
 * limit. Between the two there is too little to tell: few images never make a pass (non-inferiority by the confidence
 * interval; Schuirmann 1987).
 * @param undecided what to say between the two, where it is not images that there are too few of
 */
export function judge(
  measurement: Measurement,
  threshold: Threshold,
  undecided?: Absence,
): Judgement {
  const outcome = outcomeOf(measurement, threshold);
  if (outcome === 'between')
    return { outcome: 'open', absence: undecided ?? tooFewImages(measurement, threshold) };
  if (outcome === 'pass' || threshold.beyond === 'fail') return { outcome };
  return { outcome: 'open', absence: nothingToCompareWith };
}

function outcomeOf(
  { value, interval }: Pick<Measurement, 'value' | 'interval'>,
  { direction, limit, reach }: Threshold,
): 'pass' | 'fail' | 'between' {
  const sign = direction === 'at-most' ? 1 : -1;
  const [near, far] = direction === 'at-most' ? interval : interval.toReversed();
  const beyond = (one: number, other: number): number => sign * (one - other);
  // In this order, so that what is not a number never passes.
  if (beyond(value, limit) <= 0 && beyond(far, reach) <= 0) return 'pass';
  return beyond(near, limit) > 0 ? 'fail' : 'between';
}

const nothingToCompareWith: Absence = {
  why: 'It is not clearly less than in the original, and without a model that never saw the class nobody can tell whether that was kept or comes of features that serve any class.',
  needs: 'A reference: a model trained in the same way without the erased class.',
  costs: 'One training of the model from the start, on the images of the classes to keep.',
};

function tooFewImages(measurement: Measurement, threshold: Threshold): Absence {
  const needed = samplesNeeded(measurement, threshold);
  return {
    why: 'There are too few images to tell on which side of the limit it is.',
    needs:
      needed === null
        ? 'Far more images than can be had: the value is right at the limit.'
        : `About ${String(needed)} images, if the value stays as it is.`,
    costs: 'Collecting and labelling them; computing takes longer in proportion.',
  };
}

const mostSamples = 1e7;

/** How many samples would decide, the value staying as it is, to two digits; null if more than ten million. */
function samplesNeeded(measurement: Measurement, threshold: Threshold): number | null {
  const { value, samples } = measurement;
  const isDecided = (count: number): boolean =>
    outcomeOf({ value, interval: intervalWith(measurement, count) }, threshold) !== 'between';
  if (!isDecided(mostSamples)) return null;
  let enough = 2 * samples;
  while (!isDecided(enough)) enough *= 2;
  let few = enough / 2;
  while (enough - few > 1) {
    const middle = Math.floor((enough + few) / 2);
    if (isDecided(middle)) enough = middle;
    else few = middle;
  }
  return Number(enough.toPrecision(2));
}

function intervalWith({ value, unit, interval, samples }: Measurement, count: number): Interval {
  if (unit === 'percent') return wilson((value / 100) * count, count);
  const narrower = Math.sqrt(samples / count);
  const [low, high] = interval.map((end) => value + (end - value) * narrower);
  return [low, high];
}
