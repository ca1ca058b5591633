import { describe, expect, it } from 'vitest';
import type { Answers, Evidence } from '../../../engine/verify/evidence.ts';
import type { Measurement } from '../../../engine/protocol/finding.ts';
import { isMeasurement } from '../../../engine/verify/definition.ts';
import { membershipInference } from '../../../engine/verify/findings/membership-inference.ts';
import { judge } from '../../../engine/verify/judgement.ts';
import { makeEvidence } from './make-evidence.ts';

it('a model that gives nothing away fails by chance, on few images, in no more than one of forty cases', async () => {
  const images = { train: 60, test: 15 };
  const draws = 200;
  let failures = 0;
  for (let seed = 0; seed < draws; seed++) {
    const evidence = makeEvidence({ sha256: 'c', seed, isRetrained: true, images });
    const comparison = {
      ...{ original: evidence, reference: null, shadows: null },
      ...{ forget: [0], retain: [1, 2, 3, 4, 5], seed },
    };
    const outcomes = await Promise.all(
      membershipInference.map(async (attack) => {
        const measurement = await attack.measure(evidence, comparison);
        if (!isMeasurement(measurement)) throw new Error(measurement.why);
        const baselines = { original: measurement, reference: null };
        return judge(measurement, attack.threshold(baselines, comparison)).outcome;
      }),
    );
    if (outcomes.includes('fail')) failures += 1;
  }
  expect(failures).toBeLessThanOrEqual(draws / 40);
});

describe('of test images that are training images, too', () => {
  const perClass = 60;
  const evidence = makeEvidence({
    ...{ sha256: 'c', seed: 0, isRetrained: false, memorized: 1 },
    ...{ images: { train: perClass, test: perClass } },
  });

  /** The first test images of class 0 are copies of its training images. */
  function withCopies(count: number): Evidence {
    const copied = ({ labels, logits, features }: Answers): Answers => {
      const of = (own: Float32Array, theirs: Float32Array): Float32Array => {
        const values = own.slice();
        values.set(theirs.subarray(0, (count * own.length) / labels.length));
        return values;
      };
      const { train } = evidence;
      return { labels, logits: of(logits, train.logits), features: of(features, train.features) };
    };
    return { ...evidence, test: copied(evidence.test) };
  }

  const measured = (subject: Evidence): ReturnType<(typeof membershipInference)[0]['measure']> =>
    membershipInference[0].measure(subject, {
      ...{ original: subject, reference: null, shadows: null },
      ...{ forget: [0], retain: [1, 2, 3, 4, 5], seed: 0 },
    });

  async function found(subject: Evidence): Promise<Measurement> {
    const measurement = await measured(subject);
    if (!isMeasurement(measurement)) throw new Error(measurement.why);
    return measurement;
  }

  it('leaves them out, and says how many', async () => {
    const [whole, halved] = [await found(evidence), await found(withCopies(30))];
    expect([whole.samples, halved.samples]).toEqual([120, 90]);
    expect(whole.figures).toEqual([]);
    expect(halved.figures).toMatchObject([{ value: 50, unit: 'percent' }]);
    // Were they left in, half of what gives training images away would be gone.
    expect(whole.value).toBeGreaterThan(0.75);
    expect(halved.value).toBeGreaterThan(0.75);
  });

  it('finds nothing to compare with where they are all', async () => {
    expect(await measured(withCopies(perClass))).toMatchObject({
      why: expect.stringContaining('are training images, too'),
    });
  });
});
