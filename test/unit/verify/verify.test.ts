import { beforeAll, describe, expect, it } from 'vitest';
import { selectAccelerator } from '../../../engine/accelerators/accelerators.ts';
import {
  findingSchema,
  thresholdsSchema,
  verdictSchema,
  type Finding,
  type FindingName,
} from '../../../engine/protocol/finding.ts';
import { theseRows } from '../../../engine/verify/answers.ts';
import type { Answers, Evidence } from '../../../engine/verify/evidence.ts';
import {
  fixThresholds,
  measureFindings,
  type Comparison,
  type Outcome,
} from '../../../engine/verify/verify.ts';
import { problemOfAsync } from '../../problem-of.ts';
import { makeEvidence, madeClasses, without } from './make-evidence.ts';

const original = makeEvidence({ sha256: 'a', seed: 1, isRetrained: false });
const reference = makeEvidence({ sha256: 'b', seed: 2, isRetrained: true });
const retrained = makeEvidence({ sha256: 'c', seed: 3, isRetrained: true });

const images = { train: 1500, test: 1500 };
const large = {
  original: makeEvidence({ sha256: 'a', seed: 1, isRetrained: false, images }),
  reference: makeEvidence({ sha256: 'b', seed: 2, isRetrained: true, images }),
  retrained: makeEvidence({ sha256: 'c', seed: 3, isRetrained: true, images }),
};

const classes = { forget: [0], retain: [1, 2, 3, 4, 5], shadows: null, seed: 0 };

async function finished<Result>(work: AsyncGenerator<unknown, Result>): Promise<Result> {
  for (;;) {
    const step = await work.next();
    if (step.done === true) return step.value;
  }
}

async function outcomeFor(evidence: Evidence, comparison: Comparison): Promise<Outcome> {
  const fixed = await finished(fixThresholds(comparison));
  // As they come back from the record.
  const thresholds = thresholdsSchema.parse(JSON.parse(JSON.stringify(fixed)));
  const outcome = await finished(measureFindings(evidence, comparison, thresholds));
  verdictSchema.parse(outcome.verdict);
  outcome.findings.forEach((finding) => findingSchema.parse(finding));
  return outcome;
}

function named(findings: readonly Finding[], name: FindingName): Finding {
  const finding = findings.find((each) => each.name === name);
  if (finding === undefined) throw new RangeError(`no finding "${name}"`);
  return finding;
}

const failed = ({ findings }: Outcome): FindingName[] =>
  findings.filter(({ outcome }) => outcome === 'fail').map(({ name }) => name);

/** The same, but with other scores. */
function withScores(
  evidence: Evidence,
  score: (scores: number[], label: number) => number[],
): Evidence {
  const changed = (answers: Answers): Answers => ({
    ...answers,
    logits: Float32Array.from(
      [...answers.labels.keys()].flatMap((row) =>
        score(
          [...answers.logits.subarray(row * madeClasses, (row + 1) * madeClasses)],
          answers.labels[row],
        ),
      ),
    ),
  });
  return {
    ...evidence,
    sha256: 'd'.padEnd(64, '0'),
    test: changed(evidence.test),
    train: changed(evidence.train),
  };
}

beforeAll(async () => {
  await selectAccelerator('onnxruntime');
});

describe('a model retrained without the class', () => {
  it('gets PASS beside another one', async () => {
    const comparison = { ...classes, original: large.original, reference: large.reference };
    const { verdict, findings } = await outcomeFor(large.retrained, comparison);
    expect(failed({ verdict, findings })).toEqual([]);
    expect(verdict).toMatchObject({ value: 'PASS', comparedWith: 'reference' });
    expect(verdict.reason).not.toContain('weaker');
  });

  it('gets PASS without a reference, with the weaker claim said', async () => {
    const comparison = { ...classes, original: large.original, reference: null };
    const { verdict } = await outcomeFor(large.retrained, comparison);
    expect(verdict).toMatchObject({ value: 'PASS', comparedWith: 'original' });
    expect(verdict.reason).toContain('weaker claim');
  });

  it('gets no PASS from few images', async () => {
    const few = { train: 40, test: 15 };
    const { verdict } = await outcomeFor(
      makeEvidence({ sha256: 'c', seed: 3, isRetrained: true, images: few }),
      {
        ...classes,
        original: makeEvidence({ sha256: 'a', seed: 1, isRetrained: false, images: few }),
        reference: makeEvidence({ sha256: 'b', seed: 2, isRetrained: true, images: few }),
      },
    );
    expect(verdict.value).toBe('INCONCLUSIVE');
    expect(verdict.reason).toContain('too few images');
  });
});

