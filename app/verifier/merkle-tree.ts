import { equal, type Bytes } from './encoding.ts';
import { sha256 } from './sha256.ts';

/*
 * Merkle trees and their proofs (RFC 9162, section 2.1). Every hash of a proof goes into the result and none may be left
 * over; index and size are numbers that were signed or are checked elsewhere, never taken from the proof itself.
 */

export interface Tree {
  readonly size: number;
  /** MTH, 32 bytes. */
  readonly root: Uint8Array;
}

/** HASH(0x00 || data) */
export function leafHash(data: Uint8Array): Bytes {
  return sha256(Uint8Array.of(0), data);
}

/** HASH(0x01 || left || right) */
function nodeHash(left: Uint8Array, right: Uint8Array): Bytes {
  return sha256(Uint8Array.of(1), left, right);
}

/** Section 2.1.3.2. @param leaf its hash. @param index from 0 */
export function isIncluded(
  leaf: Uint8Array,
  index: number,
  tree: Tree,
  path: readonly Uint8Array[],
): boolean {
  if (!isNumber(index) || !isNumber(tree.size) || index >= tree.size) return false;
  let [fn, sn, r] = [index, tree.size - 1, leaf];
  for (const p of path) {
    if (sn === 0) return false;
    if (isOdd(fn) || fn === sn) {
      r = nodeHash(p, r);
      while (!isOdd(fn) && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else {
      r = nodeHash(r, p);
    }
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && equal(r, tree.root);
}

/** Section 2.1.4.2, for a first tree of at least one leaf. */
export function isConsistent(first: Tree, second: Tree, path: readonly Uint8Array[]): boolean {
  if (!isNumber(first.size) || !isNumber(second.size)) return false;
  if (first.size === 0 || first.size > second.size) return false;
  if (first.size === second.size) return path.length === 0 && equal(first.root, second.root);
  const [seed, ...rest] = isPowerOfTwo(first.size) ? [first.root, ...path] : path;
  if (seed === undefined) return false;
  let [fn, sn] = [first.size - 1, second.size - 1];
  while (isOdd(fn)) [fn, sn] = [half(fn), half(sn)];
  let [fr, sr] = [seed, seed];
  for (const c of rest) {
    if (sn === 0) return false;
    if (isOdd(fn) || fn === sn) {
      fr = nodeHash(c, fr);
      sr = nodeHash(c, sr);
      while (!isOdd(fn) && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else {
      sr = nodeHash(sr, c);
    }
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && equal(fr, first.root) && equal(sr, second.root);
}

/** A tree that leaves are added to, one after the other. */
export class GrowingTree {
  /** The roots of the complete subtrees that it is made of, from left to right, with their sizes. */
  readonly #parts: { readonly size: number; readonly root: Uint8Array }[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** @param leaf its hash */
  add(leaf: Uint8Array): void {
    let part = { size: 1, root: leaf };
    for (let left = this.#parts.at(-1); left?.size === part.size; left = this.#parts.at(-1)) {
      this.#parts.pop();
      part = { size: 2 * part.size, root: nodeHash(left.root, part.root) };
    }
    this.#parts.push(part);
    this.#size += 1;
  }

  /** MTH of the leaves so far (section 2.1.1). */
  root(): Uint8Array {
    if (this.#parts.length === 0) return sha256();
    return this.#parts.map(({ root }) => root).reduceRight((right, left) => nodeHash(left, right));
  }
}

function isNumber(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function isOdd(value: number): boolean {
  return value % 2 === 1;
}

function half(value: number): number {
  return Math.floor(value / 2);
}

function isPowerOfTwo(value: number): boolean {
  return Number.isInteger(Math.log2(value)) && 2 ** Math.round(Math.log2(value)) === value;
}
