import type Database from 'better-sqlite3';
import { z } from 'zod';
import {
  isSignedBy,
  originLine,
  parseCheckpoint,
  signCheckpoint,
  type SignedCheckpoint,
} from './checkpoint.ts';
import { entryAt, entryInserter, lastSequenceOf, type StoredEntry } from './entries.ts';
import { entryHash, noPrevious, type Entry, type EntryContent } from './entry.ts';
import { canonicalJson } from './canonical-json.ts';
import { LedgerFault } from './ledger-fault.ts';
import {
  emptyFrontier,
  frontierOf,
  grown,
  inclusionPath,
  isIncluded,
  leafHash,
  rootOf,
  type Frontier,
} from './merkle-tree.ts';
import type { Signer } from './signing.ts';
import { nodeInserter, nodeReader } from './tree-nodes.ts';

/*
 * The last entry, the Merkle tree over all, and the checkpoint that the ledger keeps of it. The three change together, in
 * one transaction, so the checkpoint always counts every entry: what is cut off or added by someone without the key does
 * not agree with it.
 */

interface Head {
  readonly entry: Entry | null;
  readonly tree: Frontier;
}

/** Adds to a ledger. */
export class HeadWriter {
  readonly #database: Database.Database;
  readonly #origin: string;
  readonly #insertEntry: (entry: Entry, payload: string) => string;
  readonly #insertNodes: (size: number, nodes: readonly Buffer[]) => void;
  readonly #putCheckpoint: Database.Statement<[string]>;
  #head: Head;

  /** @param origin the ledger's. @param head of what there is already; nothing, if it is not said */
  constructor(
    database: Database.Database,
    origin: string,
    head: Head = { entry: null, tree: emptyFrontier },
  ) {
    this.#database = database;
    this.#origin = originLine(origin);
    this.#head = head;
    this.#insertEntry = entryInserter(database);
    this.#insertNodes = nodeInserter(database);
    this.#putCheckpoint = database.prepare(
      'INSERT INTO checkpoint (id, note) VALUES (1, ?) ON CONFLICT DO UPDATE SET note = excluded.note',
    );
  }

  get tree(): Frontier {
    return this.#head.tree;
  }

  /** Hash of the last entry; null when there is none. */
  get hash(): string | null {
    return this.#head.entry?.hash ?? null;
  }

  /** @param checkpointSigner signs for all entries with this one */
  append(content: EntryContent, time: string, signer: Signer, checkpointSigner = signer): Entry {
    const { entry: last, tree } = this.#head;
    const payload = canonicalJson(content.payload);
    const frame = {
      ...content,
      sequence: tree.size + 1,
      time,
      previous: last?.hash ?? noPrevious,
    };
    const hash = entryHash(frame, payload);
    const signature = signer.sign('ledger-entry', Buffer.from(hash, 'hex'));
    const entry = { ...frame, hash, signature };
    this.#head = this.#database
      .transaction(() => {
        const record = this.#insertEntry(entry, payload);
        const grownTree = this.#grow(tree, record);
        this.#sign(grownTree, checkpointSigner);
        return { entry, tree: grownTree };
      })
      .immediate();
    return entry;
  }

  /** Takes entries that are stored already into the tree, and signs for all; to be done in a transaction. */
  adopt(records: Iterable<StoredEntry>, signer: Signer): void {
    for (const { entry, record } of records) {
      this.#head = { entry, tree: this.#grow(this.#head.tree, record) };
    }
    this.#sign(this.#head.tree, signer);
  }

  #grow(tree: Frontier, record: string): Frontier {
    const { frontier, nodes } = grown(tree, leafHash(Buffer.from(record)));
    this.#insertNodes(tree.size, nodes);
    return frontier;
  }

  #sign(tree: Frontier, signer: Signer): void {
    const checkpoint = { origin: this.#origin, size: tree.size, root: rootOf(tree) };
    this.#putCheckpoint.run(signCheckpoint(checkpoint, signer));
  }
}

/** @throws LedgerFault */
export function readCheckpoint(
  database: Database.Database,
  origin: string,
): { text: string; checkpoint: SignedCheckpoint } {
  const text = z
    .string()
    .safeParse(database.prepare('SELECT note FROM checkpoint WHERE id = 1').pluck().get());
  const checkpoint = text.success ? parseCheckpoint(text.data) : null;
  if (!text.success || checkpoint?.origin !== originLine(origin)) throw checkpointChanged();
  return { text: text.data, checkpoint };
}

export function checkpointChanged(): LedgerFault {
  return new LedgerFault(
    null,
    "The ledger's own checkpoint, its signature over all entries, is missing or was changed.",
  );
}

/**
 * Goes on with a ledger. It is checked first that the tree, of which only the nodes at its edge are
 * read, is the one that the ledger's key signed last, and that the last entry is in it: so nothing that somebody changed
 * while Lethe was closed gets Lethe's signature. That it was changed elsewhere, verification finds.
 * @throws LedgerFault
 */
export function continuedHead(
  database: Database.Database,
  origin: string,
  signer: Signer,
): HeadWriter {
  const { checkpoint } = readCheckpoint(database, origin);
  const { size, root } = checkpoint;
  if (!isSignedBy(checkpoint, signer.publicKey)) throw checkpointChanged();
  const read = nodeReader(database);
  const tree = frontierOf(read, size);
  const last = entryAt(database, size);
  const isLast =
    last !== null &&
    lastSequenceOf(database) === size &&
    isIncluded(
      leafHash(Buffer.from(last.record)),
      size - 1,
      size,
      inclusionPath(read, size - 1, size),
      root,
    );
  if (!isLast || !rootOf(tree).equals(root)) {
    throw new LedgerFault(
      null,
      'The ledger is not as Lethe left it: its last entries do not agree with its own checkpoint. Nothing is added to it; have it verified.',
    );
  }
  return new HeadWriter(database, origin, { entry: last.entry, tree });
}
