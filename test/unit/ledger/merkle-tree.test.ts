import { hash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  consistencyPath,
  emptyFrontier,
  frontierOf,
  grown,
  inclusionPath,
  isConsistent,
  isIncluded,
  keptNodes,
  leafHash,
  rootOf,
} from '../../../app/ledger/merkle-tree.ts';

const sha256 = (...parts: readonly Uint8Array[]): Buffer =>
  hash('sha256', Buffer.concat(parts), 'buffer');

/** Section 2.1 of RFC 9162, word for word, over hashes of leaves. */
const naive = {
  split(count: number): number {
    let power = 1;
    while (power * 2 < count) power *= 2;
    return power;
  },
  /** MTH */
  root(leaves: readonly Buffer[]): Buffer {
    if (leaves.length === 0) return sha256();
    if (leaves.length === 1) return leaves[0];
    const k = naive.split(leaves.length);
    return sha256(Buffer.of(1), naive.root(leaves.slice(0, k)), naive.root(leaves.slice(k)));
  },
  /** PATH */
  path(m: number, leaves: readonly Buffer[]): Buffer[] {
    if (leaves.length === 1) return [];
    const k = naive.split(leaves.length);
    return m < k
      ? [...naive.path(m, leaves.slice(0, k)), naive.root(leaves.slice(k))]
      : [...naive.path(m - k, leaves.slice(k)), naive.root(leaves.slice(0, k))];
  },
  /** SUBPROOF */
  subproof(m: number, leaves: readonly Buffer[], isWhole: boolean): Buffer[] {
    if (m === leaves.length) return isWhole ? [] : [naive.root(leaves)];
    const k = naive.split(leaves.length);
    return m <= k
      ? [...naive.subproof(m, leaves.slice(0, k), isWhole), naive.root(leaves.slice(k))]
      : [...naive.subproof(m - k, leaves.slice(k), false), naive.root(leaves.slice(0, k))];
  },
};

interface Grown {
  readonly leaves: Buffer[];
  readonly nodes: Buffer[];
  readonly root: Buffer;
}

function tree(size: number): Grown {
  const leaves = Array.from({ length: size }, (_, index) => leafHash(Buffer.from(String(index))));
  const nodes: Buffer[] = [];
  let frontier = emptyFrontier;
  for (const leaf of leaves) {
    const next = grown(frontier, leaf);
    ({ frontier } = next);
    nodes.push(...next.nodes);
  }
  return { leaves, nodes, root: rootOf(frontier) };
}

const readOf =
  (nodes: readonly Buffer[]) =>
  (place: number): Buffer =>
    nodes[place];

