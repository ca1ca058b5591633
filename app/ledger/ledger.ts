import type Database from 'better-sqlite3';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ProblemError } from '../../engine/protocol/problem.ts';
import { databaseName, LedgerFault, openForReading, openForWriting, reasonOf } from './database.ts';
import { chained, entriesOf, insert, lastEntryOf } from './entries.ts';
import {
  entryContentSchema,
  entryHash,
  noPrevious,
  type CaseContent,
  type Entry,
  type EntryContent,
} from './entry.ts';
import { requireSeal, sealFile } from './seal.ts';
import { fingerprintOf, signerFromFile, type Purpose, type Signer } from './signing.ts';
import { lockForWriting } from './writer-lock.ts';

/** What the ledger's key signs for others. */
type DocumentPurpose = Exclude<Purpose, 'ledger-entry' | 'ledger-file'>;

/** Which ledger this is. */
export interface LedgerIdentity {
  /** Random, made with the ledger: 32 hexadecimal digits. */
  readonly origin: string;
  /** Ed25519, 32 bytes as hexadecimal digits. */
  readonly publicKey: string;
  /** SHA-256 of the public key's 32 bytes. */
  readonly fingerprint: string;
}

export interface LedgerReader {
  readonly identity: LedgerIdentity;
  /** Whether a writer was at work when this was opened. */
  readonly writerAtWork: boolean;
  /**
   * In order, oldest first; those of one case when it is given.
   * @throws ProblemError `ledger-failed` for an entry that cannot be read
   */
  entries(caseId?: string): IterableIterator<Entry>;
  close(): void;
}

export interface Ledger extends LedgerReader {
  /**
   * Returns once the entry is on the disk, in the ledger's own file. After the first append that fails, all are refused
   * until the ledger is opened anew: after a full disk, a later, smaller write could succeed and leave a gap.
   * @throws ProblemError `ledger-failed`
   */
  append(content: CaseContent): Entry;
  /** @returns an Ed25519 signature by the ledger's key, 64 bytes as hexadecimal digits */
  sign(purpose: DocumentPurpose, bytes: Uint8Array): string;
}

/** What {@link verifyLedger} found. */
export type LedgerReport =
  | {
      readonly ok: true;
      readonly identity: LedgerIdentity;
      readonly entries: number;
      /** Hash of the last entry. */
      readonly head: string;
      /** Whether the file's other bytes were checked too: not while a writer is at work, nor after one that died. */
      readonly sealed: boolean;
    }
  | {
      readonly ok: false;
      /** Sequence of the first bad entry; null when it is the file that is bad. */
      readonly entry: number | null;
      readonly sentence: string;
    };

const keyName = 'ledger-key.pem';

/**
 * Opens the ledger in `folder` as its one writer; folder, key and ledger are made when missing.
 * @param software Lethe's version
 * @throws ProblemError `ledger-failed`, also when there is a writer already
 */
