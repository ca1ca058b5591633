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

/** Models of CIFAR-10, as docs/benchmarks.md has them. */
it.each([
  ['an All-CNN, retrained', 1000, { original: 76, reference: 63.4, model: 63.4 }, 'pass', 'pass'],
  [
    'a ResNet-18, retrained without seven classes',
    ...([7000, { original: 78.7, reference: 43.4, model: 43.4 }, 'pass', 'pass'] as const),
  ],
  [
    'one that unlearned seven classes by negative gradients',
    ...([7000, { original: 78.7, reference: 43.4, model: 71.8 }, 'fail', 'open'] as const),
  ],
  [
    'one that answers as if it did not know one class',
    ...([1000, { original: 85.2, reference: 70.8, model: 80.9 }, 'fail', 'open'] as const),
  ],
])(
  'judges what a probe finds in %s',
  (_, samples, { original, reference, model }, beside, without) => {
    const outcome = (known: Measurement | null): string =>
      judge(
        found(model, samples),
        featureLimit(
          { original: found(original, samples), reference: known },
          { points: margins, what: 'A probe' },
        ),
      ).outcome;
    expect(outcome(found(reference, samples))).toBe(beside);
    expect(outcome(null)).toBe(without);
  },
);
