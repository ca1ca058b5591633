import { beforeAll, describe, expect, it } from 'vitest';
import { selectAccelerator } from '../../../engine/accelerators/accelerators.ts';
import type { FindingName } from '../../../engine/protocol/finding.ts';
import { dimensionsOf } from '../../../engine/verify/answers.ts';
import { isMeasurement, type Comparison } from '../../../engine/verify/definition.ts';
import type { Evidence } from '../../../engine/verify/evidence.ts';
import { definitions } from '../../../engine/verify/findings/findings.ts';
import { makeEvidence, without } from './make-evidence.ts';

const images = { train: 30, test: 30 };
const models = {
  original: makeEvidence({ sha256: 'a', seed: 1, isRetrained: false, images }),
  reference: makeEvidence({ sha256: 'b', seed: 2, isRetrained: true, images }),
  retrained: makeEvidence({ sha256: 'c', seed: 3, isRetrained: true, images }),
};
const kept = [1, 2, 3, 4, 5];

/** By no shadow models, and without having tried to learn the class again, whatever images there are. */
const never: FindingName[] = ['membership-shadow-models', 'relearning'];
const ofAnswers: FindingName[] = [
  ...(['forget-accuracy', 'worst-forget-class'] as const),
  ...(['neighbour-classes', 'answer-concentration', 'worst-probe-class'] as const),
  ...(['score-separation', 'output-distance', 'feature-distance'] as const),
];
const ofTraining: FindingName[] = [
  ...(['linear-probe', 'worst-probe-class', 'prototypes'] as const),
  ...(['membership-loss', 'membership-entropy', 'membership-confidence'] as const),
];

interface Case {
  readonly lacking: string;
  readonly cut: (evidence: Evidence) => Evidence;
  readonly retain?: readonly number[];
  readonly unmeasured: readonly FindingName[];
}

const cases: readonly Case[] = [
  { lacking: 'nothing', cut: (evidence) => evidence, unmeasured: [] },
  {
    lacking: 'test images of the erased class',
    cut: (evidence) => without(evidence, [0], ['test']),
    unmeasured: [...new Set([...ofAnswers, ...ofTraining])],
  },
  {
    lacking: 'training images of the erased class',
    cut: (evidence) => without(evidence, [0], ['train']),
    unmeasured: ofTraining,
  },
  {
    lacking: 'test images of one kept class',
    cut: (evidence) => without(evidence, [3], ['test']),
    unmeasured: ['worst-retain-class'],
  },
  {
    lacking: 'training images of one kept class',
    cut: (evidence) => without(evidence, [3], ['train']),
    unmeasured: [],
  },
  {
    lacking: 'test images of all kept classes',
    cut: (evidence) => without(evidence, kept, ['test']),
    unmeasured: ['retain-accuracy', 'worst-retain-class', 'neighbour-classes', 'score-separation'],
  },
  {
    lacking: 'training images of all kept classes',
    cut: (evidence) => without(evidence, kept, ['train']),
    unmeasured: ['linear-probe', 'worst-probe-class', 'prototypes'],
  },
  {
    lacking: 'all images',
    cut: (evidence) => without(evidence, [0, ...kept], ['train', 'test']),
    unmeasured: [
      ...new Set([...ofAnswers, ...ofTraining]),
      ...(['retain-accuracy', 'worst-retain-class'] as const),
    ],
  },
  {
    lacking: 'all kept classes but one',
    cut: (evidence) => without(evidence, [2, 3, 4, 5], ['train', 'test']),
    retain: [1],
    unmeasured: ['answer-concentration', 'output-distance'],
  },
];

beforeAll(async () => {
  await selectAccelerator('onnxruntime');
});

describe.each(cases)('lacking $lacking', ({ cut, retain = kept, unmeasured }) => {
  it('what cannot be measured is said to be so, and the rest are numbers', async () => {
    const [original, reference] = [cut(models.original), cut(models.reference)];
    const comparison: Comparison = {
      original,
      reference,
      shadows: null,
      forget: [0],
      retain,
      seed: 0,
    };
    const absent: FindingName[] = [];
    for (const definition of definitions) {
      const outcome = await definition.measure(cut(models.retrained), comparison);
      if (!isMeasurement(outcome)) {
        absent.push(definition.name);
        continue;
      }
      const [low, high] = outcome.interval;
      expect([definition.name, Number.isFinite(outcome.value)]).toEqual([definition.name, true]);
      expect(low).toBeLessThanOrEqual(outcome.value);
      expect(high).toBeGreaterThanOrEqual(outcome.value);
      expect(outcome.samples).toBeGreaterThan(0);
    }
    expect(absent.toSorted()).toEqual([...never, ...unmeasured].toSorted());
  });
});

it('features of another size are not compared', async () => {
  const { original, reference, retrained } = models;
  const dimensions = dimensionsOf(retrained.test);
  const narrower = (features: Float32Array): Float32Array =>
    features.filter((_, at) => at % dimensions > 0);
  const other: Evidence = {
    ...retrained,
    test: { ...retrained.test, features: narrower(retrained.test.features) },
  };
  const comparison = { original, reference, shadows: null, forget: [0], retain: kept, seed: 0 };
  const definition = definitions.find(({ name }) => name === 'feature-distance');
  expect(await definition?.measure(other, comparison)).toMatchObject({ waived: true });
});
