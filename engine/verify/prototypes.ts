import type { LabelledFeatures } from './linear-probe.ts';

/** Of one class. */
export interface Prototype {
  readonly label: number;
  /** [D], of length 1. */
  readonly direction: Float64Array;
}

/**
 * The mean of each class's known rows, each brought to length 1 before; none for a class without known rows, or with none
 * but zeros.
 */
export function prototypesOf(known: LabelledFeatures, classes: readonly number[]): Prototype[] {
  return classes.flatMap((label) => {
    const direction = directionOf(known, label);
    return direction === null ? [] : [{ label, direction }];
  });
}

/**
 * Takes each row for the class whose prototype is nearest by the cosine of the angle (prototypical networks, Snell et al. 2017,
 * with the likeness of matching networks, Vinyals et al. 2016).
 * @param asked [N, D]
 * @returns the class of each row; −1 where there is no prototype
 */
export function nearestPrototypes(
  prototypes: readonly Prototype[],
  asked: Float32Array,
  dimensions: number,
): Int32Array {
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
