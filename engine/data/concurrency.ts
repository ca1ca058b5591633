/**
 * Runs an action for every item, at most `limit` of them at once, begun in order.
 * The first failure is passed on, and nothing more is begun after it.
 */
export async function forEachConcurrently<Item>(
  items: readonly Item[],
  limit: number,
  action: (item: Item, index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < items.length) {
      const index = next++;
      try {
        await action(items[index], index);
      } catch (error) {
        next = items.length;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: limit }, work));
}
