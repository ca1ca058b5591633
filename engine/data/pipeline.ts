/**
 * Makes one item ahead of the one in use, so that reading and decoding overlap with compute.
 * @param make called for each input in turn; what it made but nobody took is handed to `discard`
 */
export async function* oneAhead<Input, Item>(
  inputs: readonly Input[],
  make: (input: Input) => Promise<Item>,
  discard: (item: Item) => void,
): AsyncGenerator<Item> {
  const start = (index: number): Promise<Item> | null => {
    if (index >= inputs.length) return null;
    const item = make(inputs[index]);
    // Its failure is met when its turn comes; until then it must not count as unhandled.
    item.catch(() => undefined);
    return item;
  };
  let next = start(0);
  try {
    for (let index = 0; next !== null; index++) {
      const item = await next;
      next = start(index + 1);
      yield item;
    }
  } finally {
    if (next !== null) await next.then(discard, () => undefined);
  }
}