describe.each([
  ['beside a reference', reference],
  ['without a reference', null],
])('%s', (_, given) => {
  const comparison: Comparison = { ...classes, original, reference: given };

  it('the original gets FAIL', async () => {
    const outcome = await outcomeFor(original, comparison);
    expect(outcome.verdict.value).toBe('FAIL');
    expect(failed(outcome)).toContain('forget-accuracy');
  });

  it('a class whose score is struck out gets FAIL, though it is never named', async () => {
    for (const score of [-Infinity, -1e9]) {
      const masked = withScores(original, ([, ...others]) => [score, ...others]);
      const outcome = await outcomeFor(masked, comparison);
      expect(named(outcome.findings, 'forget-accuracy').outcome).toBe('pass');
      expect(outcome.verdict.value).toBe('FAIL');
      expect(failed(outcome)).toEqual(
        expect.arrayContaining(['output-distance', 'feature-distance', 'weight-distance']),
      );
      if (given !== null)
        expect(failed(outcome)).toEqual(expect.arrayContaining(['linear-probe', 'prototypes']));
    }
  });

  it('a class whose score is only pressed down gets no PASS: it still tells the class', async () => {
    // Pressed down on every image, and on its own images more than on others.
    for (const press of [(score: number) => score - 40, (score: number) => -2 * score - 40]) {
      const hidden = withScores(original, ([score, ...others]) => [press(score), ...others]);
      const { findings } = await outcomeFor(hidden, comparison);
      expect(named(findings, 'forget-accuracy').outcome).toBe('pass');
      expect(named(findings, 'score-separation')).toMatchObject({
        outcome: given === null ? 'not-measured' : 'fail',
        required: true,
      });
    }
    const { findings } = await outcomeFor(retrained, comparison);
    expect(named(findings, 'score-separation')).toMatchObject({
      outcome: 'pass',
      measurement: { value: 0.5 },
    });
  });

  it('a class that scores what any class does that is not the answer is not given away by doubt', async () => {
    // Images of the erased class leave the model in doubt, so that all that is not the answer has better odds.
    const doubting = withScores(retrained, ([, ...scores], label) => {
      const kept = scores.map((score) => (label === 0 ? score / 4 : score));
      const sum = kept.reduce((total, score) => total + score, 0);
      const runnersUp = (sum - Math.max(...kept)) / (kept.length - 1);
      return [runnersUp - 3 + Math.sin(1e4 * sum), ...kept];
    });
    const { findings } = await outcomeFor(doubting, comparison);
    expect(named(findings, 'score-separation').outcome).toBe('pass');
  });

  it('a class that got the name of another gets FAIL', async () => {
    const swapped = withScores(original, ([one, other, ...others]) => [other, one, ...others]);
    const outcome = await outcomeFor(swapped, comparison);
    expect(outcome.verdict.value).toBe('FAIL');
    expect(failed(outcome)).toEqual(
      expect.arrayContaining(['retain-accuracy', 'worst-retain-class', 'neighbour-classes']),
    );
  });

  it('a ruined model gets FAIL, though it does not name the class', async () => {
    const ruined = makeEvidence({ sha256: 'e', seed: 5, isRetrained: true, spread: 30 });
    const outcome = await outcomeFor(ruined, comparison);
    expect(outcome.verdict.value).toBe('FAIL');
    expect(failed(outcome)).toEqual(
      expect.arrayContaining(['retain-accuracy', 'worst-retain-class']),
    );
  });

  it('a model that always gives the class one other name gets no PASS', async () => {
    const renamed = withScores(
      makeEvidence({ sha256: 'f', seed: 6, isRetrained: false }),
      ([erased, other, ...others]) => [-Infinity, Math.max(erased, other), ...others],
    );
    const outcome = await outcomeFor(renamed, comparison);
    expect(outcome.verdict.value).toBe(given === null ? 'INCONCLUSIVE' : 'FAIL');
    if (given !== null) expect(failed(outcome)).toContain('answer-concentration');
  });

  it('training images that give themselves away get FAIL', async () => {
    const leaking = makeEvidence({ sha256: 'e', seed: 5, isRetrained: true, memorized: 2 });
    const outcome = await outcomeFor(leaking, comparison);
    expect(failed(outcome)).toEqual(
      expect.arrayContaining(['membership-entropy', 'membership-confidence']),
    );
  });

  it('the verdict is INCONCLUSIVE at best without images of the class', async () => {
    const blind = (evidence: Evidence): Evidence => without(evidence, [0], ['train', 'test']);
    const { verdict, findings } = await outcomeFor(blind(retrained), {
      ...classes,
      original: blind(original),
      reference: given === null ? null : blind(given),
    });
    expect(verdict.value).toBe('INCONCLUSIVE');
    expect(verdict.reason).toContain('There are no test images of the classes that were erased.');
    expect(named(findings, 'forget-accuracy')).toMatchObject({
      outcome: 'not-measured',
      required: true,
      measurement: null,
    });
    expect(named(findings, 'retain-accuracy').outcome).toBe('pass');
  });

  it('the verdict is INCONCLUSIVE at best without training images of the class', async () => {
    const blind = (evidence: Evidence): Evidence => without(evidence, [0], ['train']);
    const { verdict } = await outcomeFor(blind(retrained), {
      ...classes,
      original: blind(original),
      reference: given === null ? null : blind(given),
    });
    expect(verdict.value).toBe('INCONCLUSIVE');
  });
});

