import type Database from 'better-sqlite3';
import { z } from 'zod';
import { LedgerFault } from './ledger-fault.ts';
import { keptNodes, type ReadNode } from './merkle-tree.ts';

/* The rows of the table of the Merkle tree's nodes. */

const nodeSchema = z.strictObject({
  place: z.int().nonnegative(),
  hash: z.instanceof(Buffer).refine((bytes) => bytes.length === 32),
});

/** Keeps the nodes that a tree of `size` leaves gets with its next one. */
export function insertNodes(database: Database.Database, size: number, nodes: Buffer[]): void {
  const insert = database.prepare('INSERT INTO node (place, hash) VALUES (?, ?)');
  nodes.forEach((node, order) => insert.run(keptNodes(size) + order, node));
}

export function nodeReader(database: Database.Database): ReadNode {
  const select = database.prepare('SELECT * FROM node WHERE place = ?');
  return (place) => {
    const row = nodeSchema.safeParse(select.get(place));
    if (!row.success) throw damaged(place);
    return row.data.hash;
  };
}

const rowsAtOnce = 1000;

/** All nodes in order of their places. */
export function* nodesOf(database: Database.Database): Generator<Buffer> {
  const select = database.prepare('SELECT * FROM node WHERE place >= ? ORDER BY place LIMIT ?');
  for (let expected = 0; ;) {
    const rows = select.all(expected, rowsAtOnce);
    if (rows.length === 0) return;
    for (const fields of rows) {
      const row = nodeSchema.safeParse(fields);
      if (!row.success || row.data.place !== expected) throw damaged(expected);
      yield row.data.hash;
      expected++;
    }
  }
}

function damaged(place: number): LedgerFault {
  return new LedgerFault(
    null,
    `The tree over the entries is damaged: its node ${String(place)} is missing or changed.`,
  );
}
