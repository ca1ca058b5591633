import { ProblemError, type Problem } from '../engine/protocol/problem.ts';

/** The problem that an action ends in. Fails the test where it ends otherwise. */
export function problemOf(action: () => unknown): Problem {
  try {
    action();
  } catch (thrown) {
    if (thrown instanceof ProblemError) return thrown.problem;
    throw thrown;
  }
  throw new Error('There was no problem.');
}

export async function problemOfAsync(action: () => Promise<unknown>): Promise<Problem> {
  try {
    await action();
  } catch (thrown) {
    if (thrown instanceof ProblemError) return thrown.problem;
    throw thrown;
  }
  throw new Error('There was no problem.');
}
