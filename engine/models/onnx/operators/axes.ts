import type { NodeReader } from '../node-reader.ts';

/** An axis counted from the front, given one that may count from the back (−1 for the last). */
export function requireAxis(node: NodeReader, axis: number, rank: number): number {
  const fromFront = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(fromFront) || fromFront < 0 || fromFront >= rank) {
    node.contradict(`names axis ${String(axis)} of a tensor that has ${String(rank)}`);
  }
  return fromFront;
}

/** Several of them, in ascending order. */
export function requireAxes(node: NodeReader, axes: readonly number[], rank: number): number[] {
  const fromFront = axes.map((axis) => requireAxis(node, axis, rank)).sort((a, b) => a - b);
  if (new Set(fromFront).size < axes.length) node.contradict('names an axis twice');
  return fromFront;
}
