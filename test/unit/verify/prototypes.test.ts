import { expect, it } from 'vitest';
import { nearestPrototypes, prototypesOf } from '../../../engine/verify/prototypes.ts';

const known = {
  // The second image of class 0 is a hundred times as bright as the first.
  features: Float32Array.from([1, 0, 60, 80, 0, 1]),
  labels: Int32Array.from([0, 0, 2]),
};

it('the nearest prototype is the one at the smallest angle, each image counting alike', () => {
  // Prototypes point along (1.6, 0.8) and (0, 1): halfway between the two is (0.53, 0.85).
  const asked = Float32Array.from([0.58, 0.85, 0.48, 0.85, 500, 10]);
  expect([...nearestPrototypes(prototypesOf(known, [0, 1, 2]), asked, 2)]).toEqual([0, 2, 0]);
});

it('a class without known images, or with none but zeros, is never nearest', () => {
  const blank = { features: Float32Array.from([0, 0]), labels: Int32Array.from([1]) };
  expect([...nearestPrototypes(prototypesOf(blank, [0, 1]), Float32Array.from([1, 1]), 2)]).toEqual(
    [-1],
  );
});
