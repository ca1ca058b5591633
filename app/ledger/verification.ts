import type Database from 'better-sqlite3';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isSignedBy, originLine, parseCheckpoint, type SignedCheckpoint } from './checkpoint.ts';
import { databaseName, openForReading } from './database.ts';
import { entriesOf, lastSequenceOf, type StoredEntry } from './entries.ts';
import { noPrevious, type Entry } from './entry.ts';
import {
  identityOf,
  keyForCheckpoint,
  type LedgerIdentity,
  type LedgerKey,
} from './key-history.ts';
import type { ProtectionName } from './key-protection.ts';
import { protectionOf } from './key-store.ts';
import { LedgerFault, toFault } from './ledger-fault.ts';
import { emptyFrontier, grown, keptNodes, leafHash, rootOf, type Frontier } from './merkle-tree.ts';
import { requireSeal, seeSeal } from './seal.ts';
import { checkpointChanged, readCheckpoint } from './signed-head.ts';
import { signatureHolds } from './signing.ts';
import { nodesOf } from './tree-nodes.ts';

/** What {@link verifyLedger} found. */
export type LedgerReport =
  | {
      readonly ok: true;
      readonly identity: LedgerIdentity;
      /** All that it ever had, the current one last. */
      readonly keys: readonly LedgerKey[];
      /** How the current key is kept; null when it is not here. */
      readonly protection: ProtectionName | null;
      readonly entries: number;
      /** Hash of the last entry. */
      readonly head: string;
      /** The ledger's own, over all entries; null for a ledger of form 1, which had none. */
      readonly checkpoint: string | null;
      /** Entries whose time is before that of the entry they follow: the machine's clock ran backwards. */
      readonly clockRanBack: readonly number[];
      /** Whether the file's other bytes were checked too: not while a writer is at work, nor after one that died. */
      readonly sealed: boolean;
    }
  | {
      readonly ok: false;
      /** Sequence of the first bad entry; null when it is the file that is bad. */
      readonly entry: number | null;
      readonly sentence: string;
    };

/** What {@link compareLedger} found. */
export interface LedgerComparison {
  /** What there is to say of the ledger by itself. */
  readonly report: LedgerReport;
  /** What does not agree with the checkpoint; null also where the ledger is too broken to be compared. */
  readonly disagreement: FaultReport | null;
}

type FaultReport = Extract<LedgerReport, { readonly ok: false }>;

/**
 * Checks the whole ledger in `folder`, beside a writer or without one: the file, and of every entry its place in the
 * sequence, its form, its hash, the hash of the one before and its signature. Nothing is changed, and nothing that the
 * files hold makes it throw.
 *
 * Signatures are checked in bulk: a key signs the root of the Merkle tree over all entries up to the last one that it
 * signs itself, entries' signatures included, and Lethe signs no root over anything that it did not write. Only where a
 * root is not as signed is each signature looked at, to name the first bad entry.
 *
 * What it cannot know: whether the holder of the current key made entries of that key's time anew, or someone put back an
 * older file, or another ledger in place of this one. That shows against a checkpoint kept elsewhere. Bytes of the file
 * that belong to no entry (free space inside pages, counters of SQLite) are checked where the file is sealed.
 * @param checkpoint one kept elsewhere, as text
 */
export function verifyLedger(folder: string, checkpoint?: string): LedgerReport {
  const { report, disagreement } = compareLedger(folder, checkpoint);
  return disagreement ?? report;
}

/**
 * As {@link verifyLedger}, with what is wrong with the ledger told apart from what does not agree with the checkpoint: a
 * whole ledger can be beside the wrong file.
 */
export function compareLedger(folder: string, checkpoint?: string): LedgerComparison {
  if (!existsSync(join(folder, databaseName))) {
    return { report: reportOf(new LedgerFault(null, noLedgerIn(folder))), disagreement: null };
  }
  let database: Database.Database | null = null;
  let disagreement: LedgerFault | null = null;
  let report: LedgerReport;
  try {
    const opened = openForReading(folder, (file) => seeSeal(folder, file));
    ({ database } = opened);
    const identity = identityOf(database);
    const given = checkpoint === undefined ? null : checkpointIn(checkpoint, identity);
    const kept = given instanceof LedgerFault ? null : given;
    if (given instanceof LedgerFault) disagreement = given;
    const walked =
      opened.form === 1
        ? verifyEach(database, kept)
        : verifyTree(database, identity, kept, opened.writerAtWork);
    requireIntegrity(database);
    const { last, keys } = walked;
    if (kept !== null) disagreement = disagreementWith(kept, walked);
    const current = keys[keys.length - 1].publicKey;
    const allKeys = keys.map(({ publicKey }) => publicKey);
    const sealed = opened.seen !== null && requireSeal(opened.seen, last.hash, allKeys);
    report = {
      ok: true,
      identity,
      keys,
      protection: protectionOf(folder, current),
      entries: last.sequence,
      head: last.hash,
      checkpoint: walked.note,
      clockRanBack: walked.clockRanBack,
      sealed,
    };
  } catch (thrown) {
    report = reportOf(toFault(thrown));
  } finally {
    database?.close();
  }
  return { report, disagreement: disagreement && reportOf(disagreement) };
}

