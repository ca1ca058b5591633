import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchBounds } from '../../../engine/unlearn/training.ts';

const totals = fc.integer({ min: 1, max: 5000 });
const sizes = fc.integer({ min: 2, max: 512 });

describe('batchBounds', () => {
  it('covers every image once, in order', () => {
    fc.assert(
      fc.property(totals, sizes, (total, size) => {
        const bounds = batchBounds(total, size);
        expect(bounds[0].start).toBe(0);
        expect(bounds.at(-1)?.end).toBe(total);
        for (const [index, { start }] of bounds.entries()) {
          if (index > 0) expect(start).toBe(bounds[index - 1].end);
        }
      }),
    );
  });

  it('never leaves a single image in a batch of its own, unless it is the only one', () => {
    fc.assert(
      fc.property(totals, sizes, (total, size) => {
        const lengths = batchBounds(total, size).map(({ start, end }) => end - start);
        expect(lengths.every((length) => length > 1 || total === 1)).toBe(true);
        expect(Math.max(...lengths)).toBeLessThanOrEqual(size + 1);
      }),
    );
  });

  it('makes no batch of no images', () => {
    expect(batchBounds(0, 256)).toEqual([]);
  });
});
