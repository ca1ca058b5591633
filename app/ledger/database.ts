import Database from 'better-sqlite3';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { keepWritersAway } from './writer-lock.ts';

export const databaseName = 'ledger.sqlite';

/** "Leth". */
const applicationId = 0x4c657468;
const schemaVersion = 1;

const schema = [
  `CREATE TABLE entry (
    sequence INTEGER PRIMARY KEY,
    time TEXT NOT NULL,
    kind TEXT NOT NULL,
    case_id TEXT,
    payload TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL,
    signature TEXT NOT NULL
  ) STRICT`,
  'CREATE INDEX entry_by_case ON entry (case_id)',
  `CREATE TRIGGER entry_in_sequence BEFORE INSERT ON entry
    WHEN NEW.sequence IS NOT (SELECT coalesce(max(sequence), 0) + 1 FROM entry)
    BEGIN SELECT RAISE(ABORT, 'entries are only appended'); END`,
  `CREATE TRIGGER entry_not_changed BEFORE UPDATE ON entry
    BEGIN SELECT RAISE(ABORT, 'entries are never changed'); END`,
  `CREATE TRIGGER entry_not_removed BEFORE DELETE ON entry
    BEGIN SELECT RAISE(ABORT, 'entries are never removed'); END`,
];

/** Why a file is no ledger that can be trusted, as a sentence. */
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

/**
 * Opens the file for writing, made when missing. Its durability is set anew each time, as SQLite forgets it, and read
 * back, as SQLite ignores what it does not know.
 * @param fill writes the first rows of a new file, in the transaction that makes its tables
 */
export function openForWriting(
  path: string,
  fill: (database: Database.Database) => void,
): Database.Database {
  const database = new Database(path, { timeout: 2000 });
  try {
    const isNew = isEmpty(database);
    if (!isNew) requireLedger(database);
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
          makeSchema(database);
          fill(database);
        })
        .immediate();
    }
    return database;
  } catch (cause) {
    database.close();
    throw cause;
  }
}

/** A ledger's file as a reader has it. */
export interface ReadableDatabase {
  readonly database: Database.Database;
  /** Whether a writer was at work when it was opened. */
  readonly writerAtWork: boolean;
}

/**
 * Opens the file for reading, and changes nothing. Without a writer the file is read into memory, which leaves no
 * trace and works on write-protected media; only beside a writer, or after one died in the middle of an append, does
 * SQLite itself open it, as then the newest entries may still be in the write-ahead file.
 * @throws LedgerFault, SqliteError
 */
export function openForReading(folder: string): ReadableDatabase {
  const path = join(folder, databaseName);
  const letWritersIn = keepWritersAway(folder);
  const writerAtWork = letWritersIn === null;
  try {
    const walPath = `${path}-wal`;
    const walIsEmpty = !existsSync(walPath) || statSync(walPath).size === 0;
    const database =
      writerAtWork || !walIsEmpty
        ? new Database(path, { readonly: true, fileMustExist: true, timeout: 2000 })
        : new Database(readWhole(path), { readonly: true });
    try {
      set(database, 'trusted_schema', 0);
      set(database, 'cell_size_check', 1);
      requireLedger(database);
    } catch (cause) {
      database.close();
      throw cause;
    }
    return { database, writerAtWork };
  } finally {
    letWritersIn?.();
  }
}

/** The bytes of a ledger, told to be no WAL database, as one in memory cannot be (SQLite, sqlite3_deserialize). */
function readWhole(path: string): Buffer {
  const bytes = readFileSync(path);
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

function requireLedger(database: Database.Database): void {
  if (isEmpty(database)) {
    throw new LedgerFault(null, 'The ledger holds nothing yet: Lethe stopped while making it.');
  }
  if (numberOf(database, 'application_id') !== applicationId) {
    throw new LedgerFault(null, 'The file is a database, but not a ledger of Lethe.');
  }
  const version = numberOf(database, 'user_version');
  if (version !== schemaVersion) {
    throw new LedgerFault(
      null,
      `The ledger has form ${String(version)}, and this Lethe knows form ${String(schemaVersion)}.`,
    );
  }
  const model = new Database(':memory:');
  try {
    makeSchema(model);
    if (schemaOf(database) !== schemaOf(model)) {
      throw new LedgerFault(
        null,
        "The ledger's table or the triggers that protect it were changed: it is not as Lethe made it.",
      );
    }
  } finally {
    model.close();
  }
}

function isEmpty(database: Database.Database): boolean {
  return (
    numberOf(database, 'application_id') === 0 &&
    numberOf(database, 'user_version') === 0 &&
    schemaOf(database) === '[]'
  );
}

function makeSchema(database: Database.Database): void {
  for (const statement of schema) database.exec(statement);
  set(database, 'application_id', applicationId);
  set(database, 'user_version', schemaVersion);
}

function schemaOf(database: Database.Database): string {
  return JSON.stringify(database.prepare('SELECT * FROM sqlite_schema ORDER BY rowid').all());
}

function numberOf(database: Database.Database, pragma: string): unknown {
  return database.pragma(pragma, { simple: true });
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
