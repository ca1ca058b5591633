import Database from 'better-sqlite3';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ProblemError } from '../../engine/protocol/problem.ts';

/*
 * An exclusive transaction on an empty SQLite file: the system drops it with the process, however that ends, so a
 * ledger is never left locked by a writer that is gone.
 */

const lockName = 'writer.lock';

/** How long a writer waits for readers that are copying the ledger, milliseconds. */
const patience = 1000;

/**
 * Makes this process the ledger's one writer.
 * @returns the release
 * @throws ProblemError `ledger-failed` when there is one already
 */
export function lockForWriting(folder: string): () => void {
  const database = new Database(join(folder, lockName), { timeout: patience });
  try {
    database.pragma('journal_mode = MEMORY');
    database.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    database.close();
    if (!isBusy(cause)) throw cause;
    throw new ProblemError(
      'ledger-failed',
      'Another Lethe is at work on this ledger. Wait until it is done, or close it, and try again.',
      `locked: ${join(folder, lockName)}`,
      { cause },
    );
  }
  return () => {
    database.close();
  };
}

/**
 * Keeps writers away for a moment.
 * @returns the release, or null when a writer is at work
 */
export function keepWritersAway(folder: string): (() => void) | null {
  const path = join(folder, lockName);
  // A copy of a ledger, made for an auditor say, has no lock file and no writer.
  if (!existsSync(path)) return () => undefined;
  const database = new Database(path, { readonly: true, timeout: 0 });
  try {
    database.exec('BEGIN');
    database.prepare('SELECT 1 FROM sqlite_schema').all();
  } catch (cause) {
    database.close();
    if (isBusy(cause)) return null;
    throw cause;
  }
  return () => {
    database.close();
  };
}

function isBusy(thrown: unknown): boolean {
  return thrown instanceof Database.SqliteError && thrown.code.startsWith('SQLITE_BUSY');
}
