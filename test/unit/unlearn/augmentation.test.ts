import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { selectAccelerator } from '../../../engine/accelerators/accelerators.ts';
import { flipAndShift } from '../../../engine/unlearn/augmentation.ts';

beforeAll(async () => {
  await selectAccelerator('onnxruntime');
});

/** [N, 4, 4, 1], a number for every pixel, none of them 0. */
function images(count: number): tf.Tensor4D {
  const pixels = Array.from({ length: 16 }, (_, pixel) => pixel + 1);
  return tf.tensor4d(Array.from({ length: count }, () => pixels).flat(), [count, 4, 4, 1]);
}

async function varied(count: number, shift: number, seed: number): Promise<number[][]> {
  const result = await flipAndShift(images(count), { shift, seed });
  const values = Array.from(await result.data());
  result.dispose();
  return Array.from({ length: count }, (_, row) => values.slice(row * 16, (row + 1) * 16));
}

describe('mirroring and shifting', () => {
  it('gives the image or its mirror image, where nothing is shifted', async () => {
    const [image] = await varied(1, 0, 0);
    const plain = Array.from({ length: 16 }, (_, pixel) => pixel + 1);
    const mirrored = plain.map((_, pixel) => pixel - (pixel % 4) + (3 - (pixel % 4)) + 1);
    const seen = new Set((await varied(64, 0, 3)).map(String));
    expect([String(plain), String(mirrored)]).toContain(String(image));
    expect(seen).toEqual(new Set([String(plain), String(mirrored)]));
  });

  it('leaves zero where nothing was, and every other pixel in its row and order', async () => {
    for (const image of await varied(64, 0.25, 5)) {
      const rows = [0, 4, 8, 12].map((start) => image.slice(start, start + 4));
      const left = rows.map((row) => row.filter((value) => value !== 0));
      for (const row of left.filter((each) => each.length > 0)) {
        expect(row.length).toBeGreaterThanOrEqual(3);
        expect(new Set(row.map((value) => Math.floor((value - 1) / 4))).size).toBe(1);
        const steps = row.slice(1).map((value, at) => value - row[at]);
        expect(new Set(steps)).toEqual(new Set([steps[0]]));
        expect(Math.abs(steps[0])).toBe(1);
      }
      expect(left.filter((row) => row.length > 0).length).toBeGreaterThanOrEqual(3);
    }
  });

  it('draws the same for the same seed, and something else for another', async () => {
    expect(await varied(8, 0.25, 7)).toEqual(await varied(8, 0.25, 7));
    expect(await varied(8, 0.25, 7)).not.toEqual(await varied(8, 0.25, 8));
  });
});