function reportOf({ entry, message }: LedgerFault): FaultReport {
  return { ok: false, entry, sentence: message };
}

export function noLedgerIn(folder: string): string {
  return `There is no ledger in ${folder}.`;
}

/** An entry in its place. */
interface Step extends StoredEntry {
  /** The key that must have signed it. */
  readonly key: LedgerKey;
  /** Of the tree: those that this entry completes, its own leaf first. */
  readonly nodes: readonly Buffer[];
  /** With this entry. */
  readonly tree: Frontier;
}

/** All there is to say after all steps. */
interface Walked {
  readonly last: Entry;
  readonly keys: readonly LedgerKey[];
  readonly clockRanBack: readonly number[];
  readonly note: string | null;
  /** Of the tree of as many entries as the kept checkpoint counts; null when there are not that many. */
  readonly rootThen: Buffer | null;
}

/**
 * Entries in order, each checked against the one before; where a key replaces another, the old one's signature and the
 * root that it vouches for.
 * @throws LedgerFault
 */
export function* chained(database: Database.Database): Generator<Step> {
  let last: Entry | null = null;
  let key: LedgerKey | null = null;
  let tree = emptyFrontier;
  for (const { entry, record } of entriesOf(database)) {
    requireNext(entry, last);
    if (entry.kind === 'ledger-opened') {
      key = { publicKey: entry.payload.publicKey, from: 1, to: null, since: entry.time };
    }
    if (key === null) throw new Error('the first entry names a key');
    if (entry.kind === 'key-replaced') {
      requireSignature(entry, key);
      if (rootOf(tree).toString('hex') !== entry.payload.root) {
        throw new LedgerFault(
          null,
          `The entries before entry ${String(entry.sequence)} are not those that the key it ends vouched for.`,
        );
      }
    }
    const { nodes, frontier } = grown(tree, leafHash(Buffer.from(record)));
    tree = frontier;
    yield { entry, record, key, nodes, tree };
    if (entry.kind === 'key-replaced') {
      const { sequence, time, payload } = entry;
      key = { publicKey: payload.publicKey, from: sequence + 1, to: null, since: time };
    }
    last = entry;
  }
}

function requireNext(entry: Entry, last: Entry | null): void {
  const expected = (last?.sequence ?? 0) + 1;
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
  if ((entry.kind === 'ledger-opened') !== (expected === 1)) {
    throw new LedgerFault(expected, `${name} opens a ledger, and only the first entry does that.`);
  }
}

export function requireSignature(entry: Entry, { publicKey }: LedgerKey): void {
  const bytes = Buffer.from(entry.hash, 'hex');
  if (!signatureHolds(publicKey, 'ledger-entry', bytes, entry.signature)) {
    throw new LedgerFault(
      entry.sequence,
      `Entry ${String(entry.sequence)} was not written by the holder of the ledger's key: its signature is wrong.`,
    );
  }
}

/** The part of {@link Walked} that grows with each step. */
class Walk {
  readonly #kept: SignedCheckpoint | null;
  readonly keys: LedgerKey[] = [];
  readonly clockRanBack: number[] = [];
  last: Entry | null = null;
  rootThen: Buffer | null = null;

  constructor(kept: SignedCheckpoint | null) {
    this.#kept = kept;
  }

