import type { ProblemCode } from '../../engine/protocol/problem.ts';

/** What `lethe` exits with. Documented in the README and in `lethe --help`. */
export const exitCodes = {
  done: 0,
  /** A check found something wrong: the ledger or a certificate does not verify, or a model did not forget. */
  checkFailed: 1,
  /** The command or what it was given cannot be used; nothing was written. */
  badInput: 2,
  /** A run failed after it had started; the ledger says so, the original model is as it was. */
  runFailed: 3,
  /** A verdict could not be given: too little was measured, or could be. */
  inconclusive: 4,
  /** Stopped by the user; the ledger says so, the original model is as it was. */
  cancelled: 130,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Failures of the machine or of Lethe rather than of what was asked. */
const failures: ReadonlySet<ProblemCode> = new Set([
  'accelerator-lost',
  'disk-failed',
  'diverged',
  'engine-died',
  'engine-silent',
  'internal',
  'ledger-failed',
  'out-of-memory',
]);

export function exitCodeOf(code: ProblemCode): ExitCode {
  if (code === 'cancelled') return exitCodes.cancelled;
  return failures.has(code) ? exitCodes.runFailed : exitCodes.badInput;
}
