import { createHash } from 'node:crypto';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { uniformInt } from 'pure-rand/distribution/uniformInt';

/**
 * A seed for one purpose, drawn from the recipe's seed: streams for different purposes are independent, and adding one
 * leaves the others as they were.
 * @returns 0 to 2³² − 1
 */
export function deriveSeed(seed: number, ...purpose: (string | number)[]): number {
  return createHash('sha256')
    .update(JSON.stringify([seed, ...purpose]))
    .digest()
    .readUInt32LE();
}

/** The items in random order (Fisher–Yates), the same for the same seed. The input is left alone. */
export function shuffled<T>(items: readonly T[], seed: number): T[] {
  const generator = xoroshiro128plus(seed);
  const result = [...items];
  for (let last = result.length - 1; last > 0; last--) {
    const other = uniformInt(generator, 0, last);
    [result[last], result[other]] = [result[other], result[last]];
  }
  return result;
}

/** One after the other, shuffled anew each time all were given. */
export function endless<Item>(items: readonly Item[], seed: number): () => Item {
  let order: Item[] = [];
  let round = 0;
  return () => {
    if (order.length === 0) order = shuffled(items, deriveSeed(seed, round++));
    const [item] = order.splice(-1);
    return item;
  };
}
