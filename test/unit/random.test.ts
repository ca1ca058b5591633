import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deriveSeed, shuffled } from '../../engine/random.ts';

describe('shuffled', () => {
  it('keeps every item, leaves its input alone, and gives the same order for the same seed', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.nat(), (items, seed) => {
        const before = [...items];
        const once = shuffled(items, seed);
        expect(items).toEqual(before);
        expect(once.toSorted()).toEqual(items.toSorted());
        expect(shuffled(items, seed)).toEqual(once);
      }),
    );
  });

  it('puts every item in every place about equally often', () => {
    const counts = Array.from({ length: 4 }, () => [0, 0, 0, 0]);
    for (let seed = 0; seed < 4000; seed++) {
      for (const [place, item] of shuffled([0, 1, 2, 3], deriveSeed(seed, 'test')).entries()) {
        counts[item][place]++;
      }
    }
    // 1000 expected, standard deviation 27.
    for (const count of counts.flat()) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });
});

describe('deriveSeed', () => {
  it('differs by seed and by purpose', () => {
    const seeds = [deriveSeed(0, 'noise', 1), deriveSeed(1, 'noise', 1), deriveSeed(0, 'noise', 2)];
    expect(new Set([...seeds, deriveSeed(0, 'impair', 1)]).size).toBe(4);
    expect(deriveSeed(0, 'noise', 1)).toBe(seeds[0]);
  });
});
