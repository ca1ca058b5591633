import Database from 'better-sqlite3';
import { LedgerFault } from './ledger-fault.ts';

/*
 * The tables of a ledger. `user_version` is the number of its form; each form is the one before and some statements more.
 * Triggers keep Lethe itself from changing what is only ever appended to; others they do not stop, and verification does.
 */

/** "Leth". */
const applicationId = 0x4c657468;

const forms: readonly (readonly string[])[] = [
  [
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
  ],
  [
    'CREATE INDEX entry_by_kind ON entry (kind)',
    // The Merkle tree: see merkle-tree.ts for what is at which place.
    `CREATE TABLE node (
    place INTEGER PRIMARY KEY,
    hash BLOB NOT NULL
  ) STRICT`,
    `CREATE TRIGGER node_in_place BEFORE INSERT ON node
    WHEN NEW.place IS NOT (SELECT coalesce(max(place), -1) + 1 FROM node)
    BEGIN SELECT RAISE(ABORT, 'nodes are only appended'); END`,
    `CREATE TRIGGER node_not_changed BEFORE UPDATE ON node
    BEGIN SELECT RAISE(ABORT, 'nodes are never changed'); END`,
    `CREATE TRIGGER node_not_removed BEFORE DELETE ON node
    BEGIN SELECT RAISE(ABORT, 'nodes are never removed'); END`,
    // One row: the ledger's signature over all there is.
    `CREATE TABLE checkpoint (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    note TEXT NOT NULL
  ) STRICT`,
  ],
];

/** The form that this Lethe writes. */
export const currentForm = forms.length;

/** Makes what a database lacks of a form. */
export function bringToForm(database: Database.Database, form: number): void {
  const present = isEmpty(database) ? 0 : numberOf(database, 'user_version');
  for (const statement of forms.slice(present, form).flat()) database.exec(statement);
  database.pragma(`application_id = ${String(applicationId)}`);
  database.pragma(`user_version = ${String(form)}`);
}

/**
 * @returns the form of a ledger
 * @throws LedgerFault for what is no ledger, or not one as Lethe makes it
 */
export function requireForm(database: Database.Database): number {
  if (isEmpty(database)) {
    throw new LedgerFault(null, 'The ledger holds nothing yet: Lethe stopped while making it.');
  }
  if (numberOf(database, 'application_id') !== applicationId) {
    throw new LedgerFault(null, 'The file is a database, but not a ledger of Lethe.');
  }
  const form = numberOf(database, 'user_version');
  if (form < 1 || form > currentForm) {
    throw new LedgerFault(
      null,
      `The ledger has form ${String(form)}, and this Lethe knows forms up to ${String(currentForm)}. A newer Lethe wrote it; use that.`,
    );
  }
  const model = new Database(':memory:');
  try {
    bringToForm(model, form);
    if (schemaOf(database) !== schemaOf(model)) {
      throw new LedgerFault(
        null,
        "The ledger's tables or the triggers that protect them were changed: it is not as Lethe made it.",
      );
    }
  } finally {
    model.close();
  }
  return form;
}

export function isEmpty(database: Database.Database): boolean {
  return (
    numberOf(database, 'application_id') === 0 &&
    numberOf(database, 'user_version') === 0 &&
    schemaOf(database) === '[]'
  );
}

function schemaOf(database: Database.Database): string {
  const all = database
    .prepare('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name')
    .all();
  return JSON.stringify(all);
}

function numberOf(database: Database.Database, pragma: string): number {
  return Number(database.pragma(pragma, { simple: true }));
}
