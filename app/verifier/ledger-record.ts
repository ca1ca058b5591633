import { canonicalJson } from './canonical-json.ts';
import { isSignedFor } from './ed25519.ts';
import { fromHex, utf8, type Bytes } from './encoding.ts';
import { isIncluded, leafHash, type Tree } from './merkle-tree.ts';
import { sha256Hex } from './sha256.ts';

/* Entries of a ledger, and what proves that they are in it. */

export interface Entry {
  readonly case: string | null;
  readonly hash: string;
  readonly kind: string;
  readonly payload: Readonly<Record<string, unknown>>;
  /** Hash of the entry before; of the first one, 64 zeros. */
  readonly previous: string;
  /** From 1. */
  readonly sequence: number;
  readonly signature: string;
  readonly time: string;
}

export interface ProvenEntry {
  readonly entry: Entry;
  /** Among the leaves, from 0. */
  readonly index: number;
  /** From the leaf to the root, as hexadecimal digits. */
  readonly path: readonly string[];
}

/** The line that names a ledger in its checkpoints. @param origin 32 hexadecimal digits */
export function originLine(origin: string): string {
  return `lethe-ledger/${origin}`;
}

/** Whether an entry's hash is that of what it says: of everything in it but hash and signature. */
export function isHashOwn({ hash, signature: _, ...rest }: Entry): boolean {
  return sha256Hex(utf8('lethe/ledger-entry/v1\0'), utf8(canonicalJson(rest))) === hash;
}

export async function isEntrySigned(
  { hash, signature }: Entry,
  publicKey: string,
): Promise<boolean> {
  const bytes = fromHex(hash);
  return bytes !== null && (await isSignedFor('ledger-entry', bytes, publicKey, signature));
}

/** The data of a leaf is the whole entry as canonical JSON. */
export function leafOf(entry: Entry): Bytes {
  return leafHash(utf8(canonicalJson(entry)));
}

/** Whether the entry is the leaf of its number, and no other, in the tree. */
export function isEntryIncluded({ entry, index, path }: ProvenEntry, tree: Tree): boolean {
  const hashes = hashesOf(path);
  return (
    index === entry.sequence - 1 &&
    hashes !== null &&
    isIncluded(leafOf(entry), index, tree, hashes)
  );
}

/** @returns null unless each is 32 bytes in hexadecimal digits */
export function hashesOf(path: readonly string[]): Bytes[] | null {
  const hashes = path.map(fromHex).filter((hash) => hash?.length === 32);
  return hashes.length === path.length ? hashes.filter((hash) => hash !== null) : null;
}
