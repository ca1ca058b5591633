import type Database from 'better-sqlite3';
import { z } from 'zod';
import {
  isSignedBy,
  originLine,
  parseCheckpoint,
  signCheckpoint,
  type SignedCheckpoint,
} from './checkpoint.ts';
import { entryAt, insert, lastSequenceOf } from './entries.ts';
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
import { insertNodes, nodeReader } from './tree-nodes.ts';

/*
 * The last entry, the Merkle tree over all, and the checkpoint that the ledger keeps of it. The three change together, in
 * one transaction, so the checkpoint always counts every entry: what is cut off or added by someone without the key does
 * not agree with it.
 */

export interface Head {
  readonly entry: Entry | null;
  readonly tree: Frontier;
}

export const emptyHead: Head = { entry: null, tree: emptyFrontier };

/** The next entry, signed. */
export function entryAfter(head: Head, content: EntryContent, time: string, signer: Signer): Entry {
  const frame = {
    ...content,
    sequence: head.tree.size + 1,
    time,
    previous: head.entry?.hash ?? noPrevious,
  };
  const hash = entryHash(frame, canonicalJson(content.payload));
  return { ...frame, hash, signature: signer.sign('ledger-entry', Buffer.from(hash, 'hex')) };
}

/**
 * Writes an entry; to be called in a transaction.
 * @param origin the ledger's
 * @param signer of the checkpoint
 */
export function writeEntry(
  database: Database.Database,
  head: Head,
  entry: Entry,
  origin: string,
  signer: Signer,
): Head {
  const { record } = insert(database, entry);
  const tree = writeLeaf(database, head.tree, record);
  writeCheckpoint(database, tree, origin, signer);
  return { entry, tree };
}

/** Takes an entry that is written already into the tree. */
export function writeLeaf(database: Database.Database, tree: Frontier, record: string): Frontier {
  const { frontier, nodes } = grown(tree, leafHash(Buffer.from(record)));
  insertNodes(database, tree.size, nodes);
  return frontier;
}

export function writeCheckpoint(
  database: Database.Database,
  tree: Frontier,
  origin: string,
  signer: Signer,
): void {
  const checkpoint = { origin: originLine(origin), size: tree.size, root: rootOf(tree) };
  database
    .prepare(
      'INSERT INTO checkpoint (id, note) VALUES (1, ?) ON CONFLICT DO UPDATE SET note = excluded.note',
    )
    .run(signCheckpoint(checkpoint, signer));
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
 * The head of a ledger that is to be written to. It is checked that the tree, of which only the nodes at its edge are
 * read, is the one that the ledger's key signed last, and that the last entry is in it: so nothing that somebody changed
 * while Lethe was closed gets Lethe's signature. That it was changed elsewhere, verification finds.
 * @throws LedgerFault
 */
export function requireHead(database: Database.Database, origin: string, signer: Signer): Head {
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
  return { entry: last.entry, tree };
}
