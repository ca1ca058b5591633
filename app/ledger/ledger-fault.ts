import Database from 'better-sqlite3';
import { ProblemError } from '../../engine/protocol/problem.ts';

/** Why a file is no ledger that can be trusted or used, as a sentence. */
export class LedgerFault extends Error {
  /** Sequence of the first bad entry; null when the fault is the file's. */
  readonly entry: number | null;

  constructor(entry: number | null, sentence: string, options?: ErrorOptions) {
    super(sentence, options);
    this.name = 'LedgerFault';
    this.entry = entry;
  }
}

/** What SQLite says went wrong, in its own terms. */
export function reasonOf(thrown: unknown): string {
  return thrown instanceof Database.SqliteError ? thrown.code : String(thrown);
}

export function toFault(thrown: unknown): LedgerFault {
  if (thrown instanceof LedgerFault) return thrown;
  const reason = reasonOf(thrown);
  const sentence = /CORRUPT|NOTADB/.test(reason)
    ? `The ledger's file is damaged, or no ledger (${reason}).`
    : `The ledger could not be used (${reason}). See that its folder can be reached and written, and that its disk is not full.`;
  return new LedgerFault(null, sentence, { cause: thrown });
}

export function toProblemError(thrown: unknown): ProblemError {
  if (thrown instanceof ProblemError) return thrown;
  const { message, cause } = toFault(thrown);
  const detail = cause instanceof Error ? (cause.stack ?? cause.message) : '';
  return new ProblemError('ledger-failed', message, detail, { cause: thrown });
}

/** Runs what a caller outside this folder asked for: whatever it throws becomes a ProblemError. */
export function orProblem<T>(action: () => T): T {
  try {
    return action();
  } catch (thrown) {
    throw toProblemError(thrown);
  }
}
