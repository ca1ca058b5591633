import type Database from 'better-sqlite3';
import { z } from 'zod';
import { canonicalJson, parseCanonicalJson } from './canonical-json.ts';
import { LedgerFault, reasonOf } from './database.ts';
import {
  entryContentSchema,
  entryHash,
  noPrevious,
  sha256Schema,
  timeSchema,
  type Entry,
} from './entry.ts';
import { signatureHolds } from './signing.ts';

export function insert(database: Database.Database, entry: Entry): void {
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
      canonicalJson(entry.payload),
      entry.previous,
      entry.hash,
      entry.signature,
    );
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

/** One entry at a time, so that a reader never holds up a writer, and what is damaged stops only what comes after. */
export function* entriesOf(database: Database.Database, caseId?: string): Generator<Entry> {
  const ofCase = caseId === undefined ? '' : 'case_id = @caseId AND';
  const next = database.prepare(
    `SELECT * FROM entry WHERE ${ofCase} sequence > @last ORDER BY sequence LIMIT 1`,
  );
  let last = 0;
  for (;;) {
    let row: unknown;
    try {
      row = next.get(caseId === undefined ? { last } : { last, caseId });
    } catch (cause) {
      throw new LedgerFault(
        last + 1,
        `Entry ${String(last + 1)} cannot be read: the file is damaged there (${reasonOf(cause)}).`,
        { cause },
      );
    }
    if (row === undefined) return;
    const entry = entryOf(row);
    yield entry;
    last = entry.sequence;
  }
}

/** @throws LedgerFault for a row that no Lethe wrote */
function entryOf(row: unknown): Entry {
  const { sequence: at } = rowSchema.pick({ sequence: true }).loose().parse(row);
  const fields = rowSchema.safeParse(row);
  if (!fields.success) throw malformed(at, fields.error);
  const { sequence, time, kind, case_id, previous, hash, signature } = fields.data;
  const payload = parseCanonicalJson(fields.data.payload);
  if (payload === null) {
    throw new LedgerFault(
      sequence,
      `Entry ${String(sequence)} was changed: its content is no longer canonical JSON.`,
    );
  }
  const sealedAs = { sequence, time, previous, hash };
  if (entryHash({ ...sealedAs, kind, case: case_id, payload: payload.value }) !== hash) {
    throw new LedgerFault(
      sequence,
      `Entry ${String(sequence)} was changed after it was written: its content no longer gives its hash.`,
    );
  }
  const content = entryContentSchema.safeParse({ kind, case: case_id, payload: payload.value });
  if (!content.success) throw malformed(sequence, content.error);
  return { ...content.data, ...sealedAs, signature };
}

/** All entries, each checked against the one before and the key. @throws LedgerFault at the first bad one */
export function* chained(database: Database.Database, publicKey: string): Generator<Entry> {
  let last: Entry | null = null;
  for (const entry of entriesOf(database)) {
    const expected: number = (last?.sequence ?? 0) + 1;
    const name = `Entry ${String(entry.sequence)}`;
    if (entry.sequence !== expected) {
      throw new LedgerFault(
        expected,
        `Entry ${String(expected)} is missing: the next one is entry ${String(entry.sequence)}.`,
      );
    }
    if (entry.previous !== (last?.hash ?? noPrevious)) {
      throw new LedgerFault(
        expected,
        `${name} does not follow from the one before it, which was changed or replaced.`,
      );
    }
    if (
      !signatureHolds(publicKey, 'ledger-entry', Buffer.from(entry.hash, 'hex'), entry.signature)
    ) {
      throw new LedgerFault(
        expected,
        `${name} was not written by the holder of the ledger's key: its signature is wrong.`,
      );
    }
    if ((entry.kind === 'ledger-opened') !== (expected === 1)) {
      throw new LedgerFault(
        expected,
        `${name} opens a ledger, and only the first entry does that.`,
      );
    }
    yield entry;
    last = entry;
  }
}

export function lastEntryOf(database: Database.Database): Entry {
  const row = database.prepare('SELECT * FROM entry ORDER BY sequence DESC LIMIT 1').get();
  return entryOf(row);
}

function malformed(sequence: number, error: z.ZodError): LedgerFault {
  const where = error.issues[0]?.path.join('.') ?? '';
  return new LedgerFault(
    sequence,
    `Entry ${String(sequence)} does not have the form of an entry (at ${where === '' ? 'its top' : `“${where}”`}).`,
    { cause: error },
  );
}