  take({ entry, key, tree }: Step): void {
    if (this.last !== null && entry.time < this.last.time) this.clockRanBack.push(entry.sequence);
    if (this.keys.at(-1)?.publicKey !== key.publicKey) this.keys.push(key);
    if (entry.kind === 'key-replaced') {
      const { sequence, time, payload } = entry;
      this.keys[this.keys.length - 1] = { ...key, to: sequence };
      this.keys.push({ publicKey: payload.publicKey, from: sequence + 1, to: null, since: time });
    }
    if (tree.size === this.#kept?.size) this.rootThen = rootOf(tree);
    this.last = entry;
  }

  done(note: string | null): Walked {
    const { last, keys, clockRanBack, rootThen } = this;
    if (last === null) throw new LedgerFault(1, 'The ledger has no entries.');
    return { last, keys, clockRanBack, note, rootThen };
  }
}

/** A ledger of form 1, without a tree: every signature by itself. */
function verifyEach(database: Database.Database, kept: SignedCheckpoint | null): Walked {
  const walk = new Walk(kept);
  for (const step of chained(database)) {
    requireSignature(step.entry, step.key);
    walk.take(step);
  }
  return walk.done(null);
}

function verifyTree(
  database: Database.Database,
  { origin }: LedgerIdentity,
  kept: SignedCheckpoint | null,
  writerAtWork: boolean,
): Walked {
  const walk = new Walk(kept);
  let root: Buffer | null = null;
  try {
    // First of all, as a writer at work goes on from here.
    const { text, checkpoint } = readCheckpoint(database, origin);
    const nodes = nodesOf(database);
    for (const step of chained(database)) {
      if (step.tree.size > checkpoint.size) break;
      requireNodes(step, nodes);
      walk.take(step);
      if (step.tree.size === checkpoint.size) root = rootOf(step.tree);
    }
    const walked = walk.done(text);
    if (root === null) {
      const next = walked.last.sequence + 1;
      throw new LedgerFault(
        next,
        `Entry ${String(next)} is missing: the ledger's own checkpoint counts ${String(checkpoint.size)} entries. The end was cut off.`,
      );
    }
    const { publicKey } = walked.keys[walked.keys.length - 1];
    if (!root.equals(checkpoint.root) || !isSignedBy(checkpoint, publicKey)) {
      throw checkpointChanged();
    }
    if (!writerAtWork) requireNothingAfter(database, checkpoint.size);
    return walked;
  } catch (thrown) {
    throw firstBadlySigned(database, toFault(thrown).entry ?? Infinity) ?? thrown;
  }
}

function requireNodes({ entry, nodes: expected }: Step, nodes: Iterator<Buffer>): void {
  for (const node of expected) {
    const next = nodes.next();
    if (next.done === true || !node.equals(next.value)) {
      throw new LedgerFault(
        null,
        `The tree over the entries does not agree with entry ${String(entry.sequence)}: one of the two was changed.`,
      );
    }
  }
}

function requireNothingAfter(database: Database.Database, size: number): void {
  if (lastSequenceOf(database) > size) {
    throw new LedgerFault(
      size + 1,
      `Entry ${String(size + 1)} was not written by Lethe: the ledger's own checkpoint counts ${String(size)} entries.`,
    );
  }
  const places = database.prepare('SELECT count(*) FROM node').pluck().get();
  if (places !== keptNodes(size)) {
    throw new LedgerFault(null, 'The tree over the entries has nodes that belong to no entry.');
  }
}

/** The first of the entries before one whose signature is wrong, or that is bad otherwise. */
function firstBadlySigned(database: Database.Database, before: number): LedgerFault | null {
  try {
    for (const { entry, key } of chained(database)) {
      if (entry.sequence >= before) break;
      requireSignature(entry, key);
    }
    return null;
  } catch (thrown) {
    return thrown instanceof LedgerFault && thrown.entry !== null ? thrown : null;
  }
}

/** SQLite's own check, for damage that left all entries readable. */
function requireIntegrity(database: Database.Database): void {
  const outcome = database.pragma('integrity_check(1)', { simple: true });
  if (outcome !== 'ok') {
    throw new LedgerFault(
      null,
      `All entries are whole, but the file around them is damaged (${String(outcome)}).`,
    );
  }
}

/** @returns a fault where it is no checkpoint of this ledger */
function checkpointIn(text: string, { origin }: LedgerIdentity): SignedCheckpoint | LedgerFault {
  const checkpoint = parseCheckpoint(text);
  if (checkpoint === null) {
    return new LedgerFault(
      null,
      'The checkpoint given is none: it was changed, or is another file.',
    );
  }
  if (checkpoint.origin !== originLine(origin)) {
    return new LedgerFault(null, 'The checkpoint given is of another ledger.');
  }
  return checkpoint;
}

/** @returns why the ledger did not grow out of the one that the checkpoint was made of; null where it did */
function disagreementWith(
  kept: SignedCheckpoint,
  { last, keys, rootThen }: Walked,
): LedgerFault | null {
  const size = String(kept.size);
  if (kept.size > last.sequence) {
    return new LedgerFault(
      last.sequence + 1,
      `Entry ${String(last.sequence + 1)} is missing: the checkpoint given counts ${size} entries. The end was cut off, or an older file put back.`,
    );
  }
  const key = keyForCheckpoint(keys, kept.size);
  if (key === null || !isSignedBy(kept, key.publicKey)) {
    return new LedgerFault(
      null,
      'The checkpoint given is not signed by the key that this ledger had then: the ledger was replaced by another one, or the checkpoint is forged.',
    );
  }
  if (rootThen?.equals(kept.root) !== true) {
    // What an earlier key vouches for is as it was: that key was destroyed.
    const from = Math.min(key.from, kept.size);
    return new LedgerFault(
      from === kept.size ? from : null,
      `The ledger was written anew: one of the entries ${String(from)} to ${size} is not as it was when the checkpoint given was made. Someone had the ledger's key.`,
    );
  }
  return null;
}
