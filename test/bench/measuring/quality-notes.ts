import { trialsOf, type Case } from './quality-cases.ts';

/** What readers must know of figures that do not all come from the same: nothing, where they do. */

/** Of the state of the program. */
export function notesOnRecord(cases: readonly Case[]): string[] {
  const several = cases.filter(({ sources }) => statesIn(sources) > 1);
  const unknown = cases.filter(
    (each) => !several.includes(each) && each.sources.includes(undefined),
  );
  const notKept = unknown
    .flatMap(({ sources }) => sources)
    .filter((state) => state === undefined).length;
  const all = cases.flatMap(({ sources }) => sources).length;
  const howMany = notKept === all ? 'any' : String(notKept);
  return [
    ...(several.length === 0
      ? []
      : [`In ${named(several, cases)} the runs come from several states of the program.`]),
    ...(unknown.length === 0
      ? []
      : [
          `Which state of the program made a run was not kept for ${howMany} of these ${String(all)}: in ${named(unknown, cases)} they may come from several.`,
        ]),
  ];
}

function statesIn(sources: Case['sources']): number {
  return new Set(sources.filter((state) => state !== undefined)).size;
}

/** "every case", or "mnist (1, 2 erased), sample (4 erased)" */
function named(some: readonly Case[], all: readonly Case[]): string {
  if (some.length === all.length) return 'every case';
  const counts = Map.groupBy(some, ({ part }) => part);
  return Array.from(
    counts,
    ([part, same]) => `${part} (${same.map(({ erased }) => String(erased)).join(', ')} erased)`,
  ).join(', ');
}

/** Of originals that differ between the cases of one part. */
export function notesOnPart(cases: readonly Case[]): string[] {
  const groups = Map.groupBy(cases, (each) => [...originalsOf(each)].sort().join());
  if (groups.size === 1) return [];
  const counts = Array.from(groups.values(), (same) => same.map(({ erased }) => erased).join(', '));
  return [
    `The original was trained more than once, and came out different: one for ${counts.join(', and one for ')} classes erased.`,
  ];
}

/** Of the models beside the runs of one case, and of the machines. */
export function notesOnCase(each: Case): string[] {
  const originals = originalsOf(each).size;
  const references = Map.groupBy(
    trialsOf(each).filter(({ thresholds }) => thresholds.reference !== null),
    ({ thresholds }) => thresholds.reference,
  );
  const shares = Array.from(references.values(), ({ length }, at) =>
    at === 0 ? `${String(length)} beside one` : `${String(length)} beside another`,
  );
  const machines = Map.groupBy(
    Array.from(each.trials).flatMap(([method, trials]) =>
      trials.map(({ accelerator }) => ({ method, machine: accelerator.device.name })),
    ),
    ({ machine }) => machine,
  );
  const timed = Array.from(machines, ([machine, runs]) => {
    const methods = [...new Set(runs.map(({ method }) => `\`${method}\``))];
    return `${methods.join(', ')} on ${machine}`;
  });
  const unlookedAt = trialsOf(each).filter(({ findings }) =>
    findings.some(
      ({ name, outcome, measurement }) =>
        name === 'worst-forget-class' && outcome === 'not-measured' && measurement === null,
    ),
  ).length;
  return [
    ...(unlookedAt === 0
      ? []
      : [
          `${String(unlookedAt)} of the ${String(trialsOf(each).length)} runs were measured before each erased class was looked at by itself, which a PASS needs: they can be no more than INCONCLUSIVE until they are measured again.`,
        ]),
    ...(originals === 1
      ? []
      : [
          `The original was trained ${String(originals)} times, and came out different; each run was measured against its own.`,
        ]),
    ...(references.size <= 1
      ? []
      : [
          `The runs were judged beside ${String(references.size)} references that came out different, ${shares.join(' and ')}; in the tables, the reference is the mean over the runs.`,
        ]),
    ...(machines.size <= 1
      ? []
      : [
          `Times were taken on several machines, and are not to be compared across them: ${timed.join('; ')}.`,
        ]),
  ];
}

function originalsOf(each: Case): Set<string> {
  return new Set(trialsOf(each).map(({ thresholds }) => thresholds.original));
}
