import type Database from 'better-sqlite3';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ProblemError } from '../../engine/protocol/problem.ts';
import { isSignedBy, originLine, parseCheckpoint, type SignedCheckpoint } from './checkpoint.ts';
import { databaseName, openForReading, openForWriting } from './database.ts';
import {
  entriesBefore,
  entriesOf,
  entryAt,
  timeReader,
  type EntryFilter,
  type StoredEntry,
} from './entries.ts';
import { entryContentSchema, type CaseContent, type Entry, type EntryContent } from './entry.ts';
import {
  identityOf,
  keyForCheckpoint,
  keysOf,
  type LedgerIdentity,
  type LedgerKey,
} from './key-history.ts';
import { unprotected, type KeyProtection, type ProtectionName } from './key-protection.ts';
import { openKeyStore, protectionOf, type KeyStore } from './key-store.ts';
import { LedgerFault, orProblem, toProblemError } from './ledger-fault.ts';
import { consistencyPath, frontierOf, inclusionPath, rootOf } from './merkle-tree.ts';
import { migrate } from './migration.ts';
import { currentForm } from './schema.ts';
import { sealFile } from './seal.ts';
import { continuedHead, HeadWriter, readCheckpoint } from './signed-head.ts';
import { newPrivateKey, type Purpose, type Signer } from './signing.ts';
import {
  earliestFor,
  evidenceOf,
  type EvidenceContent,
  type TimeEvidence,
} from './time-evidence.ts';
import { nodeReader } from './tree-nodes.ts';
import { noLedgerIn } from './verification.ts';
import { changeWrappingKeyProtection, openWrappingKey } from './wrapping-key.ts';
import { lockForWriting } from './writer-lock.ts';

export type { LedgerIdentity } from './key-history.ts';
export { compareLedger, verifyLedger, type LedgerReport } from './verification.ts';

/** What the ledger's key signs for others. */
type DocumentPurpose = Exclude<Purpose, 'ledger-entry' | 'ledger-file'>;

/** Signs documents with the key that the ledger had when it was asked for. */
export interface DocumentSigner {
  /** Ed25519, 32 bytes as hexadecimal digits. */
  readonly publicKey: string;
  /** @returns 64 bytes as hexadecimal digits */
  readonly sign: (purpose: DocumentPurpose, bytes: Uint8Array) => string;
}

/** An entry as a list shows it. */
export interface ListedEntry {
  readonly entry: Entry;
  /** Its time is before that of the entry it follows: the machine's clock ran backwards. The order is the sequence. */
  readonly clockRanBack: boolean;
  /** Who else saw it, and by when; null when its time is only what this machine's clock said. */
  readonly evidence: TimeEvidence | null;
}

export interface PageQuery extends EntryFilter {
  /** Only entries with a lower sequence. */
  readonly before?: number | undefined;
  /** At most so many entries. */
  readonly count: number;
}

/** An entry, and what shows that it is one of those that a checkpoint counts (RFC 9162, section 2.1.3). */
export interface EntryProof {
  /** The entry as canonical JSON: the leaf's data. */
  readonly record: string;
  /** Its place among the leaves, from 0: its sequence less 1. */
  readonly index: number;
  /** Hashes from the leaf up to the root, as hexadecimal digits. */
  readonly path: readonly string[];
  /** The ledger's own, over all entries. */
  readonly checkpoint: string;
}

/** What shows that the ledger grew out of its first entries (RFC 9162, section 2.1.4). */
export interface GrowthProof {
  /** The root of the tree of the first entries, as hexadecimal digits. */
  readonly root: string;
  readonly path: readonly string[];
  /** The ledger's own, over all entries. */
  readonly checkpoint: string;
}

/** Methods throw ProblemError `ledger-failed` for what cannot be read. */
export interface LedgerReader {
  readonly identity: LedgerIdentity;
  /** Whether a writer was at work when this was opened. */
  readonly writerAtWork: boolean;
  /** In order, oldest first; those of one case when it is given. */
  entries(caseId?: string): IterableIterator<Entry>;
  /** Newest first. */
  page(query: PageQuery): ListedEntry[];
  /** All that it ever had, the current one last. */
  keys(): LedgerKey[];
  /** How the current key is kept; null when it is not here. */
  protection(): ProtectionName | null;
  /** The ledger's own checkpoint, over all entries. */
  checkpoint(): string;
  /** @throws ProblemError `bad-command` when there is no such entry */
  prove(sequence: number): EntryProof;
  /** Of all entries, or those of one case, against one checkpoint. */
  proofs(caseId?: string): { checkpoint: string; proofs: IterableIterator<EntryProof> };
  /** @param size of the first entries. @throws ProblemError `bad-command` when there are not that many */
  proveGrowth(size: number): GrowthProof;
  /** The evidence of time in the ledger. Only witnesses' signatures are checked again. */
  evidence(): EvidenceContent[];
  close(): void;
}

