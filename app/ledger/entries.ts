import type Database from 'better-sqlite3';
import { z } from 'zod';
import { canonicalJson } from './canonical-json.ts';
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

/** @returns it as it was stored */
export function insert(database: Database.Database, entry: Entry): StoredEntry {
  const payload = canonicalJson(entry.payload);
  database
    .prepare(
      `INSERT INTO entry (sequence, time, kind, case_id, payload, previous, hash, signature)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      entry.sequence,
      entry.time,
      entry.kind,
      entry.case,
      payload,
      entry.previous,
      entry.hash,
      entry.signature,
    );
  return { entry, record: recordOf(entry, payload) };
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
  const { sequence: at } = rowSchema.pick({ sequence: true }).loose().parse(row);
  const fields = rowSchema.safeParse(row);
  if (!fields.success) throw malformed(at, fields.error);
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
