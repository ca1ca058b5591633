import type Database from 'better-sqlite3';
import { canonicalJson } from '../../../app/ledger/canonical-json.ts';
import { originLine, signCheckpoint } from '../../../app/ledger/checkpoint.ts';
import { entryHash, noPrevious, recordOf, type Entry } from '../../../app/ledger/entry.ts';
import { keptNodes } from '../../../app/ledger/merkle-tree.ts';
import { emptyFrontier, grown, leafHash, rootOf } from '../../../app/ledger/merkle-tree.ts';
import type { Signer } from '../../../app/ledger/signing.ts';
import { tamper } from './ledgers.ts';

/** What someone writes who knows Lethe's own code. */
export interface Forgery {
  readonly entries: readonly Entry[];
  /** Signs what changed; nobody does if it is not said, and the old signatures stay. */
  readonly signer?: Signer;
  /** Signs the checkpoint; nobody does if it is not said, and it is that of before. */
  readonly checkpointSigner?: Signer;
}

/** Puts entries in place of a ledger's, with all hashes, the tree and the checkpoint made anew as far as keys allow. */
export function forge(folder: string, origin: string, forgery: Forgery): void {
  tamper(folder, (database) => {
    database.exec('DELETE FROM entry; DELETE FROM node');
    writeForgery(database, origin, forgery);
  });
}

function writeForgery(
  database: Database.Database,
  origin: string,
  { entries, signer, checkpointSigner }: Forgery,
): void {
  const insertEntry = database.prepare('INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  const insertNode = database.prepare('INSERT INTO node VALUES (?, ?)');
  let tree = emptyFrontier;
  let previous = noPrevious;
  for (const entry of entries) {
    const root = rootOf(tree).toString('hex');
    const content =
      entry.kind === 'key-replaced' ? { ...entry, payload: { ...entry.payload, root } } : entry;
    const payload = canonicalJson(content.payload);
    const frame = { ...content, sequence: tree.size + 1, previous };
    const hash = entryHash(frame, payload);
    const signature =
      signer === undefined || hash === entry.hash
        ? entry.signature
        : signer.sign('ledger-entry', Buffer.from(hash, 'hex'));
    insertEntry.run(
      ...[frame.sequence, frame.time, frame.kind, frame.case, payload, previous, hash, signature],
    );
    const next = grown(
      tree,
      leafHash(Buffer.from(recordOf({ ...frame, hash, signature }, payload))),
    );
    next.nodes.forEach((node, order) => insertNode.run(keptNodes(tree.size) + order, node));
    tree = next.frontier;
    previous = hash;
  }
  if (checkpointSigner === undefined) return;
  const checkpoint = { origin: originLine(origin), size: tree.size, root: rootOf(tree) };
  database
    .prepare('UPDATE checkpoint SET note = ?')
    .run(signCheckpoint(checkpoint, checkpointSigner));
}
