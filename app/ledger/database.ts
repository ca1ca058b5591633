import Database from 'better-sqlite3';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { LedgerFault } from './ledger-fault.ts';
import { bringToForm, currentForm, isEmpty, requireForm } from './schema.ts';
import { keepWritersAway } from './writer-lock.ts';

export const databaseName = 'ledger.sqlite';

/**
 * Opens the file for writing, made when missing. Its durability is set anew each time, as SQLite forgets it, and read
 * back, as SQLite ignores what it does not know. One of an older form keeps it: see migration.ts.
 * @param fill writes the first rows of a new file, in the transaction that makes its tables
 */
export function openForWriting(
  path: string,
  fill: (database: Database.Database) => void,
): Database.Database {
  const database = new Database(path, { timeout: 2000 });
  try {
    const isNew = isEmpty(database);
    if (!isNew) requireForm(database);
    set(database, 'journal_mode', 'wal');
    set(database, 'synchronous', 2);
    set(database, 'trusted_schema', 0);
    set(database, 'recursive_triggers', 1);
    set(database, 'cell_size_check', 1);
    if (process.platform === 'darwin') {
      set(database, 'fullfsync', 1);
      set(database, 'checkpoint_fullfsync', 1);
    }
    if (isNew) {
      database
        .transaction(() => {
          bringToForm(database, currentForm);
          fill(database);
        })
        .immediate();
    }
    // What a writer that died left in the write-ahead file comes into the ledger's own file first.
    database.pragma('wal_checkpoint(PASSIVE)');
    return database;
  } catch (cause) {
    database.close();
    throw cause;
  }
}

/** A ledger's file as a reader has it. */
export interface ReadableDatabase<T> {
  readonly database: Database.Database;
  /** Of its tables: see schema.ts. */
  readonly form: number;
  /** Whether a writer was at work when it was opened. */
  readonly writerAtWork: boolean;
  /** What was seen of the file's bytes; null when a writer was at work. */
  readonly seen: T | null;
}

/**
 * Opens the file for reading, and changes nothing. Without a writer the file is read into memory, which leaves no
 * trace and works on write-protected media; only beside a writer, or after one died in the middle of an append, does
 * SQLite itself open it, as then the newest entries may still be in the write-ahead file.
 * @param look sees the file's bytes while no writer can come
 * @throws LedgerFault, SqliteError
 */
export function openForReading<T>(folder: string, look: (file: Buffer) => T): ReadableDatabase<T> {
  const path = join(folder, databaseName);
  const letWritersIn = keepWritersAway(folder);
  const writerAtWork = letWritersIn === null;
  try {
    const file = writerAtWork ? null : readFileSync(path);
    const seen = file && look(file);
    const walPath = `${path}-wal`;
    const walIsEmpty = !existsSync(walPath) || statSync(walPath).size === 0;
    const database =
      file === null || !walIsEmpty
        ? new Database(path, { readonly: true, fileMustExist: true, timeout: 2000 })
        : new Database(withoutWal(file), { readonly: true });
    try {
      set(database, 'trusted_schema', 0);
      set(database, 'cell_size_check', 1);
      return { database, form: requireForm(database), writerAtWork, seen };
    } catch (cause) {
      database.close();
      throw cause;
    }
  } finally {
    letWritersIn?.();
  }
}

/** A ledger's bytes, told to be no WAL database, as one in memory cannot be (SQLite, sqlite3_deserialize). */
function withoutWal(bytes: Buffer): Buffer {
  const [writeVersion, readVersion] = [18, 19];
  if (bytes.length > 0) {
    if (bytes[writeVersion] !== 2 || bytes[readVersion] !== 2) {
      throw new LedgerFault(
        null,
        "The ledger's file is damaged in its first page, or is no ledger.",
      );
    }
    bytes[writeVersion] = bytes[readVersion] = 1;
  }
  return bytes;
}

function set(database: Database.Database, pragma: string, value: number | string): void {
  database.pragma(`${pragma} = ${String(value)}`);
  const actual = database.pragma(pragma, { simple: true });
  if (actual !== value) {
    throw new LedgerFault(
      null,
      `SQLite keeps ${pragma} at ${String(actual)}, and ${String(value)} is needed.`,
    );
  }
}