describe('of several erased classes', () => {
  const several = { ...classes, forget: [0, 1, 2, 3], retain: [4, 5] };
  /** Class 0 as in one model, all others that are erased as in the other. */
  const allButTheFirst = (known: Evidence, unknown: Evidence): Evidence => {
    const pick = (split: 'test' | 'train'): Answers => {
      const { labels } = known[split];
      const mixed = (one: Float32Array, other: Float32Array): Float32Array =>
        one.map((value, at) =>
          labels[Math.floor((at * labels.length) / one.length)] === 0 ? value : other[at],
        );
      return {
        labels,
        features: mixed(known[split].features, unknown[split].features),
        logits: mixed(known[split].logits, unknown[split].logits),
      };
    };
    return { ...unknown, test: pick('test'), train: pick('train') };
  };
  const forgetful = (seed: number, sha256: string): Evidence =>
    makeEvidence({ sha256, seed, isRetrained: true, erased: several.forget });

  it('one that is not forgotten gets FAIL, though there are few images of it', async () => {
    const few = (evidence: Evidence): Evidence => ({
      ...evidence,
      test: theseRows(
        evidence.test,
        [...evidence.test.labels.keys()].filter(
          (row) => evidence.test.labels[row] !== 0 || row % 40 === 0,
        ),
      ),
    });
    const comparison = { ...several, original: few(original), reference: null };
    const outcome = await outcomeFor(few(allButTheFirst(original, forgetful(3, 'c'))), comparison);
    const all = named(outcome.findings, 'forget-accuracy');
    expect(all.measurement?.value).toBeLessThan(1);
    expect(failed(outcome)).toEqual(['worst-forget-class']);
  });

  it('one that is only not named gets no PASS, though the average of what a probe finds is small', async () => {
    const hidden = withScores(allButTheFirst(original, forgetful(3, 'c')), (scores) => [
      ...several.forget.map(() => -Infinity),
      ...scores.slice(4),
    ]);
    const given = forgetful(2, 'b');
    for (const [reference, outcome] of [
      [given, 'fail'],
      [null, 'not-measured'],
    ] as const) {
      const { findings } = await outcomeFor(hidden, { ...several, original, reference });
      expect(named(findings, 'worst-forget-class').outcome).toBe('pass');
      expect(named(findings, 'worst-probe-class')).toMatchObject({ outcome, required: true });
    }
    const { findings } = await outcomeFor(forgetful(3, 'c'), {
      ...several,
      original,
      reference: given,
    });
    expect(named(findings, 'worst-forget-class').outcome).toBe('pass');
    expect(named(findings, 'worst-probe-class').outcome).toBe('pass');
  });

  it('each is looked at by itself, which is not asked of one alone', async () => {
    const asked = async (forget: readonly number[]): Promise<FindingName[]> => {
      const retain = [0, 1, 2, 3, 4, 5].filter((label) => !forget.includes(label));
      const comparison = { ...classes, forget, retain, original, reference: null };
      const { limits } = await finished(fixThresholds(comparison));
      return limits.map(({ name }) => name);
    };
    const both: FindingName[] = ['worst-forget-class', 'worst-probe-class'];
    expect(await asked([0, 1])).toEqual(expect.arrayContaining(both));
    expect(await asked([0])).not.toEqual(expect.arrayContaining([both[0]]));
    expect(await asked([0])).not.toEqual(expect.arrayContaining([both[1]]));
  });
});

