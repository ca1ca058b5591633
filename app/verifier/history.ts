import { equal } from './encoding.ts';
import { isConsistent, type Tree } from './merkle-tree.ts';

/*
 * Whether two checkpoints tell one history. They do where both are shown to be beginnings of one tree; they do not where the
 * same number of entries has two roots.
 */

export type Relation = 'one-history' | 'two-histories' | 'unknown';

/** A tree of which it is known how it began. */
export interface KnownTree extends Tree {
  /** @returns whether the tree began with the smaller one; null where nothing tells */
  readonly beganWith: (smaller: Tree) => boolean | null;
}

/** Every leaf is known. @param roots of the tree at earlier sizes, its own among them */
export function wholeTree(tree: Tree, roots: ReadonlyMap<number, Uint8Array>): KnownTree {
  return {
    ...tree,
    beganWith: ({ size, root }) => {
      const own = size === tree.size ? tree.root : roots.get(size);
      return own === undefined ? null : equal(own, root);
    },
  };
}

/** @param proof what shows that the tree grew out of the one with the root `from` */
export function grownTree(
  tree: Tree,
  proof: { readonly from: Uint8Array; readonly path: readonly Uint8Array[] },
): KnownTree {
  return {
    ...tree,
    beganWith: (smaller) => {
      if (smaller.size === tree.size) return equal(smaller.root, tree.root);
      if (!equal(smaller.root, proof.from)) return null;
      return isConsistent(smaller, tree, proof.path) ? true : null;
    },
  };
}

/** @param known what else is known */
export function relationOf(one: Tree, other: Tree, known: readonly KnownTree[]): Relation {
  if (one.size === other.size) {
    return equal(one.root, other.root) ? 'one-history' : 'two-histories';
  }
  for (const tree of known) {
    const beginnings = [tree.beganWith(one), tree.beganWith(other)];
    if (beginnings.every((began) => began === true)) return 'one-history';
    if (beginnings.includes(false)) return 'two-histories';
  }
  return 'unknown';
}
