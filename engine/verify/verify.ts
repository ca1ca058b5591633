import type { Absence, Finding, FindingName, Thresholds, Verdict } from '../protocol/finding.ts';
import { isMeasurement, type Comparison, type FindingDefinition } from './definition.ts';
import type { Evidence } from './evidence.ts';
import { definitions } from './findings/findings.ts';
import { accuracyOver } from './findings/retain-accuracy.ts';
import { judge } from './judgement.ts';
import { verdictOf } from './verdict.ts';

export type { Comparison } from './definition.ts';
export { fixThresholds } from './thresholds.ts';

/** How many findings {@link fixThresholds} goes through at most. */
export const findingCount = definitions.length;

export interface Outcome {
  readonly findings: Finding[];
  readonly verdict: Verdict;
}

/**
 * Measures a model and judges it by thresholds that were fixed before. Yields the name of each finding once it is made.
 * @param comparison the same that the thresholds were made from
 */
export async function* measureFindings(
  evidence: Evidence,
  comparison: Comparison,
  thresholds: Thresholds,
): AsyncGenerator<FindingName, Outcome> {
  const { original, reference } = comparison;
  if (
    thresholds.original !== original.sha256 ||
    thresholds.reference !== (reference?.sha256 ?? null) ||
    thresholds.forget.join() !== comparison.forget.join()
  )
    throw new RangeError('These thresholds were made for other models or classes.');
  const findings: Finding[] = [];
  for (const limit of thresholds.limits) {
    const definition = definitions.find(({ name }) => name === limit.name);
    findings.push(await findingOf(limit, definition, evidence, comparison));
    yield limit.name;
  }
  return { findings, verdict: verdictOf(findings, thresholds) };
}

async function findingOf(
  { name, required, threshold, absence, original, reference }: Thresholds['limits'][number],
  definition: FindingDefinition | undefined,
  evidence: Evidence,
  comparison: Comparison,
): Promise<Finding> {
  if (definition === undefined || original === null)
    return notMeasured(name, required, absence ?? unknown);
  const measurement = await definition.measure(evidence, comparison);
  if (!isMeasurement(measurement)) {
    const { why, needs, costs } = measurement;
    const isAsked = required && !('waived' in measurement);
    return notMeasured(name, isAsked, { why, needs, costs });
  }
  const sentence = definition.describe(measurement, { original, reference });
  const parts = { name, required, sentence, measurement };
  if (threshold === null) {
    return { outcome: 'not-measured', ...parts, absence: absence ?? unknown, threshold };
  }
  const judgement = judge(measurement, threshold, definition.undecided);
  return judgement.outcome === 'open'
    ? { outcome: 'not-measured', ...parts, absence: judgement.absence, threshold }
    : { outcome: judgement.outcome, ...parts, threshold };
}

/** Of a model on test images of some classes, percent; null where there is none. */
export function accuracyOn({ test }: Evidence, classes: readonly number[]): number | null {
  return accuracyOver(test, classes)?.value ?? null;
}

function notMeasured(name: FindingName, required: boolean, absence: Absence): Finding {
  return {
    outcome: 'not-measured',
    name,
    required,
    sentence: absence.why,
    absence,
    measurement: null,
    threshold: null,
  };
}

const unknown: Absence = {
  why: 'This version of Lethe does not measure it.',
  needs: 'The version of Lethe that fixed the thresholds.',
  costs: 'Nothing.',
};