it('of kept classes, one with hardly any images may have lost most', async () => {
  const cut = (evidence: Evidence): Evidence => {
    const { test } = evidence;
    const isLeft = (row: number): boolean => test.labels[row] !== 3 || row % 400 === 0;
    return { ...evidence, test: theseRows(test, [...test.labels.keys()].filter(isLeft)) };
  };
  const comparison = { ...classes, original: cut(original), reference: null };
  const { findings } = await outcomeFor(cut(retrained), comparison);
  expect(named(findings, 'worst-retain-class')).toMatchObject({ outcome: 'not-measured' });
});

it('what was trained on gives itself away however far scores are pressed down or apart', async () => {
  const leaking = makeEvidence({ sha256: 'e', seed: 5, isRetrained: false, memorized: 2 });
  const comparison = { ...classes, original, reference: null };
  const areas = async (evidence: Evidence): Promise<readonly (number | undefined)[]> => {
    const { findings } = await outcomeFor(evidence, comparison);
    return (['membership-loss', 'membership-confidence'] as const).map(
      (name) => named(findings, name).measurement?.value,
    );
  };
  const plain = await areas(leaking);
  const apart = await areas(withScores(leaking, (scores) => scores.map((score) => 1000 * score)));
  const [down] = await areas(
    withScores(leaking, ([erased, ...others]) => [erased - 3000, ...others]),
  );
  for (const [value] of [plain, apart, [down]]) expect(value).toBeGreaterThan(0.6);
  expect(apart[1]).toBeGreaterThan(0.6);
});

it('features that are too large to measure with are found to hold nothing by nobody', async () => {
  const scaled = (by: number): Evidence => {
    const large = ({ features, ...answers }: Answers): Answers => ({
      ...answers,
      features: features.map((value) => Math.min(2 ** 50, value * by)),
    });
    return { ...original, test: large(original.test), train: large(original.train) };
  };
  const comparison = { ...classes, original, reference: null };
  const found = async (by: number): Promise<readonly Finding[]> => {
    const { findings } = await outcomeFor({ ...scaled(by), sha256: 'd'.repeat(64) }, comparison);
    return [named(findings, 'linear-probe'), named(findings, 'prototypes')];
  };
  const plain = await found(1);
  for (const by of [1e-9, 1e9]) {
    for (const [at, { measurement }] of (await found(by)).entries())
      expect(measurement?.value).toBeCloseTo(plain[at].measurement?.value ?? NaN, 0);
  }
  for (const finding of await found(1e18))
    expect(finding).toMatchObject({ outcome: 'not-measured', required: true, measurement: null });
});

describe('a reference', () => {
  it('is refused when it tells the class from others by its score, though it never names it', async () => {
    const telling = withScores(reference, ([, ...scores], label) => [
      (label === 0 ? 1 : -1) - 40,
      ...scores,
    ]);
    const fixing = finished(fixThresholds({ ...classes, original, reference: telling }));
    expect(await problemOfAsync(() => fixing)).toMatchObject({
      code: 'unfit-reference',
      detail: expect.stringContaining('score-separation'),
    });
  });

  it('is refused when it is the original, trained on a little', async () => {
    const nudged = (by: number): Evidence => ({
      ...reference,
      weights: original.weights.map((weight) => ({
        ...weight,
        values: weight.values.map((value) => value * (1 + by)),
      })),
    });
    const fixing = (by: number): Promise<unknown> =>
      finished(fixThresholds({ ...classes, original, reference: nudged(by) }));
    expect(await problemOfAsync(() => fixing(0.06))).toMatchObject({
      code: 'unfit-reference',
      detail: expect.stringContaining('weight-distance'),
    });
    await expect(fixing(0.2)).resolves.toMatchObject({ version: 1 });
  });

  it('is refused when it is the original, or the original with the class struck out', async () => {
    const masked = withScores(original, ([, ...others]) => [-Infinity, ...others]);
    for (const false_ of [original, masked]) {
      const fixing = finished(fixThresholds({ ...classes, original, reference: false_ }));
      expect((await problemOfAsync(() => fixing)).code).toBe('unfit-reference');
    }
  });

  it('is refused when it is a ruin', async () => {
    const ruined = makeEvidence({ sha256: 'e', seed: 5, isRetrained: true, spread: 30 });
    const fixing = finished(fixThresholds({ ...classes, original, reference: ruined }));
    expect((await problemOfAsync(() => fixing)).code).toBe('unfit-reference');
  });

  it('is refused when it is worse on the classes to keep, though no class is lost', async () => {
    const mistaken = (every: number): Evidence => {
      let images = 0;
      return withScores(reference, ([erased, first, ...others], label) =>
        label !== 0 && images++ % every === 0
          ? [erased, ...others, first]
          : [erased, first, ...others],
      );
    };
    const fixing = (every: number): Promise<unknown> =>
      finished(fixThresholds({ ...classes, original, reference: mistaken(every) }));
    expect(await problemOfAsync(() => fixing(11))).toMatchObject({
      code: 'unfit-reference',
      detail: expect.stringContaining('retain-accuracy'),
    });
    await expect(fixing(30)).resolves.toMatchObject({ version: 1 });
  });

  it('that gives the class away like the original makes findings on features tell nothing, and no PASS', async () => {
    // Features that serve any class: the class is never named, and is found in them all the same.
    const transparent = (seed: number, sha256: string): Evidence =>
      withScores(makeEvidence({ sha256, seed, isRetrained: false, images }), (scores) => [
        -Infinity,
        ...scores.slice(1).map((score, at) => score + ((scores[0] * (at + seed)) % 3)),
      ]);
    const given = { ...transparent(2, 'b'), sha256: large.reference.sha256 };
    const comparison = { ...classes, original: large.original, reference: given };
    const { verdict, findings } = await outcomeFor(transparent(3, 'c'), comparison);
    for (const name of ['linear-probe', 'prototypes'] as const)
      expect(named(findings, name)).toMatchObject({ outcome: 'not-measured', required: true });
    expect(verdict.value).not.toBe('PASS');
  });
});

