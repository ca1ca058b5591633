import { figureText } from '../../protocol/figure-text.ts';
import type { Absence } from '../../protocol/finding.ts';
import { rowsOf } from '../answers.ts';
import { withoutImages, type Comparison, type FindingDefinition } from '../definition.ts';
import type { Evidence } from '../evidence.ts';
import {
  differenceOfProportions,
  largestOf,
  normalQuantile,
  type Proportion,
} from '../interval.ts';
import { foundBy, probeAnswers } from '../probe-answers.ts';

/** Points of percent. */
const limits = { reference: 15, original: -2 };
const reach = 50;

/**
 * Of several erased classes, how much more of the one a linear probe finds in the features than in the reference's, of which it
 * finds most more; without a reference, than in the original's. Among many that are gone from the features, an average can
 * hide one that is not. The interval is of the most of any.
 */
export const worstProbeClass: FindingDefinition = {
  name: 'worst-probe-class',
  required: true,
  isAsked: ({ forget }) => forget.length > 1,
  async measure(evidence, comparison) {
    const { forget, reference, original } = comparison;
    if (forget.some((index) => rowsOf(evidence.test, [index]).length === 0))
      return withoutImages('test', 'erased');
    const now = await hitsOf(evidence, comparison);
    if ('why' in now) return now;
    const beside = await hitsOf(reference ?? original, comparison);
    if ('why' in beside) return beside;
    const z = normalQuantile(0.025 / forget.length);
    const classes = now.map(({ successes, trials }, at) => ({
      value: (100 * (successes - beside[at].successes)) / trials,
      interval: differenceOfProportions({ successes, trials }, beside[at], z),
      samples: trials,
    }));
    return { ...largestOf(classes), unit: 'points', figures: [] };
  },
  threshold: ({ reference }) =>
    reference === null
      ? {
          direction: 'at-most',
          limit: limits.original,
          reach,
          beyond: 'open',
          basis: 'original',
          reason: `An average can hide one class that a probe finds as well as before. Of each it must find ${String(-limits.original)} points less than in the original, at least.`,
        }
      : {
          direction: 'at-most',
          limit: limits.reference,
          reach,
          beyond: 'fail',
          basis: 'reference',
          reason: `An average can hide one class that a probe finds as well as before. ${String(limits.reference)} points more than in a model retrained without the classes are granted for the one of which it finds most more, since two such models differ; that it is not ${String(reach)} for any must be certain.`,
        },
  describe: ({ value }, { reference }) => {
    const [points, than] = [
      figureText(Math.abs(value), 'points'),
      reference === null ? 'the original' : 'a model retrained without them',
    ];
    return `Of the erased classes, the one that compares worst is found by a probe ${value < 0 ? `${points} less` : `${points} more`} often than in ${than}.`;
  },
};

/** Of each erased class in turn. */
async function hitsOf(
  evidence: Evidence,
  comparison: Pick<Comparison, 'forget' | 'retain'>,
): Promise<Proportion[] | Absence> {
  const probed = await probeAnswers(evidence, comparison);
  if (!('answers' in probed)) return probed;
  return comparison.forget.map((label) => foundBy(probed, evidence, [label]));
}
