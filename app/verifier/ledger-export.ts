import { parseCanonicalJson } from './canonical-json.ts';
import { isNoteSignedBy, parseCheckpoint, type Checkpoint } from './checkpoint.ts';
import { fromHex, equal, toHex } from './encoding.ts';
import {
  isEntryIncluded,
  isEntrySigned,
  isHashOwn,
  leafOf,
  originLine,
  type Entry,
  type ProvenEntry,
} from './ledger-record.ts';
import { GrowingTree } from './merkle-tree.ts';
import { misfit, type Schema } from './schema.ts';

/*
 * A ledger's export: lines of canonical JSON. The first has the checkpoint; each other one an entry and its proof
 * against that checkpoint. With all entries in it, everything can be worked out anew: the tree, and which key was in force when.
 */

/** A key of the ledger, in force from one entry on. */
export interface Key {
  readonly publicKey: string;
  /** Sequence of the first entry that it signs. */
  readonly from: number;
}

export interface LedgerExport {
  readonly checkpoint: Checkpoint;
  /** Only when all entries are there: all keys, the first one first, and the root of the tree at each size asked for. */
  readonly whole: {
    readonly keys: readonly Key[];
    readonly roots: ReadonlyMap<number, Uint8Array>;
  } | null;
  /** The entries of the case asked for. */
  readonly entries: readonly Entry[];
}

/** What is wrong with an export, and in which line, from 1. */
export interface ExportFault {
  readonly line: number;
  readonly wrong:
    | 'form'
    | 'origin'
    | 'order'
    | 'hash'
    | 'proof'
    | 'previous'
    | 'key'
    | 'signature'
    | 'root'
    | 'checkpoint-signature';
}

export interface Wanted {
  /** The ledger's: 32 hexadecimal digits. */
  readonly origin: string;
  readonly caseId: string;
  /** Sizes of earlier trees. */
  readonly sizes: readonly number[];
}

const hexadecimal = (digits: number): Schema => ({
  type: 'string',
  pattern: `^[0-9a-f]{${String(digits)}}$`,
});

const lineSchema: Schema = {
  type: 'object',
  required: ['entry', 'index', 'path'],
  properties: {
    entry: {
      type: 'object',
      required: ['case', 'hash', 'kind', 'payload', 'previous', 'sequence', 'signature', 'time'],
      properties: {
        case: { type: ['string', 'null'] },
        hash: hexadecimal(64),
        kind: { type: 'string' },
        payload: { type: 'object' },
        previous: hexadecimal(64),
        sequence: { type: 'integer', minimum: 1 },
        signature: hexadecimal(128),
        time: { type: 'string' },
      },
      additionalProperties: false,
    },
    index: { type: 'integer', minimum: 0 },
    path: { type: 'array', items: hexadecimal(64) },
  },
  additionalProperties: false,
};

/** How many signatures are checked at a time. */
const atOnce = 512;

/** @throws NoEd25519 */
export async function readExport(
  lines: AsyncIterable<string> | Iterable<string>,
  { origin, caseId, sizes }: Wanted,
): Promise<LedgerExport | ExportFault> {
  let line = 0;
  let checkpoint: Checkpoint | null = null;
  let last = 0;
  // As long as no entry is missing.
  let history: History | null = new History(origin);
  const entries: Entry[] = [];
  const roots = new Map<number, Uint8Array>();
  for await (const text of lines) {
    line += 1;
    const fault = (wrong: ExportFault['wrong']): ExportFault => ({ line, wrong });
    const content = parseCanonicalJson(text);
    if (checkpoint === null) {
      checkpoint = content === null ? null : checkpointIn(content.value);
      if (checkpoint === null) return fault('form');
      if (checkpoint.origin !== originLine(origin)) return fault('origin');
      continue;
    }
    const proven = content?.value;
    if (!isLine(proven)) return fault('form');
    const { entry } = proven;
    if (entry.sequence <= last) return fault('order');
    if (!isHashOwn(entry)) return fault('hash');
    if (!isEntryIncluded(proven, checkpoint)) return fault('proof');
    last = entry.sequence;
    if (entry.case === caseId) entries.push(entry);
    if (history?.size !== entry.sequence - 1) history = null;
    if (history === null) continue;
    const wrong = await history.add(entry);
    if (wrong !== null) return fault(wrong);
    if (sizes.includes(history.size)) roots.set(history.size, history.root());
  }
  if (checkpoint === null) return { line: 1, wrong: 'form' };
  const lastFault = (wrong: ExportFault['wrong']): ExportFault => ({ line, wrong });
  if (history?.size !== checkpoint.size) {
    return { checkpoint, whole: null, entries };
  }
  if (!equal(history.root(), checkpoint.root)) return lastFault('root');
  const wrong = await history.finish();
  if (wrong !== null) return lastFault(wrong);
  const { publicKey } = keyForCheckpoint(history.keys, checkpoint.size) ?? { publicKey: '' };
  if (!(await isNoteSignedBy(checkpoint.note, checkpoint.origin, publicKey))) {
    return { line: 1, wrong: 'checkpoint-signature' };
  }
  return { checkpoint, whole: { keys: history.keys, roots }, entries };
}

/** When a key replaces another, the new one signs the checkpoint over the entry that names it. */
export function keyForCheckpoint(keys: readonly Key[], size: number): Key | null {
  return keys.findLast(({ from }) => from <= size + 1) ?? null;
}

/** Entries from the first on, without a gap. */
class History {
  readonly keys: Key[] = [];
  readonly #origin: string;
  readonly #tree = new GrowingTree();
  #previous = '0'.repeat(64);
  #unchecked: Promise<boolean>[] = [];

  constructor(origin: string) {
    this.#origin = origin;
  }

  get size(): number {
    return this.#tree.size;
  }

  root(): Uint8Array {
    return this.#tree.root();
  }

  async add(entry: Entry): Promise<ExportFault['wrong'] | null> {
    const { kind, payload, previous, sequence } = entry;
    if (previous !== this.#previous) return 'previous';
    const { publicKey } = payload;
    if (sequence === 1) {
      const isOpening = kind === 'ledger-opened' && payload.origin === this.#origin;
      if (!isOpening || !isKey(publicKey)) return 'key';
      this.keys.push({ publicKey, from: 1 });
    }
    const signing = this.keys[this.keys.length - 1];
    this.#unchecked.push(isEntrySigned(entry, signing.publicKey));
    if (kind === 'key-replaced') {
      // With the root the old key vouches for all that it ever signed.
      if (!isKey(publicKey) || payload.root !== toHex(this.root())) return 'key';
      this.keys.push({ publicKey, from: sequence + 1 });
    }
    this.#tree.add(leafOf(entry));
    this.#previous = entry.hash;
    return this.#unchecked.length < atOnce ? null : this.finish();
  }

  /** Checks the signatures that are not checked yet. */
  async finish(): Promise<ExportFault['wrong'] | null> {
    const holds = await Promise.all(this.#unchecked);
    this.#unchecked = [];
    return holds.every(Boolean) ? null : 'signature';
  }
}

function isKey(value: unknown): value is string {
  return typeof value === 'string' && fromHex(value)?.length === 32;
}

function isLine(value: unknown): value is ProvenEntry {
  return value !== undefined && misfit(lineSchema, value) === null;
}

function checkpointIn(value: unknown): Checkpoint | null {
  if (typeof value !== 'object' || value === null) return null;
  if (!('form' in value) || value.form !== 'lethe-ledger-export/1') return null;
  return 'checkpoint' in value && typeof value.checkpoint === 'string'
    ? parseCheckpoint(value.checkpoint)
    : null;
}
