import type { Step } from './operator.ts';

/** Steps with each Relu and Clip made one with the step before it, where that can do both and nothing else needs its result. */
export function fuseClips(steps: readonly Step[], needed: readonly string[]): Step[] {
  const uses = new Map<string, number>();
  for (const name of [...needed, ...steps.flatMap(({ operation }) => operation.inputs)]) {
    uses.set(name, (uses.get(name) ?? 0) + 1);
  }
  const fused: Step[] = [];
  const places = new Map<string, number>();
  for (const step of steps) {
    const [input] = step.operation.inputs;
    const { bounds } = step.operation;
    const place = bounds && uses.get(input) === 1 ? places.get(input) : undefined;
    const clipped = place === undefined ? undefined : fused[place].operation.clipped;
    if (bounds && place !== undefined && clipped !== undefined) {
      const { type } = fused[place];
      fused[place] = { type, operation: clipped(bounds), outputs: step.outputs };
      continue;
    }
    for (const output of step.outputs) places.set(output, fused.length);
    fused.push(step);
  }
  return fused;
}
