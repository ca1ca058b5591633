import { expect, it } from 'vitest';
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
