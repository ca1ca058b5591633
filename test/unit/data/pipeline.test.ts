import { describe, expect, it } from 'vitest';
import { oneAhead } from '../../../engine/data/pipeline.ts';

describe('oneAhead', () => {
  it('starts the next item while one is in use, and no more than that', async () => {
    const started: number[] = [];
    const items = oneAhead(
      [1, 2, 3, 4],
      (input) => {
        started.push(input);
        return Promise.resolve(input * 10);
      },
      () => undefined,
    );
    expect((await items.next()).value).toBe(10);
    expect(started).toEqual([1, 2]);
    expect((await items.next()).value).toBe(20);
    expect(started).toEqual([1, 2, 3]);
  });

  it('discards what was made ahead when the taker stops early', async () => {
    const discarded: number[] = [];
    const items = oneAhead(
      [1, 2, 3],
      (input) => Promise.resolve(input),
      (item) => discarded.push(item),
    );
    for await (const item of items) if (item === 1) break;
    expect(discarded).toEqual([2]);
  });

  it('fails where the item that failed is taken, not before', async () => {
    const items = oneAhead(
      [1, 2],
      (input) => (input === 2 ? Promise.reject(new Error('second')) : Promise.resolve(input)),
      () => undefined,
    );
    expect((await items.next()).value).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 10));
    await expect(items.next()).rejects.toThrow('second');
  });
});
