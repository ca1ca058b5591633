import { hash } from 'node:crypto';

/*
 * The Merkle tree of RFC 9162, section 2.1, with SHA-256, over fewer than 2³¹ leaves. Of a tree are kept the roots of all
 * its complete subtrees, in the order in which they become complete: a leaf, then whatever it completes, smallest first.
 * So a tree only ever grows at the end, and a node's place is known from its level (0 for leaves) and its index there.
 */

/** @returns the kept node at a place, 32 bytes */
export type ReadNode = (place: number) => Buffer;

const largestSize = 2 ** 31 - 1;

/** HASH(0x00 || data) */
export function leafHash(data: Uint8Array): Buffer {
  return hash('sha256', Buffer.concat([Buffer.of(0), data]), 'buffer');
}

/** HASH(0x01 || left || right) */
function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  return hash('sha256', Buffer.concat([Buffer.of(1), left, right]), 'buffer');
}

/** MTH({}) */
const emptyRoot = hash('sha256', '', 'buffer');

/** How many nodes are kept of a tree of `size` leaves; so, too, the place of the next leaf. */
export function keptNodes(size: number): number {
  let count = 0;
  for (let level = size; level > 0; level >>>= 1) count += level;
  return count;
}

function placeOf(level: number, index: number): number {
  // A node is written right after the last leaf below it and the nodes between.
  const lastLeaf = (index + 1) * 2 ** level - 1;
  return keptNodes(lastLeaf) + level;
}

/** A tree of which only the roots of its largest complete subtrees are known, from left to right: enough to grow it. */
export interface Frontier {
  readonly size: number;
  readonly roots: readonly Buffer[];
}

export const emptyFrontier: Frontier = { size: 0, roots: [] };

/** What is known of a tree of `size` leaves whose nodes are kept. */
export function frontierOf(read: ReadNode, size: number): Frontier {
  const roots: Buffer[] = [];
  let start = 0;
  for (let level = 30; level >= 0; level--) {
    const width = 2 ** level;
    if ((size & width) === 0) continue;
    roots.push(read(placeOf(level, start / width)));
    start += width;
  }
  return { size, roots };
}

/**
 * The tree with one more leaf.
 * @param leaf its hash
 * @returns also the nodes to keep, in the order of their places
 */
export function grown(
  { size, roots }: Frontier,
  leaf: Buffer,
): { frontier: Frontier; nodes: Buffer[] } {
  const kept = [...roots];
  const nodes = [leaf];
  let node = leaf;
  for (let rest = size; (rest & 1) === 1; rest >>>= 1) {
    const left = kept.pop();
    if (left === undefined) throw new Error('the frontier lacks a root');
    node = nodeHash(left, node);
    nodes.push(node);
  }
  return { frontier: { size: size + 1, roots: [...kept, node] }, nodes };
}

/** MTH of the tree. */
export function rootOf({ roots }: Frontier): Buffer {
  return roots.length === 0 ? emptyRoot : roots.reduceRight((right, left) => nodeHash(left, right));
}

/** MTH(D[start:end]) for ranges that begin at a multiple of the power of two that they fit into. */
function rangeRoot(read: ReadNode, start: number, end: number): Buffer {
  const width = end - start;
  const split = largestPowerBelow(width);
  if (width === split * 2 || width === 1) {
    return read(placeOf(Math.log2(width), start / width));
  }
  return nodeHash(rangeRoot(read, start, start + split), rangeRoot(read, start + split, end));
}

/** The largest power of two smaller than `width`, and at least 1. */
function largestPowerBelow(width: number): number {
  return width < 2 ? 1 : 2 ** (31 - Math.clz32(width - 1));
}

/**
 * PATH(index, D[0:size]) of section 2.1.3.1: the hashes that lead from a leaf to the root.
 * @param index from 0, below `size`
 */
export function inclusionPath(read: ReadNode, index: number, size: number): Buffer[] {
  if (!(index >= 0 && index < size)) throw new RangeError('there is no such leaf');
  const path: Buffer[] = [];
  let [start, end] = [0, size];
  while (end - start > 1) {
    const middle = start + largestPowerBelow(end - start);
    if (index < middle) {
      path.unshift(rangeRoot(read, middle, end));
      end = middle;
    } else {
      path.unshift(rangeRoot(read, start, middle));
      start = middle;
    }
  }
  return path;
}

/** PROOF(from, D[0:to]) of section 2.1.4.1: the hashes that show that a tree grew out of its first `from` leaves. */
export function consistencyPath(read: ReadNode, from: number, to: number): Buffer[] {
  if (!(from >= 1 && from <= to)) throw new RangeError('there is no such earlier tree');
  const path: Buffer[] = [];
  let [start, end] = [0, to];
  // SUBPROOF(m, D[n], b): b holds as long as `start` is 0.
  while (from !== end) {
    const middle = start + largestPowerBelow(end - start);
    if (from <= middle) {
      path.unshift(rangeRoot(read, middle, end));
      end = middle;
    } else {
      path.unshift(rangeRoot(read, start, middle));
      start = middle;
    }
  }
  if (start > 0) path.unshift(rangeRoot(read, start, end));
  return path;
}

/** Whether a path proves a leaf to be in the tree (section 2.1.3.2). Every hash of it counts, and none may be left over. */
export function isIncluded(
  leaf: Uint8Array,
  index: number,
  size: number,
  path: readonly Uint8Array[],
  root: Uint8Array,
): boolean {
  if (!isSize(size) || !isSize(index) || index >= size) return false;
  let [node, last] = [index, size - 1];
  let result = leaf;
  for (const sibling of path) {
    if (last === 0) return false;
    if ((node & 1) === 1 || node === last) {
      result = nodeHash(sibling, result);
      [node, last] = withoutTrailingZeros(node, last);
    } else {
      result = nodeHash(result, sibling);
    }
    node >>>= 1;
    last >>>= 1;
  }
  return last === 0 && equal(result, root);
}

/** Whether a path proves that one tree grew out of another (section 2.1.4.2), of at least one leaf. */
export function isConsistent(
  from: { readonly size: number; readonly root: Uint8Array },
  to: { readonly size: number; readonly root: Uint8Array },
  path: readonly Uint8Array[],
): boolean {
  if (!isSize(from.size) || !isSize(to.size) || from.size < 1 || from.size > to.size) return false;
  if (from.size === to.size) return path.length === 0 && equal(from.root, to.root);
  const isPowerOfTwo = (from.size & (from.size - 1)) === 0;
  const [first, ...rest] = isPowerOfTwo ? [from.root, ...path] : path;
  if (first === undefined) return false;
  let [node, last] = [from.size - 1, to.size - 1];
  while ((node & 1) === 1) {
    node >>>= 1;
    last >>>= 1;
  }
  let [old, now] = [first, first];
  for (const sibling of rest) {
    if (last === 0) return false;
    if ((node & 1) === 1 || node === last) {
      old = nodeHash(sibling, old);
      now = nodeHash(sibling, now);
      [node, last] = withoutTrailingZeros(node, last);
    } else {
      now = nodeHash(now, sibling);
    }
    node >>>= 1;
    last >>>= 1;
  }
  return last === 0 && equal(old, from.root) && equal(now, to.root);
}

/** Both shifted to the right until the first one is odd or 0. */
function withoutTrailingZeros(node: number, last: number): [number, number] {
  while ((node & 1) === 0 && node !== 0) {
    node >>>= 1;
    last >>>= 1;
  }
  return [node, last];
}

function isSize(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= largestSize;
}

function equal(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}
