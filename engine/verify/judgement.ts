import type { Absence, Measurement, Threshold } from '../protocol/finding.ts';

/** What a measurement says of a threshold; `open` with the reason. */
export type Judgement =
  { readonly outcome: 'pass' | 'fail' } | { readonly outcome: 'open'; readonly absence: Absence };

/**
 * It passes if the value keeps to the limit and the whole interval to the reach; it fails if the whole interval is beyond the
 * limit. Between the two there is too little to tell: few images never make a pass (non-inferiority by the confidence
 * interval; Schuirmann 1987).
 */
export function judge(measurement: Measurement, threshold: Threshold): Judgement {
  const { value, interval, samples } = measurement;
  const { direction, limit, reach } = threshold;
  const sign = direction === 'at-most' ? 1 : -1;
  const [near, far] = direction === 'at-most' ? interval : interval.toReversed();
  const isBeyond = (one: number, other: number): boolean => sign * (one - other) > 0;
  if (!isBeyond(value, limit) && !isBeyond(far, reach)) return { outcome: 'pass' };
  if (isBeyond(near, limit)) {
    return threshold.beyond === 'fail'
      ? { outcome: 'fail' }
      : { outcome: 'open', absence: nothingToCompareWith };
  }
  const [half, room] = isBeyond(value, limit)
    ? [Math.abs(value - near), Math.abs(value - limit)]
    : [Math.abs(far - value), Math.abs(reach - value)];
  return { outcome: 'open', absence: tooFew(samples * (half / room) ** 2) };
}

const nothingToCompareWith: Absence = {
  why: 'It is not clearly less than in the original, and without a model that never saw the class nobody can tell whether that was kept or comes of features that serve any class.',
  needs: 'A reference: a model trained in the same way without the erased class.',
  costs: 'One training of the model from the start, on the images of the classes to keep.',
};

/** @param needed samples, if the value stays as it is: the interval's width falls with their square root */
function tooFew(needed: number): Absence {
  const rounded = Number(needed.toPrecision(2));
  return {
    why: 'There are too few images to tell on which side of the limit it is.',
    needs:
      needed < 1e7
        ? `About ${String(Math.ceil(rounded))} images, if the value stays as it is.`
        : 'Far more images than can be had: the value is right at the limit.',
    costs: 'Collecting and labelling them; computing takes longer in proportion.',
  };
}
