import { ofTheMethod, type Trial } from '../../../app/comparison/comparison.ts';
import { ProblemError, type ProblemCode } from '../../../engine/protocol/problem.ts';

/** What came of a run; it is not repeated. */
export type Outcome =
  | { readonly trial: Trial; readonly problem: null }
  /** It failed, and would again: in a sentence, why. */
  | { readonly trial: null; readonly problem: string };

/**
 * What is the method's or the data's, and comes out the same however often it is tried. Everything else – an engine that
 * died, a full disk, a lost accelerator, a wrong path – says nothing about a method, and would stand in the record as if it
 * did.
 */
const lasting: ReadonlySet<ProblemCode> = new Set([
  ...ofTheMethod,
  // The model that was retrained is no measure for the others.
  'unfit-reference',
]);

/** @throws whatever `run` throws that is no finding about the method or the data */
export async function outcomeOf(run: () => Promise<Trial>): Promise<Outcome> {
  try {
    return { trial: await run(), problem: null };
  } catch (error) {
    if (!(error instanceof ProblemError) || !lasting.has(error.problem.code)) throw error;
    return { trial: null, problem: error.message };
  }
}
