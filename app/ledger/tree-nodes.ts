import type Database from 'better-sqlite3';
import { LedgerFault } from './ledger-fault.ts';
import { keptNodes, type ReadNode } from './merkle-tree.ts';

/* The rows of the table of the Merkle tree's nodes. */

/** Keeps the nodes that a tree of `size` leaves gets with its next one. */
export function nodeInserter(
  database: Database.Database,
): (size: number, nodes: readonly Buffer[]) => void {
  const insert = database.prepare('INSERT INTO node (place, hash) VALUES (?, ?)');
  return (size, nodes) => {
    nodes.forEach((node, order) => insert.run(keptNodes(size) + order, node));
  };
}

export function nodeReader(database: Database.Database): ReadNode {
  const select = database.prepare('SELECT hash FROM node WHERE place = ?').pluck();
  return (place) => requireNode(select.get(place), place);
}

const rowsAtOnce = 1000;

/** All nodes in order of their places. */
export function* nodesOf(database: Database.Database): Generator<Buffer> {
  const select = database
    .prepare('SELECT hash FROM node WHERE place >= ? AND place < ? ORDER BY place')
    .pluck();
  for (let place = 0; ;) {
    const nodes = select.all(place, place + rowsAtOnce);
    if (nodes.length === 0) return;
    for (const node of nodes) yield requireNode(node, place++);
  }
}

function requireNode(value: unknown, place: number): Buffer {
  if (value instanceof Buffer && value.length === 32) return value;
  throw new LedgerFault(
    null,
    `The tree over the entries is damaged: its node ${String(place)} is missing or changed.`,
  );
}