export interface Ledger extends LedgerReader {
  /**
   * Returns once the entry is on the disk, in the ledger's own file. After the first append that fails, all are refused
   * until the ledger is opened anew: after a full disk, a later, smaller write could succeed and leave a gap. When the
   * day (UTC) is another one than that of the key, a new key replaces it before.
   * @throws ProblemError `ledger-failed`
   */
  append(content: CaseContent): Entry;
  signer(): DocumentSigner;
  /** 32 bytes that keys of others beside the ledger are encrypted with; kept as its own key is. See wrapping-key.ts. */
  wrappingKey(): Buffer;
  /** Replaces the key, on an entry that the old one signs. @param protection of this one and those after it */
  rotateKey(protection?: KeyProtection): void;
  /**
   * Takes in what someone else says of when a checkpoint of this ledger existed.
   * @throws ProblemError `bad-command` when it is not so, or the checkpoint is not of this ledger
   */
  addEvidence(content: EvidenceContent): TimeEvidence;
}

export interface LedgerSettings {
  /** How private keys made from now on are kept; without any, if it is not said. */
  readonly protection?: KeyProtection | undefined;
  readonly clock?: () => Date;
}

/**
 * Opens the ledger in `folder` as its one writer; folder, key and ledger are made when missing, and a ledger of an older
 * form is brought to this one. A key that is not protected as the settings ask is replaced.
 * @param software Lethe's version
 * @throws ProblemError `ledger-failed`, also when there is a writer already
 */
export function openLedger(
  folder: string,
  software: string,
  { protection = unprotected, clock = () => new Date() }: LedgerSettings = {},
): Ledger {
  return orProblem(() => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const release = lockForWriting(folder);
    try {
      const keys = openKeyStore(folder, protection);
      const path = join(folder, databaseName);
      const database = openForWriting(path, (made) => {
        begin(made, keys.keep(newPrivateKey()), software, clock());
      });
      try {
        const { origin } = identityOf(database);
        const history = keysOf(database);
        const signer = keys.signer(history[history.length - 1].publicKey);
        migrate(database, path, origin, signer);
        const ledger = new WritableLedger(folder, database, { keys, signer, clock, release });
        if (protectionOf(folder, signer.publicKey) !== protection.name) ledger.rotateKey();
        return ledger;
      } catch (cause) {
        database.close();
        throw cause;
      }
    } catch (cause) {
      release();
      throw cause;
    }
  });
}

/**
 * Opens the ledger in `folder` for reading, beside a writer or without one. Nothing is changed.
 * @throws ProblemError `no-such-file`, `ledger-failed`
 */
export function readLedger(folder: string): LedgerReader {
  if (!existsSync(join(folder, databaseName))) {
    throw new ProblemError('no-such-file', noLedgerIn(folder));
  }
  return orProblem(() => {
    const { database, form, writerAtWork } = openForReading(folder, () => null);
    try {
      return new OpenLedger(folder, database, form, writerAtWork);
    } catch (cause) {
      database.close();
      throw cause;
    }
  });
}

class OpenLedger implements LedgerReader {
  readonly identity: LedgerIdentity;
  readonly writerAtWork: boolean;
  protected readonly folder: string;
  protected readonly database: Database.Database;
  readonly #form: number;

  constructor(folder: string, database: Database.Database, form: number, writerAtWork: boolean) {
    this.folder = folder;
    this.database = database;
    this.#form = form;
    this.writerAtWork = writerAtWork;
    this.identity = identityOf(database);
  }

  *entries(caseId?: string): IterableIterator<Entry> {
    try {
      for (const { entry } of entriesOf(this.database, { case: caseId })) yield entry;
    } catch (thrown) {
      throw toProblemError(thrown);
    }
  }

  page({ before = Number.MAX_SAFE_INTEGER, count, ...filter }: PageQuery): ListedEntry[] {
    return orProblem(() => {
      const evidence = this.evidence()
        .map(evidenceOf)
        .filter((found) => typeof found !== 'string');
      const timeAt = timeReader(this.database);
      return entriesBefore(this.database, before, count, filter).map(({ entry }) => ({
        entry,
        clockRanBack: entry.time < (timeAt(entry.sequence - 1) ?? entry.time),
        evidence: earliestFor(entry.sequence, evidence),
      }));
    });
  }

