import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { impressionLabels } from '../../../engine/unlearn/impression-labels.ts';
import { makeRecipe } from '../../../engine/unlearn/unlearn.ts';

const images = { retain: 0, forget: 0 };
const classes = (forget: number, retain: number): { forget: number[]; retain: number[] } => {
  const all = [...Array(forget + retain).keys()];
  return { forget: all.slice(0, forget), retain: all.slice(forget) };
};
const counts = [fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 300 })] as const;

describe('the images that a model is made to make', () => {
  it('are at least four of each class', () => {
    fc.assert(
      fc.property(...counts, (forget, retain) => {
        const recipe = makeRecipe('class-impressions', 0, images, { forget, retain });
        const labels = impressionLabels({ ...classes(forget, retain), recipe });
        const perClass = Map.groupBy(labels, (label) => label);
        expect(perClass.size).toBe(forget + retain);
        for (const ofClass of perClass.values()) expect(ofClass.length).toBeGreaterThanOrEqual(4);
      }),
    );
  });

  it('are as many as ever where four of each class are no more than that', () => {
    const { impressions } = makeRecipe('class-impressions', 0, images, { forget: 16, retain: 48 });
    expect(impressions).toMatchObject({ images: 256, forgetShare: 0.25 });
  });
});