export function openLedger(folder: string, software: string): Ledger {
  return orProblem(() => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const release = lockForWriting(folder);
    try {
      const path = join(folder, databaseName);
      const keyPath = join(folder, keyName);
      if (existsSync(path) && !existsSync(keyPath)) {
        throw new LedgerFault(
          null,
          `The ledger's key, ${keyName}, is missing, so nothing can be added. It can still be read and verified.`,
        );
      }
      const signer = signerOf(keyPath);
      const database = openForWriting(path, (made) => {
        insert(made, opening(signer, software));
      });
      try {
        return new WritableLedger(folder, database, signer, release);
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
    const { database, writerAtWork } = openForReading(folder);
    try {
      return new OpenLedger(database, writerAtWork);
    } catch (cause) {
      database.close();
      throw cause;
    }
  });
}

/**
 * Checks the whole ledger in `folder`, beside a writer or without one: the file, and of every entry its place in the
 * sequence, its form, its hash, the hash of the one before and its signature. Nothing is changed, and nothing that the
 * files hold makes it throw.
 *
 * What it cannot know: whether entries were cut off at the end, or all of them made anew with the key. That shows only
 * against a fingerprint, an entry's hash or a certificate kept elsewhere. Bytes of the file that belong to no entry
 * (free space inside pages, counters of SQLite) are checked where the file is sealed.
 */
export function verifyLedger(folder: string): LedgerReport {
  if (!existsSync(join(folder, databaseName))) {
    return { ok: false, entry: null, sentence: noLedgerIn(folder) };
  }
  let database: Database.Database | null = null;
  try {
    const opened = openForReading(folder);
    ({ database } = opened);
    const identity = identityOf(database);
    let last: Entry | null = null;
    for (const entry of chained(database, identity.publicKey)) last = entry;
    requireIntegrity(database);
    const head = last?.hash ?? noPrevious;
    const sealed = !opened.writerAtWork && requireSeal(folder, head, identity.publicKey);
    return { ok: true, identity, entries: last?.sequence ?? 0, head, sealed };
  } catch (thrown) {
    const { entry, message } = toFault(thrown);
    return { ok: false, entry, sentence: message };
  } finally {
    database?.close();
  }
}

class OpenLedger implements LedgerReader {
  readonly identity: LedgerIdentity;
  readonly writerAtWork: boolean;
  protected readonly database: Database.Database;

  constructor(database: Database.Database, writerAtWork: boolean) {
    this.database = database;
    this.writerAtWork = writerAtWork;
    this.identity = identityOf(database);
  }

  *entries(caseId?: string): IterableIterator<Entry> {
    try {
      yield* entriesOf(this.database, caseId);
    } catch (thrown) {
      throw toProblemError(thrown);
    }
  }

  close(): void {
    this.database.close();
  }
}

class WritableLedger extends OpenLedger implements Ledger {
  readonly #folder: string;
  readonly #signer: Signer;
  readonly #release: () => void;
  #head: Entry;
  #failed = false;

  constructor(folder: string, database: Database.Database, signer: Signer, release: () => void) {
    super(database, true);
    if (signer.publicKey !== this.identity.publicKey) {
      throw new LedgerFault(null, `The key in ${keyName} is not this ledger's key.`);
    }
    this.#folder = folder;
    this.#signer = signer;
    this.#release = release;
    this.#head = lastEntryOf(database);
  }

  append(content: CaseContent): Entry {
    if (this.#failed) {
      throw new ProblemError(
        'ledger-failed',
        'Writing to the ledger failed before, so it takes no more entries. Free some space on its disk, then start Lethe again.',
      );
    }
    const entry = sealed(content, this.#head, this.#signer);
    try {
      insert(this.database, entry);
      // An entry must not hang on the write-ahead file: a damaged byte there drops what follows, and nothing would tell.
      this.database.pragma('wal_checkpoint(TRUNCATE)');
    } catch (thrown) {
      this.#failed = true;
      throw toProblemError(thrown);
    }
    this.#head = entry;
    return entry;
  }

  sign(purpose: DocumentPurpose, bytes: Uint8Array): string {
    return this.#signer.sign(purpose, bytes);
  }

  override close(): void {
    super.close();
    try {
      sealFile(this.#folder, this.#head.hash, this.#signer);
    } catch {
      // Without room for a seal the entries still vouch for themselves, and the next writer that closes makes one.
    }
    this.#release();
  }
}

function signerOf(keyPath: string): Signer {
  try {
    return signerFromFile(keyPath);
  } catch (cause) {
    throw new LedgerFault(
      null,
      `The ledger's key, ${keyPath}, cannot be read or made. See that the folder can be written and the file is as Lethe made it.`,
      { cause },
    );
  }
}

function opening(signer: Signer, software: string): Entry {
  const origin = randomBytes(16).toString('hex');
  return sealed(
    {
      kind: 'ledger-opened',
      case: null,
      payload: { origin, publicKey: signer.publicKey, software },
    },
    null,
    signer,
  );
}

function sealed(content: EntryContent, head: Entry | null, signer: Signer): Entry {
  const unsealed = {
    ...entryContentSchema.parse(content),
    sequence: (head?.sequence ?? 0) + 1,
    time: new Date().toISOString(),
    previous: head?.hash ?? noPrevious,
  };
  const hash = entryHash(unsealed);
  return { ...unsealed, hash, signature: signer.sign('ledger-entry', Buffer.from(hash, 'hex')) };
}

function identityOf(database: Database.Database): LedgerIdentity {
  const first = entriesOf(database).next();
  if (first.done === true || first.value.sequence !== 1 || first.value.kind !== 'ledger-opened') {
    throw new LedgerFault(1, 'Entry 1, which names the ledger and its key, is missing.');
  }
  const { origin, publicKey } = first.value.payload;
  return { origin, publicKey, fingerprint: fingerprintOf(publicKey) };
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

function noLedgerIn(folder: string): string {
  return `There is no ledger in ${folder}.`;
}

function toFault(thrown: unknown): LedgerFault {
  if (thrown instanceof LedgerFault) return thrown;
  const reason = reasonOf(thrown);
  const sentence = /CORRUPT|NOTADB/.test(reason)
    ? `The ledger's file is damaged, or no ledger (${reason}).`
    : `The ledger could not be used (${reason}). See that its folder can be reached and written, and that its disk is not full.`;
  return new LedgerFault(null, sentence, { cause: thrown });
}

function toProblemError(thrown: unknown): ProblemError {
  if (thrown instanceof ProblemError) return thrown;
  const { message, cause } = toFault(thrown);
  const detail = cause instanceof Error ? (cause.stack ?? cause.message) : '';
  return new ProblemError('ledger-failed', message, detail, { cause: thrown });
}

function orProblem<T>(open: () => T): T {
  try {
    return open();
  } catch (thrown) {
    throw toProblemError(thrown);
  }
}
