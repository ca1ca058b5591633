import type { Threshold } from '../protocol/finding.ts';
import type { Baselines } from './definition.ts';

/** In the finding's own unit. */
export interface TraceMargins {
  /** Within it, two models that were trained alike are taken for equal. */
  readonly reference: number;
  /** What is clearly less than in the original. */
  readonly original: number;
}

export interface TraceMargin {
  readonly margin: TraceMargins;
  /** Why the limit is what it is, beside a reference and without one. */
  readonly reason: (found: number, basis: 'reference' | 'original') => string;
}

/**
 * The limit for what can still be found of the erased classes: no more than in the reference. Without a reference it must at
 * least be clearly less than in the original; if it is not, nobody can tell whether it was kept or is what any model shows.
 */
export function traceLimit(
  { original, reference }: Baselines,
  { margin, reason }: TraceMargin,
): Threshold {
  const basis = reference === null ? 'original' : 'reference';
  const limit =
    reference === null ? original.value - margin.original : reference.value + margin.reference;
  return {
    direction: 'at-most',
    limit,
    reach: limit,
    beyond: reference === null ? 'open' : 'fail',
    basis,
    reason: reason((reference ?? original).value, basis),
  };
}
