import type { Thresholds } from '../protocol/finding.ts';
import type { ModelInfo } from '../protocol/protocol.ts';
import type { Comparison } from '../verify/definition.ts';

/** What is asked of a model, fixed before it is looked at. */
export interface Terms {
  readonly reference: ModelInfo | null;
  readonly thresholds: Thresholds;
}

/** With what they were fixed from. */
export interface FixedTerms {
  readonly comparison: Comparison;
  readonly terms: Terms;
}

/**
 * What was asked of the last trial. Methods that are compared on one model and the same images are asked the same, so that the
 * original and the reference are measured for the first of them only.
 */
export class LastTerms {
  #question: string | null = null;
  #fixed: FixedTerms | null = null;

  /** @param question all that the terms follow from */
  recall(question: string): FixedTerms | null {
    return question === this.#question ? this.#fixed : null;
  }

  keep(question: string, fixed: FixedTerms): void {
    this.#question = question;
    this.#fixed = fixed;
  }
}