/** The trees that the implementations of Certificate Transparency are tested with. */
const vectors = {
  leaves: [
    '', '00', '10', '2021', '3031', '40414243', '5051525354555657',
    '606162636465666768696a6b6c6d6e6f',
  ], // prettier-ignore
  roots: [
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
    'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
    '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
    'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
    '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
  ],
  inclusion: [
    { index: 0, size: 1, path: [] },
    {
      index: 0,
      size: 8,
      path: [
        '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
        '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
        '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
      ],
    },
    {
      index: 5,
      size: 8,
      path: [
        'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
        'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
        'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
      ],
    },
    {
      index: 2,
      size: 3,
      path: ['fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125'],
    },
    {
      index: 1,
      size: 5,
      path: [
        '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
        '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
        'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      ],
    },
  ],
  consistency: [
    { from: 1, to: 1, path: [] },
    {
      from: 1,
      to: 8,
      path: [
        '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
        '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
        '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
      ],
    },
    {
      from: 6,
      to: 8,
      path: [
        '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
        'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
        'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
      ],
    },
    {
      from: 2,
      to: 5,
      path: [
        '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
        'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      ],
    },
  ],
};

describe('the Merkle tree', () => {
  const leaves = vectors.leaves.map((text) => leafHash(Buffer.from(text, 'hex')));
  const nodes: Buffer[] = [];
  let frontier = emptyFrontier;
  const roots = leaves.map((leaf) => {
    const next = grown(frontier, leaf);
    ({ frontier } = next);
    nodes.push(...next.nodes);
    return rootOf(frontier);
  });
  const inHex = (path: readonly Buffer[]): string[] => path.map((node) => node.toString('hex'));

  it('has the roots that Certificate Transparency publishes', () => {
    expect(rootOf(emptyFrontier).toString('hex')).toBe(
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
    expect(inHex(roots)).toEqual(vectors.roots);
  });

  it.each(vectors.inclusion)(
    'has the published inclusion proof of leaf $index of $size',
    ({ index, size, path }) => {
      expect(inHex(inclusionPath(readOf(nodes), index, size))).toEqual(path);
      const given = path.map((text) => Buffer.from(text, 'hex'));
      expect(isIncluded(leaves[index], index, size, given, roots[size - 1])).toBe(true);
    },
  );

  it.each(vectors.consistency)(
    'has the published consistency proof from $from to $to',
    ({ from, to, path }) => {
      expect(inHex(consistencyPath(readOf(nodes), from, to))).toEqual(path);
      const given = path.map((text) => Buffer.from(text, 'hex'));
      expect(
        isConsistent(
          { size: from, root: roots[from - 1] },
          { size: to, root: roots[to - 1] },
          given,
        ),
      ).toBe(true);
    },
  );

  it('is that of RFC 9162 at every size up to 40: roots, and every proof there is', () => {
    const { leaves, nodes } = tree(40);
    const read = readOf(nodes);
    for (let size = 1; size <= 40; size++) {
      const root = naive.root(leaves.slice(0, size));
      expect(rootOf(frontierOf(read, size))).toEqual(root);
      for (let index = 0; index < size; index++) {
        const path = inclusionPath(read, index, size);
        expect(path).toEqual(naive.path(index, leaves.slice(0, size)));
        expect(isIncluded(leaves[index], index, size, path, root)).toBe(true);
      }
      for (let from = 1; from <= size; from++) {
        const path = consistencyPath(read, from, size);
        expect(path).toEqual(naive.subproof(from, leaves.slice(0, size), true));
        const old = naive.root(leaves.slice(0, from));
        expect(isConsistent({ size: from, root: old }, { size, root }, path)).toBe(true);
      }
    }
  });

  const sized = fc.integer({ min: 1, max: 700 }).chain((size) =>
    fc.record({
      size: fc.constant(size),
      index: fc.integer({ min: 0, max: size - 1 }),
      from: fc.integer({ min: 1, max: size }),
    }),
  );

  it('is that of RFC 9162 at sizes by chance', () => {
    fc.assert(
      fc.property(sized, ({ size, index, from }) => {
        const { leaves, nodes, root } = tree(size);
        const read = readOf(nodes);
        expect(nodes).toHaveLength(keptNodes(size));
        expect(root).toEqual(naive.root(leaves));
        expect(inclusionPath(read, index, size)).toEqual(naive.path(index, leaves));
        expect(consistencyPath(read, from, size)).toEqual(naive.subproof(from, leaves, true));
      }),
      { numRuns: 60 },
    );
  });

  it('goes on from the nodes kept of it as if it had never stopped', () => {
    fc.assert(
      fc.property(sized, ({ size, from }) => {
        const { leaves, nodes, root } = tree(size);
        let frontier = frontierOf(readOf(nodes), from);
        for (const leaf of leaves.slice(from)) ({ frontier } = grown(frontier, leaf));
        expect(rootOf(frontier)).toEqual(root);
      }),
      { numRuns: 60 },
    );
  });

  it('refuses an inclusion proof that was changed anywhere, its middle included', () => {
    fc.assert(
      fc.property(sized, fc.nat(), fc.nat(255), ({ size, index }, at, bit) => {
        const { leaves, nodes, root } = tree(size);
        const path = inclusionPath(readOf(nodes), index, size);
        const holds = (changed: readonly Buffer[]): boolean =>
          isIncluded(leaves[index], index, size, changed, root);
        expect(holds([...path, root])).toBe(false);
        expect(isIncluded(leaves[index], index, size, path, leafHash(root))).toBe(false);
        if (path.length === 0) return;
        expect(holds(path.slice(1))).toBe(false);
        expect(holds(path.slice(0, -1))).toBe(false);
        expect(holds(flipped(path, at, bit))).toBe(false);
        const other = (index + 1) % size;
        expect(isIncluded(leaves[index], other, size, path, root)).toBe(false);
      }),
      { numRuns: 100 },
    );
  });

  it('refuses a consistency proof that was changed anywhere, its middle included', () => {
    fc.assert(
      fc.property(sized, fc.nat(), fc.nat(255), ({ size, from }, at, bit) => {
        const { leaves, nodes, root } = tree(size);
        const path = consistencyPath(readOf(nodes), from, size);
        const [old, now] = [
          { size: from, root: naive.root(leaves.slice(0, from)) },
          { size, root },
        ];
        expect(isConsistent(old, now, [...path, root])).toBe(false);
        expect(isConsistent({ ...old, root: leafHash(old.root) }, now, path)).toBe(false);
        expect(isConsistent(old, { ...now, root: leafHash(root) }, path)).toBe(false);
        if (path.length === 0) return;
        expect(isConsistent(old, now, path.slice(1))).toBe(false);
        expect(isConsistent(old, now, path.slice(0, -1))).toBe(false);
        expect(isConsistent(old, now, flipped(path, at, bit))).toBe(false);
        expect(isConsistent(now, old, path)).toBe(false);
      }),
      { numRuns: 100 },
    );
  });

  it('takes no sizes and places that no tree has', () => {
    const { leaves, nodes, root } = tree(4);
    const path = inclusionPath(readOf(nodes), 1, 4);
    for (const [index, size] of [
      [-1, 4],
      [4, 4],
      [1.5, 4],
      [1, 2 ** 32 + 4],
      [NaN, 4],
      [1, 0],
    ]) {
      expect(isIncluded(leaves[1], index, size, path, root)).toBe(false);
    }
    expect(isConsistent({ size: 0, root: rootOf(emptyFrontier) }, { size: 4, root }, [])).toBe(
      false,
    );
    expect(() => inclusionPath(readOf(nodes), 4, 4)).toThrow(RangeError);
    expect(() => consistencyPath(readOf(nodes), 5, 4)).toThrow(RangeError);
  });
});

function flipped(path: readonly Buffer[], at: number, bit: number): Buffer[] {
  return path.map((node, place) => {
    if (place !== at % path.length) return node;
    const changed = Buffer.from(node);
    changed[bit >>> 3] ^= 1 << (bit & 7);
    return changed;
  });
}