  keys(): LedgerKey[] {
    return orProblem(() => keysOf(this.database));
  }

  protection(): ProtectionName | null {
    const keys = this.keys();
    return protectionOf(this.folder, keys[keys.length - 1].publicKey);
  }

  checkpoint(): string {
    return orProblem(() => this.#checkpoint().text);
  }

  prove(sequence: number): EntryProof {
    return orProblem(() => {
      // First of all, as a writer at work goes on from here.
      const { text, checkpoint } = this.#checkpoint();
      const stored = sequence > checkpoint.size ? null : entryAt(this.database, sequence);
      if (stored === null) throw noSuchEntry(sequence, checkpoint.size);
      return proofOf(this.database, stored, text, checkpoint.size);
    });
  }

  proofs(caseId?: string): { checkpoint: string; proofs: IterableIterator<EntryProof> } {
    const { text, checkpoint } = orProblem(() => this.#checkpoint());
    return { checkpoint: text, proofs: this.#proofs(text, checkpoint.size, caseId) };
  }

  proveGrowth(size: number): GrowthProof {
    return orProblem(() => {
      const { text, checkpoint } = this.#checkpoint();
      if (!(size >= 1 && size <= checkpoint.size)) throw noSuchEntry(size, checkpoint.size);
      const read = nodeReader(this.database);
      return {
        root: rootOf(frontierOf(read, size)).toString('hex'),
        path: inHex(consistencyPath(read, size, checkpoint.size)),
        checkpoint: text,
      };
    });
  }

  evidence(): EvidenceContent[] {
    return orProblem(() =>
      (['checkpoint-witnessed', 'checkpoint-timestamped'] as const).flatMap((kind) =>
        [...entriesOf(this.database, { kind })].flatMap(({ entry }) =>
          entry.kind === 'checkpoint-witnessed' || entry.kind === 'checkpoint-timestamped'
            ? [entry]
            : [],
        ),
      ),
    );
  }

  close(): void {
    this.database.close();
  }

  *#proofs(text: string, size: number, caseId?: string): IterableIterator<EntryProof> {
    try {
      for (const stored of entriesOf(this.database, { case: caseId })) {
        if (stored.entry.sequence > size) return;
        yield proofOf(this.database, stored, text, size);
      }
    } catch (thrown) {
      throw toProblemError(thrown);
    }
  }

  #checkpoint(): { text: string; checkpoint: SignedCheckpoint } {
    if (this.#form === 1) {
      throw new LedgerFault(
        null,
        'The ledger has the form of an older Lethe, without checkpoints and proofs. It gets them when this Lethe writes to it the next time.',
      );
    }
    return readCheckpoint(this.database, this.identity.origin);
  }
}

/** What a writer has besides the database. */
interface WriterParts {
  readonly keys: KeyStore;
  readonly signer: Signer;
  readonly clock: () => Date;
  readonly release: () => void;
}

class WritableLedger extends OpenLedger implements Ledger {
  readonly #clock: () => Date;
  readonly #release: () => void;
  readonly #head: HeadWriter;
  #keys: KeyStore;
  #signer: Signer;
  /** Of the current key: the date (UTC) of the entry that it came into force with. */
  #keyDate: string;
  #failed = false;

  constructor(folder: string, database: Database.Database, parts: WriterParts) {
    super(folder, database, currentForm, true);
    this.#keys = parts.keys;
    this.#signer = parts.signer;
    this.#clock = parts.clock;
    this.#release = parts.release;
    this.#head = continuedHead(database, this.identity.origin, parts.signer);
    const history = keysOf(database);
    this.#keyDate = dateOf(history[history.length - 1].since);
    // Of a replacement that was cut short there may be a key that is no longer in force, or never came to be.
    parts.keys.destroyAllBut(parts.signer.publicKey);
  }

  append(content: CaseContent): Entry {
    return this.#latching(() => {
      if (dateOf(this.#clock().toISOString()) !== this.#keyDate) this.#replaceKey('new-period');
      return this.#write(content);
    });
  }

  signer(): DocumentSigner {
    const signer = this.#signer;
    return {
      publicKey: signer.publicKey,
      sign: (purpose, bytes) => signer.sign(purpose, bytes),
    };
  }

