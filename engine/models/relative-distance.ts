/**
 * How far weights moved, as a share of their size: ‖w − w₀‖ / ‖w₀‖ over all of them.
 * @param now as many, each of the same length, as in `before`
 * @returns 0 where nothing moved; never infinite, whatever became of them
 */
export function relativeDistance(
  now: readonly Float32Array[],
  before: readonly Float32Array[],
): number {
  let [moved, size] = [0, 0];
  before.forEach((values, index) => {
    for (let at = 0; at < values.length; at++) {
      moved += (now[index][at] - values[at]) ** 2;
      size += values[at] ** 2;
    }
  });
  if (moved === 0) return 0;
  const ratio = Math.sqrt(moved / size);
  return Number.isFinite(ratio) ? ratio : Number.MAX_VALUE;
}
