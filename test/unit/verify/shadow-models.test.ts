import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isMeasurement, type Comparison } from '../../../engine/verify/definition.ts';
import type { Answers, Evidence } from '../../../engine/verify/evidence.ts';
import { membershipShadowModels } from '../../../engine/verify/findings/membership-shadow-models.ts';
import { judge } from '../../../engine/verify/judgement.ts';
import { areaUnderCurve } from '../../../engine/verify/roc.ts';
import {
  drawHalves,
  likelihoodRatios,
  signalsOf,
  type ShadowModel,
  type Signals,
} from '../../../engine/verify/shadow-models.ts';
import { makeEvidence, normals } from './make-evidence.ts';

const count = 8;
const images = 1500;

it('every image is learned by half of the shadow models, each half with its complement', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 2, max: 20 }),
      (length, pairs) => {
        const pool = Array.from({ length }, (_, index) => ({
          ...{ split: 'train' as const, label: 3, index },
        }));
        const halves = drawHalves(pool, 2 * pairs, 0);
        expect(halves).toHaveLength(2 * pairs);
        for (let pair = 0; pair < pairs; pair++) {
          const both = [...halves[2 * pair], ...halves[2 * pair + 1]];
          expect(both.toSorted((a, b) => a.index - b.index)).toEqual(pool);
          expect(Math.abs(halves[2 * pair].length - halves[2 * pair + 1].length)).toBeLessThan(2);
        }
      },
    ),
  );
});

describe('signals', () => {
  const answer = (logits: number[]): Answers => ({
    ...{
      labels: Int32Array.of(0),
      logits: Float32Array.from(logits),
      features: new Float32Array(),
    },
  });

  it('are logits of the probabilities of the class, and of the answer among the others', () => {
    const scores = fc.float({ min: -8, max: 8, noNaN: true });
    fc.assert(
      fc.property(fc.array(scores, { minLength: 3, maxLength: 10 }), (logits) => {
        const [own, other] = signalsOf(answer(logits), 0);
        const powers = logits.map((score) => Math.exp(score));
        const share = (index: number, of: number[]): number =>
          powers[index] / of.reduce((sum, at) => sum + powers[at], 0);
        const all = [...logits.keys()];
        const best = all.slice(1).reduce((a, b) => (logits[b] > logits[a] ? b : a));
        for (const [signal, p] of [
          [own, share(0, all)],
          [other, share(best, all.slice(1))],
        ])
          expect(signal).toBeCloseTo(Math.log(p / (1 - p)), 3);
      }),
    );
  });

  it('are bounded where a model has no output for the class, or one other only', () => {
    expect(signalsOf(answer([-Infinity, 1, 2]), 0)[0]).toBe(-30);
    expect(signalsOf(answer([0, 1]), 0)).toEqual([-1, 30]);
  });
});

/** Models that answer to an image about as others do, but those that learned it are surer by `effect` of it. */
function answering(
  effect: Signals,
  normal: () => number,
): { shadows: ShadowModel[]; target: { test: Signals[]; train: Signals[] } } {
  const rows = [...Array(images).keys()];
  const usual = { test: rows.map(() => 2 * normal()), train: rows.map(() => 2 * normal()) };
  const answers = (split: 'test' | 'train', learned: readonly boolean[]): Signals[] =>
    rows.map((row) => {
      // What makes one signal higher makes the other higher, too.
      const [own, shared] = [normal(), normal()];
      const [a, b] = effect.map((each) => (learned[row] ? each : 0));
      return [usual[split][row] + a + own, usual[split][row] + b + (own + shared) / 2];
    });
  const all = rows.map(() => true);
  const none = rows.map(() => false);
  const shadows = Array.from({ length: count / 2 }, () => {
    const half = { test: rows.map(() => normal() > 0), train: rows.map(() => normal() > 0) };
    return [half, { test: half.test.map((is) => !is), train: half.train.map((is) => !is) }];
  })
    .flat()
    .map((learned): ShadowModel => {
      const erased = {
        test: answers('test', learned.test),
        train: answers('train', learned.train),
      };
      return { learned, trained: erased, erased, retainAccuracy: 100 };
    });
  return { shadows, target: { test: answers('test', none), train: answers('train', all) } };
}

