import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ImageReference } from '../../../engine/data/dataset.ts';
import { splitSample } from '../../../engine/unlearn/held-out.ts';

function references(counts: readonly number[]): ImageReference[] {
  return counts.flatMap((count, label) =>
    Array.from({ length: count }, (_, index) => ({ split: 'train' as const, label, index })),
  );
}

const counts = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 8 });

describe('the held-out images', () => {
  it('are never among those that are trained on, and nothing is lost', () => {
    fc.assert(
      fc.property(counts, fc.nat(), (counts, seed) => {
        const all = references(counts);
        const { training, heldOut } = splitSample(all, 0.1, seed);
        expect(new Set([...training, ...heldOut])).toEqual(new Set(all));
        expect(training.length + heldOut.length).toBe(all.length);
      }),
    );
  });

  it('are of every class that has two images', () => {
    fc.assert(
      fc.property(counts, fc.nat(), (counts, seed) => {
        const { training, heldOut } = splitSample(references(counts), 0.1, seed);
        for (const [label, count] of counts.entries()) {
          const of = (images: readonly ImageReference[]): number =>
            images.filter((image) => image.label === label).length;
          expect(of(heldOut) > 0).toBe(count > 1);
          expect(of(training) > 0).toBe(count > 0);
        }
      }),
    );
  });

  it('are no more than tell something', () => {
    const { heldOut } = splitSample(references([5000, 5000]), 0.5, 0);
    expect(heldOut).toHaveLength(1000);
  });
});
