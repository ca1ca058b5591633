import type { Absence, FindingName, Limit, Measurement, Thresholds } from '../protocol/finding.ts';
import { ProblemError } from '../protocol/problem.ts';
import { isMeasurement, type Comparison } from './definition.ts';
import { definitions } from './findings/findings.ts';
import { judge } from './judgement.ts';

/**
 * Fixes what will be asked of a model, from the original and the reference alone. Yields the name of each finding once it is
 * fixed.
 * @throws ProblemError `unfit-reference`
 */
export async function* fixThresholds(
  comparison: Comparison,
): AsyncGenerator<FindingName, Thresholds> {
  const { original, reference, forget, seed } = comparison;
  const limits: Limit[] = [];
  for (const definition of definitions) {
    const { name, required, isAsked } = definition;
    if (isAsked?.(comparison) === false) continue;
    const before = await definition.measure(original, comparison);
    const retrained = reference === null ? null : await definition.measure(reference, comparison);
    if (isMeasurement(before)) {
      const measured = retrained !== null && isMeasurement(retrained) ? retrained : null;
      const threshold = definition.threshold({ original: before, reference: measured }, comparison);
      const limit = {
        name,
        required,
        threshold,
        absence: null,
        original: before.value,
        reference: measured?.value ?? null,
      };
      if (measured !== null) requireFit(limit, measured);
      limits.push(limit);
    } else {
      limits.push({
        name,
        required: required && !('waived' in before),
        threshold: null,
        absence: plain(before),
        original: null,
        reference: null,
      });
    }
    yield name;
  }
  return {
    version: 1,
    original: original.sha256,
    reference: reference?.sha256 ?? null,
    forget: [...forget],
    seed,
    relearningRate: reference?.relearning?.learningRate ?? null,
    limits: withoutBlindOnes(limits),
  };
}

/** What any model that never saw the class must fulfil. */
const demandedOfReference: ReadonlySet<FindingName> = new Set([
  'forget-accuracy',
  'worst-forget-class',
  'worst-retain-class',
  'score-separation',
  'output-distance',
  'feature-distance',
  'weight-distance',
]);

/** Points of percent on the retain classes. */
const mostLostByReference = 5;

/** Of the original's weights: training from random ones moved them by 0.23 and more, erasing a class by 0.01 to 0.3. */
const leastMovedByReference = 0.1;

/** A model that knows the class, or little of the others, would make limits that anything keeps to. */
function requireFit({ name, threshold, original }: Limit, measured: Measurement): void {
  const isFailed =
    demandedOfReference.has(name) &&
    threshold !== null &&
    judge(measured, threshold).outcome === 'fail';
  const isPoor =
    name === 'retain-accuracy' &&
    original !== null &&
    measured.interval[1] < original - mostLostByReference;
  const isTooNear = name === 'weight-distance' && measured.value < leastMovedByReference;
  if (!isFailed && !isPoor && !isTooNear) return;
  throw new ProblemError(
    'unfit-reference',
    'The reference is no model that was retrained without the erased classes: it recognises them or can tell them apart, is the original with some changes, or is much worse on the classes to keep. Give another one, or none.',
    `${name}: ${String(measured.value)} ${measured.unit}; the original ${String(original)}`,
  );
}

const ofFeatures: ReadonlySet<FindingName> = new Set(['linear-probe', 'prototypes']);
const ofTraces: ReadonlySet<FindingName> = new Set([...ofFeatures, 'score-separation']);

/**
 * Where a retrained model gives the class away as much as the original does, but for what chance makes of it, a finding on what is left of it tells kept from
 * forgotten no more, and is not judged. One on features that does tell is enough; without any there can be no PASS.
 */
function withoutBlindOnes(limits: readonly Limit[]): Limit[] {
  const isBlind = ({ name, threshold, original }: Limit): boolean =>
    ofTraces.has(name) &&
    threshold?.basis === 'reference' &&
    original !== null &&
    threshold.limit >= original;
  const isAnyTelling = limits.some((limit) => ofFeatures.has(limit.name) && !isBlind(limit));
  return limits.map((limit) =>
    isBlind(limit)
      ? {
          ...limit,
          required: ofFeatures.has(limit.name) && !isAnyTelling,
          threshold: null,
          absence: blind,
        }
      : limit,
  );
}

const blind: Absence = {
  why: 'A model retrained without the class gives it away as much as the original does, or nearly, so this tells nothing.',
  needs: 'Images or classes that are harder to tell apart without having seen the class.',
  costs: 'Nothing can be done about it with these images.',
};

/** Without the mark of a waiver. */
function plain({ why, needs, costs }: Absence): Absence {
  return { why, needs, costs };
}