  wrappingKey(): Buffer {
    return orProblem(() => openWrappingKey(this.folder, this.#keys.protection));
  }

  rotateKey(protection: KeyProtection = this.#keys.protection): void {
    this.#latching(() => {
      changeWrappingKeyProtection(this.folder, this.#keys.protection, protection, () => {
        this.#keys = openKeyStore(this.folder, protection);
        this.#replaceKey('rotation');
      });
    });
  }

  addEvidence(content: EvidenceContent): TimeEvidence {
    const evidence = evidenceOf(content);
    if (typeof evidence === 'string') throw new ProblemError('bad-command', evidence);
    this.#requireOwn(content.payload.checkpoint);
    this.#latching(() => this.#write(content));
    return evidence;
  }

  override close(): void {
    super.close();
    try {
      const { hash } = this.#head;
      // After a failure the newest entries may be in the write-ahead file, which a seal does not count.
      if (hash !== null && !this.#failed) sealFile(this.folder, hash, this.#signer);
    } catch {
      // Without room for a seal the entries still vouch for themselves, and the next writer that closes makes one.
    }
    this.#release();
  }

  /** The first failure is the last attempt. */
  #latching<T>(write: () => T): T {
    if (this.#failed) {
      throw new ProblemError(
        'ledger-failed',
        'Writing to the ledger failed before, so it takes no more entries. Free some space on its disk, then start Lethe again.',
      );
    }
    try {
      return write();
    } catch (thrown) {
      this.#failed = true;
      throw toProblemError(thrown);
    }
  }

  /** @param checkpointSigner signs for all entries with this one */
  #write(content: EntryContent, checkpointSigner = this.#signer): Entry {
    const entry = this.#head.append(
      entryContentSchema.parse(content),
      this.#clock().toISOString(),
      this.#signer,
      checkpointSigner,
    );
    // An entry must not hang on the write-ahead file: a damaged byte there drops what follows, and nothing would tell.
    this.database.pragma('wal_checkpoint(PASSIVE)');
    return entry;
  }

  #replaceKey(reason: 'new-period' | 'rotation'): void {
    const next = this.#keys.keep(newPrivateKey());
    const root = rootOf(this.#head.tree).toString('hex');
    const { time } = this.#write(
      { kind: 'key-replaced', case: null, payload: { publicKey: next.publicKey, reason, root } },
      next,
    );
    this.#signer = next;
    this.#keyDate = dateOf(time);
    this.#keys.destroyAllBut(next.publicKey);
  }

  /** @throws ProblemError `bad-command` for a checkpoint that this ledger did not make */
  #requireOwn(text: string): void {
    const checkpoint = parseCheckpoint(text);
    const key = checkpoint && keyForCheckpoint(this.keys(), checkpoint.size);
    const isOwn =
      checkpoint !== null &&
      key !== null &&
      checkpoint.origin === originLine(this.identity.origin) &&
      checkpoint.size >= 1 &&
      checkpoint.size <= this.#head.tree.size &&
      isSignedBy(checkpoint, key.publicKey) &&
      orProblem(() => rootOf(frontierOf(nodeReader(this.database), checkpoint.size))).equals(
        checkpoint.root,
      );
    if (!isOwn) {
      throw new ProblemError('bad-command', 'The checkpoint is not one that this ledger made.');
    }
  }
}

function begin(database: Database.Database, signer: Signer, software: string, time: Date): void {
  const origin = randomBytes(16).toString('hex');
  const content: EntryContent = {
    kind: 'ledger-opened',
    case: null,
    payload: { origin, publicKey: signer.publicKey, software },
  };
  new HeadWriter(database, origin).append(content, time.toISOString(), signer);
}

/** @param size of the tree that the checkpoint is of */
function proofOf(
  database: Database.Database,
  { entry, record }: StoredEntry,
  checkpoint: string,
  size: number,
): EntryProof {
  const index = entry.sequence - 1;
  const path = inHex(inclusionPath(nodeReader(database), index, size));
  return { record, index, path, checkpoint };
}

function noSuchEntry(sequence: number, size: number): ProblemError {
  return new ProblemError(
    'bad-command',
    `There is no entry ${String(sequence)}: the ledger has ${String(size)}.`,
  );
}

function inHex(path: readonly Buffer[]): string[] {
  return path.map((node) => node.toString('hex'));
}

/** "2026-11-25T07:00:00.000Z" → "2026-11-25". */
function dateOf(time: string): string {
  return time.slice(0, 10);
}