it('a finding on features that tells nothing is not needed where another one tells', async () => {
  // One image in eighteen of the class looks like others: a probe finds fewer of them by more than is granted, likeness does not.
  const seen = makeEvidence({ sha256: 'b', seed: 2, isRetrained: false });
  const mixed = (known: Answers, blurred: Answers): Answers => {
    const pick = (one: Float32Array, other: Float32Array): Float32Array => {
      const width = one.length / known.labels.length;
      return one.map((value, at) => (Math.floor(at / width) % 18 === 0 ? other[at] : value));
    };
    return {
      labels: known.labels,
      features: pick(known.features, blurred.features),
      logits: pick(known.logits, blurred.logits),
    };
  };
  const given = withScores(
    {
      ...seen,
      test: mixed(seen.test, reference.test),
      train: mixed(seen.train, reference.train),
    },
    ([, ...others]) => [-Infinity, ...others],
  );
  const { limits } = await finished(fixThresholds({ ...classes, original, reference: given }));
  const [probe, likeness] = (['linear-probe', 'prototypes'] as const).map((name) =>
    limits.find((limit) => limit.name === name),
  );
  expect(probe).toMatchObject({ required: true, absence: null });
  expect(likeness).toMatchObject({ required: false, threshold: null });
  expect(likeness?.absence?.why).toContain('gives it away as much as the original does, or nearly');
});

it('what could not be asked before a run is not measured after it', async () => {
  const comparison = { ...classes, original, reference: null };
  const thresholds = await finished(fixThresholds(comparison));
  const absence = { why: 'It was not looked at.', needs: 'a look', costs: 'time' };
  const limits = thresholds.limits.map((limit) =>
    limit.name === 'linear-probe'
      ? { ...limit, threshold: null, absence, original: null, reference: null }
      : limit,
  );
  const { findings } = await finished(
    measureFindings(retrained, comparison, { ...thresholds, limits }),
  );
  expect(named(findings, 'linear-probe')).toEqual({
    ...{ name: 'linear-probe', outcome: 'not-measured', required: true, absence },
    ...{ sentence: absence.why, measurement: null, threshold: null },
  });
});

it('weights are not asked of a model in another format', async () => {
  const elsewhere: Evidence = { ...retrained, format: 'tfjs-layers' };
  const { findings } = await outcomeFor(elsewhere, { ...classes, original, reference: null });
  expect(named(findings, 'weight-distance')).toMatchObject({
    ...{ outcome: 'not-measured', required: false, measurement: null },
  });
});

it('thresholds of other models or classes are not used', async () => {
  const comparison = { ...classes, original, reference: null };
  const thresholds = await finished(fixThresholds(comparison));
  await expect(
    finished(measureFindings(retrained, { ...comparison, original: reference }, thresholds)),
  ).rejects.toThrow('other models');
  await expect(
    finished(measureFindings(retrained, { ...comparison, forget: [1] }, thresholds)),
  ).rejects.toThrow('other models');
});

it('the same seed gives the same findings', async () => {
  const comparison = { ...classes, original, reference };
  expect(await outcomeFor(retrained, comparison)).toEqual(await outcomeFor(retrained, comparison));
});
