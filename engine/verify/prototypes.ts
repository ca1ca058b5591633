import type { LabelledFeatures } from './linear-probe.ts';

/**
 * Takes each row for the class whose prototype is nearest by the cosine of the angle (prototypical networks, Snell et al. 2017,
 * with the likeness of matching networks, Vinyals et al. 2016). A prototype is the mean of the class's known rows, each
 * brought to length 1 before.
 * @param classes those that have known rows are compared
 * @returns the class of each row of `asked`
 */
export function nearestPrototypes(
  known: LabelledFeatures,
  asked: Float32Array,
  classes: readonly number[],
): Int32Array {
  const dimensions = known.features.length / known.labels.length;
  const prototypes = classes.flatMap((label) => {
    const direction = directionOf(known, label);
    return direction === null ? [] : [{ label, direction }];
  });
  return Int32Array.from({ length: asked.length / dimensions }, (_, row) => {
    let best = { label: -1, likeness: -Infinity };
    for (const { label, direction } of prototypes) {
      let likeness = 0;
      for (let at = 0; at < dimensions; at++)
        likeness += direction[at] * asked[row * dimensions + at];
      if (likeness > best.likeness) best = { label, likeness };
    }
    return best.label;
  });
}

/** The class's prototype at length 1; null where it has no known row, or none but zeros. */
function directionOf({ features, labels }: LabelledFeatures, label: number): Float64Array | null {
  const dimensions = features.length / labels.length;
  const sum = new Float64Array(dimensions);
  labels.forEach((other, row) => {
    if (other !== label) return;
    const values = features.subarray(row * dimensions, (row + 1) * dimensions);
    const length = lengthOf(values);
    if (length > 0) values.forEach((value, at) => (sum[at] += value / length));
  });
  const length = lengthOf(sum);
  return length === 0 ? null : sum.map((value) => value / length);
}

function lengthOf(values: Float32Array | Float64Array): number {
  let squares = 0;
  for (const value of values) squares += value ** 2;
  return Math.sqrt(squares);
}
