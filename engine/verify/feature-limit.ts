import { percentText } from '../protocol/figure-text.ts';
import type { Threshold } from '../protocol/finding.ts';
import { type Baselines } from './definition.ts';

/** Points of percent within which two models that were trained alike are taken for equal. */
export interface FeatureMargin {
  readonly points: number;
  /** What is found, as it follows "a model retrained without the class": "lets 71.0% be found". */
  readonly what: string;
}

/**
 * The limit for what can still be found of the erased classes in the features: no more than in the reference. Without a
 * reference it must at least be clearly less than in the original; if it is not, nobody can tell whether it was kept or comes of
 * features that serve any class.
 */
export function featureLimit(
  { original, reference }: Baselines,
  { points, what }: FeatureMargin,
): Threshold {
  const found = reference ?? original;
  const limit = reference === null ? original.value - points : reference.value + points;
  return {
    direction: 'at-most',
    limit,
    reach: limit,
    beyond: reference === null ? 'open' : 'fail',
    basis: reference === null ? 'original' : 'reference',
    reason:
      reference === null
        ? `${what} recovers ${percentText(found.value)} from the original. How much general knowledge of images would recover without the class, only a retrained model could tell; clearly less than the original, by ${String(points)} points, is the least.`
        : `${what} recovers ${percentText(found.value)} from a model retrained without the class, whose features serve any image. ${String(points)} points are granted, since two such models differ.`,
  };
}