describe('the attack', () => {
  const areaOf = ({ shadows, target }: ReturnType<typeof answering>): number => {
    const { train, test } = likelihoodRatios(target, shadows, 'erased');
    return areaUnderCurve({ members: train, others: test }).value;
  };

  it('finds nothing where models answer alike to what they learned and to what they did not', () => {
    const areas = Array.from({ length: 40 }, (_, seed) => areaOf(answering([0, 0], normals(seed))));
    const mean = areas.reduce((sum, area) => sum + area, 0) / areas.length;
    expect(mean).toBeGreaterThan(0.49);
    expect(mean).toBeLessThan(0.51);
    expect(Math.max(...areas)).toBeLessThan(0.54);
  });

  it('finds more than the answers alone tell, as images differ by themselves', () => {
    const made = answering([0.7, 0], normals(1));
    const own = ({ train, test }: { train: Signals[]; test: Signals[] }, at: 0 | 1): number =>
      areaUnderCurve({ members: train.map((all) => all[at]), others: test.map((all) => all[at]) })
        .value;
    expect(own(made.target, 0)).toBeLessThan(0.61);
    // Φ(0.7 / √2) is what an attacker finds who knows all means.
    expect(areaOf(made)).toBeGreaterThan(0.65);
  });

  it('finds by the second signal what the first does not tell', () => {
    expect(areaOf(answering([0, 0.7], normals(2)))).toBeGreaterThan(0.65);
  });

  it('is not led astray by a signal that never differs', () => {
    const { shadows, target } = answering([0.7, 0], normals(3));
    const still = ({ test, train }: { test: readonly Signals[]; train: readonly Signals[] }) => ({
      test: test.map(([a]): Signals => [a, 30]),
      train: train.map(([a]): Signals => [a, 30]),
    });
    const made = {
      shadows: shadows.map((shadow) => ({ ...shadow, erased: still(shadow.erased) })),
      target: still(target),
    };
    expect(areaOf(made)).toBeGreaterThan(0.65);
  });
});

describe('the finding', () => {
  /** Answers of three classes that give these signals for the first one. */
  const answersOf = (signals: readonly Signals[]): Answers => {
    const logits = signals.flatMap(([own, other]) => {
      const sure = Math.abs(other);
      return [own + Math.log(Math.exp(sure) + 1), sure, 0];
    });
    const retained = [0, 10, 0, 0, 0, 10];
    return {
      labels: Int32Array.from([...signals.map(() => 0), 1, 2]),
      logits: Float32Array.from([...logits, ...retained]),
      features: new Float32Array((signals.length + 2) * 2),
    };
  };
  const absolute = (signals: readonly Signals[]): Signals[] =>
    signals.map(([a, b]) => [a, Math.abs(b)]);

  function compared(
    effect: Signals,
    retainAccuracy = 100,
  ): { evidence: Evidence; comparison: Comparison } {
    const made = answering(effect, normals(4));
    const [original, evidence] = ['a', 'b'].map((sha256): Evidence => ({
      ...makeEvidence({ sha256, seed: 0, isRetrained: false }),
      ...{ classCount: 3, test: answersOf(made.target.test), train: answersOf(made.target.train) },
    }));
    const shadows = made.shadows.map((shadow): ShadowModel => {
      const { test, train } = shadow.erased;
      const erased = { test: absolute(test), train: absolute(train) };
      return { ...shadow, trained: erased, erased, retainAccuracy };
    });
    const comparison = { original, reference: null, ...{ forget: [0], retain: [1, 2] }, shadows };
    return { evidence, comparison: { ...comparison, seed: 0 } };
  }

  async function outcomeOf(effect: Signals): Promise<string> {
    const { evidence, comparison } = compared(effect);
    const measurement = await membershipShadowModels.measure(evidence, comparison);
    if (!isMeasurement(measurement)) throw new Error(measurement.why);
    const baselines = { original: measurement, reference: null };
    const threshold = membershipShadowModels.threshold(baselines, comparison);
    expect(threshold.reason).toContain('8 models');
    return judge(measurement, threshold).outcome;
  }

  it('fails a model that gives away what it learned, and passes one that does not', async () => {
    expect(await outcomeOf([1, 0])).toBe('fail');
    expect(await outcomeOf([0, 0])).toBe('pass');
  });

  it('asks for nothing where no attack was asked for', async () => {
    const { evidence, comparison } = compared([0, 0]);
    const outcome = await membershipShadowModels.measure(evidence, {
      ...comparison,
      shadows: null,
    });
    expect(outcome).toMatchObject({ waived: true });
  });

  it('says nothing by shadow models that came out much worse than the original', async () => {
    const { evidence, comparison } = compared([1, 0], 90);
    const outcome = await membershipShadowModels.measure(evidence, comparison);
    expect(outcome).toMatchObject({ why: expect.stringContaining('much worse') });
    expect(outcome).not.toHaveProperty('waived');
  });
});
