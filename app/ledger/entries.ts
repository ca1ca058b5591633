import type Database from 'better-sqlite3';
import { z } from 'zod';
import {
  entryContentSchema,
  entryHash,
  recordOf,
  sha256Schema,
  timeSchema,
  type Entry,
} from './entry.ts';
import { LedgerFault, reasonOf } from './ledger-fault.ts';

/* The rows of the table of entries. */

/** An entry, and itself in full as canonical JSON. */
export interface StoredEntry {
  readonly entry: Entry;
  readonly record: string;
}

/** Stores entries. @returns them in full as canonical JSON */
export function entryInserter(
  database: Database.Database,
): (entry: Entry, payload: string) => string {
  const insert = database.prepare(
    `INSERT INTO entry (sequence, time, kind, case_id, payload, previous, hash, signature)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  return (entry, payload) => {
    const { sequence, time, kind, previous, hash, signature } = entry;
    insert.run(sequence, time, kind, entry.case, payload, previous, hash, signature);
    return recordOf(entry, payload);
  };
}

const rowSchema = z.strictObject({
  sequence: z.int().positive(),
  time: timeSchema,
  kind: z.string(),
  case_id: z.string().nullable(),
  payload: z.string(),
  previous: sha256Schema,
  hash: sha256Schema,
  signature: z.string().regex(/^[0-9a-f]{128}$/),
});

const sequenceSchema = rowSchema.pick({ sequence: true }).loose();

/** Which entries. */
export interface EntryFilter {
  readonly case?: string | undefined;
  readonly kind?: string | undefined;
}

const rowsAtOnce = 200;

/**
 * In order, oldest first. A few at a time, so that a reader never holds up a writer; where the file is damaged one at a
 * time, so that what is damaged stops only what comes after.
 */
export function* entriesOf(
  database: Database.Database,
  filter: EntryFilter = {},
): Generator<StoredEntry> {
  const [condition, values] = conditionOf(filter);
  const next = database.prepare(
    `SELECT * FROM entry WHERE sequence > @last ${condition} ORDER BY sequence LIMIT @limit`,
  );
  let [last, limit] = [0, rowsAtOnce];
  for (;;) {
    let rows: unknown[];
    try {
      rows = next.all({ ...values, last, limit });
    } catch (cause) {
      if (limit > 1) {
        limit = 1;
        continue;
      }
      throw new LedgerFault(
        last + 1,
        `Entry ${String(last + 1)} cannot be read: the file is damaged there (${reasonOf(cause)}).`,
        { cause },
      );
    }
    if (rows.length === 0) return;
    for (const row of rows) {
      const stored = entryOf(row);
      yield stored;
      last = stored.entry.sequence;
    }
  }
}

/** The newest entries before one, newest first. */
export function entriesBefore(
  database: Database.Database,
  before: number,
  count: number,
  filter: EntryFilter,
): StoredEntry[] {
  const [condition, values] = conditionOf(filter);
  return database
    .prepare(
      `SELECT * FROM entry WHERE sequence < @before ${condition} ORDER BY sequence DESC LIMIT @count`,
    )
    .all({ ...values, before, count })
    .map(entryOf);
}

/** @returns null when there is none */
export function entryAt(database: Database.Database, sequence: number): StoredEntry | null {
  const row = database.prepare('SELECT * FROM entry WHERE sequence = ?').get(sequence);
  return row === undefined ? null : entryOf(row);
}

/** Times of entries as they were written, null for those that there are not. */
export function timeReader(database: Database.Database): (sequence: number) => string | null {
  const select = database.prepare('SELECT time FROM entry WHERE sequence = ?').pluck();
  return (sequence) => {
    const time = select.get(sequence);
    return typeof time === 'string' ? time : null;
  };
}

/** Of the last entry; 0 when there is none. */
export function lastSequenceOf(database: Database.Database): number {
  const last = database.prepare('SELECT max(sequence) FROM entry').pluck().get();
  return typeof last === 'number' ? last : 0;
}

function conditionOf(filter: EntryFilter): [string, Record<string, string>] {
  const conditions: string[] = [];
  const values: Record<string, string> = {};
  if (filter.case !== undefined) {
    conditions.push('AND case_id = @case');
    values.case = filter.case;
  }
  if (filter.kind !== undefined) {
    conditions.push('AND kind = @kind');
    values.kind = filter.kind;
  }
  return [conditions.join(' '), values];
}

/** @throws LedgerFault for a row that no Lethe wrote */
function entryOf(row: unknown): StoredEntry {
  const fields = rowSchema.safeParse(row);
  if (!fields.success) throw malformed(sequenceSchema.parse(row).sequence, fields.error);
  const { sequence, time, kind, case_id, payload, previous, hash, signature } = fields.data;
  const frame = { sequence, time, previous, hash, signature };
  if (entryHash({ ...frame, kind, case: case_id }, payload) !== hash) {
    throw new LedgerFault(
      sequence,
      `Entry ${String(sequence)} was changed after it was written: its content no longer gives its hash.`,
    );
  }
  const content = entryContentSchema.safeParse({
    kind,
    case: case_id,
    payload: parsed(payload),
  });
  if (!content.success) throw malformed(sequence, content.error);
  const entry = { ...content.data, ...frame };
  return { entry, record: recordOf(entry, payload) };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function malformed(sequence: number, error: z.ZodError): LedgerFault {
  const where = error.issues[0]?.path.join('.') ?? '';
  return new LedgerFault(
    sequence,
    `Entry ${String(sequence)} does not have the form of an entry (at ${where === '' ? 'its top' : `“${where}”`}).`,
    { cause: error },
  );
}
