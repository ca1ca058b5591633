import type { Threshold } from '../protocol/finding.ts';
import type { Baselines } from './definition.ts';

/** In the finding's own unit. */
export interface TraceMargins {
  /** Within it, two models that were trained alike are taken for equal. */
  readonly reference: number;
  /** What is clearly less than in the original. */
  readonly original: number;
  /** What the original and the reference may differ by through chance, no more than the margin beside the reference. */
  readonly chance: number;
}

export interface TraceMargin {
  readonly margin: TraceMargins;
  /**
   * Why the limit is what it is, beside a reference and without one.
   * @param granted the margin
   */
  readonly reason: (found: number, basis: 'reference' | 'original', granted: number) => string;
}

/**
 * The limit for what can still be found of the erased classes: no more than in the reference, but for a margin; and nearer to it
 * than to the original, where these differ by more than chance. Without a reference it must at
 * least be clearly less than in the original; if it is not, nobody can tell whether it was kept or is what any model shows.
 */
export function traceLimit(
  { original, reference }: Baselines,
  { margin, reason }: TraceMargin,
): Threshold {
  const basis = reference === null ? 'original' : 'reference';
  const granted =
    reference === null ? -margin.original : marginBeside(original.value - reference.value, margin);
  const found = (reference ?? original).value;
  const limit = found + granted;
  return {
    direction: 'at-most',
    limit,
    reach: limit,
    beyond: reference === null ? 'open' : 'fail',
    basis,
    reason: reason(found, basis, Math.abs(granted)),
  };
}

function marginBeside(difference: number, { reference, chance }: TraceMargins): number {
  return difference > chance ? Math.min(reference, difference / 2) : reference;
}
