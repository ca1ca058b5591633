import { describe, expect, it } from 'vitest';
import { batchesToSettle } from '../../../engine/unlearn/adaptive/settle-statistics.ts';

describe('the batches that fill running statistics anew', () => {
  it.each([0.9, 0.95, 0.99, Math.fround(0.9), Math.fround(0.99)])(
    'leave 8% of what these were at a momentum of %d',
    (momentum) => {
      const left = momentum ** batchesToSettle(momentum);
      expect(left).toBeLessThanOrEqual(0.08);
      expect(left).toBeGreaterThan(0.07);
    },
  );

  it.each([0, 0.5, 0.9, Math.fround(0.9)])('are 24 at a momentum of %d', (momentum) => {
    expect(batchesToSettle(momentum)).toBe(24);
  });

  it('are no more than a momentum of 0.99 needs', () => {
    expect(batchesToSettle(0.9999)).toBe(252);
  });
});
