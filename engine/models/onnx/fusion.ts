import type { Operation, Splitting, Step } from './operator.ts';

/**
 * Steps made one with the step before them, where that can do both and nothing else needs its result: batch normalisation
 * with a convolution, Relu and Clip with either.
 */
export function fuse(steps: readonly Step[], needed: readonly string[]): Step[] {
  const uses = new Map<string, number>();
  for (const name of [...needed, ...steps.flatMap(({ operation }) => operation.inputs)]) {
    uses.set(name, (uses.get(name) ?? 0) + 1);
  }
  const fused: Step[] = [];
  const places = new Map<string, number>();
  for (const step of steps) {
    const [input] = step.operation.inputs;
    const place = uses.get(input) === 1 ? places.get(input) : undefined;
    const before = place === undefined ? undefined : fused[place];
    const both = before && asOne(before.operation, step.operation);
    if (place !== undefined && before && both) {
      const types = step.operation.bounds ? before.types : [...before.types, ...step.types];
      fused[place] = { types, operation: both, outputs: step.outputs };
      for (const output of step.outputs) places.set(output, place);
    } else {
      for (const output of step.outputs) places.set(output, fused.length);
      fused.push(step);
    }
  }
  return fused;
}

function asOne(first: Operation | Splitting, second: Operation | Splitting): Operation | null {
  const { bounds, normalizing } = second;
  if (bounds && first.clipped) return first.clipped(bounds);
  if (normalizing && first.normalized)
    return normalizing({ ...first, normalized: first.normalized });
  return null;
}
