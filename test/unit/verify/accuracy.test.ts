import { describe, expect, it } from 'vitest';
import { accuracyOf } from '../../../engine/verify/accuracy.ts';

describe('accuracyOf', () => {
  it('is over images, not over classes', () => {
    const accuracy = accuracyOf({ images: [10, 30, 10], recognised: [5, 30, 0] }, [0]);
    expect(accuracy).toEqual({ perClass: [50, 100, 0], forget: 50, retain: 75 });
  });

  it('is null where there is nothing to measure', () => {
    const accuracy = accuracyOf({ images: [0, 4], recognised: [0, 4] }, [0]);
    expect(accuracy).toEqual({ perClass: [null, 100], forget: null, retain: 100 });
  });
});
