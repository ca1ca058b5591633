import { expect, it } from 'vitest';
import type { Measurement } from '../../../engine/protocol/finding.ts';
import { featureLimit } from '../../../engine/verify/feature-limit.ts';
import { margins } from '../../../engine/verify/findings/linear-probe.ts';
import { wilson } from '../../../engine/verify/interval.ts';
import { judge } from '../../../engine/verify/judgement.ts';

/** What a probe finds: this share of so many images. */
function found(percent: number, samples: number): Measurement {
  const hits = Math.round((percent / 100) * samples);
  return {
    value: (100 * hits) / samples,
    unit: 'percent',
    interval: wilson(hits, samples),
    samples,
    figures: [],
  };
}

interface Case {
  readonly model: string;
  readonly samples: number;
  /** What a probe finds in the original, in a reference, and in the model, percent. */
  readonly percents: readonly [original: number, reference: number, model: number];
  /** What is said beside the reference, and without one. */
  readonly outcomes: readonly [beside: string, without: string];
}

/** Models of CIFAR-10, as docs/benchmarks.md has them. */
const cases: readonly Case[] = [
  {
    model: 'an All-CNN, retrained',
    samples: 1000,
    percents: [76, 63.4, 63.4],
    outcomes: ['pass', 'pass'],
  },
  {
    model: 'a ResNet-18, retrained without seven classes',
    samples: 7000,
    percents: [78.7, 43.4, 43.4],
    outcomes: ['pass', 'pass'],
  },
  {
    model: 'one that unlearned seven classes by negative gradients',
    samples: 7000,
    percents: [78.7, 43.4, 71.8],
    outcomes: ['fail', 'open'],
  },
  {
    model: 'one that answers as if it did not know one class',
    samples: 1000,
    percents: [85.2, 70.8, 80.9],
    outcomes: ['fail', 'open'],
  },
];

it.each(cases)('judges what a probe finds in $model', ({ samples, percents, outcomes }) => {
  const [original, reference, model] = percents.map((percent) => found(percent, samples));
  const outcome = (known: Measurement | null): string =>
    judge(model, featureLimit({ original, reference: known }, { points: margins, what: 'A probe' }))
      .outcome;
  expect([outcome(reference), outcome(null)]).toEqual(outcomes);
});

it.each([
  { original: 73, reference: 70, limit: 75, why: 'that they differ may be chance' },
  { original: 78, reference: 70, limit: 74, why: 'nearer to the reference than to the original' },
  { original: 90, reference: 70, limit: 75, why: 'no more than two retrained models differ' },
  { original: 65, reference: 70, limit: 75, why: 'the original tells nothing' },
])('grants $limit where the original has $original and the reference $reference: $why', (each) => {
  const [original, reference] = [each.original, each.reference].map((share) => found(share, 1000));
  const threshold = featureLimit({ original, reference }, { points: margins, what: 'A probe' });
  expect(threshold.limit).toBeCloseTo(each.limit, 9);
});
