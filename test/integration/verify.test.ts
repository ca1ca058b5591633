import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { selectAccelerator } from '../../engine/accelerators/accelerators.ts';
import { openDataset } from '../../engine/data/data.ts';
import { MatchedData, matchClasses } from '../../engine/data/matched-data.ts';
import { parsePreprocessing } from '../../engine/data/preprocessing.ts';
import { openModel, type TrainableModel } from '../../engine/models/models.ts';
import { createSmallConvolutionalNetwork } from '../../engine/models/tfjs-layers/small-convolutional-network.ts';
import {
  findingSchema,
  verdictSchema,
  type FindingName,
  type Thresholds,
} from '../../engine/protocol/finding.ts';
import {
  collectEvidence,
  sampleImages,
  type Evidence,
  type ImageSample,
} from '../../engine/verify/evidence.ts';
import { relearn, relearnReference } from '../../engine/verify/relearning.ts';
import {
  accuracyOn,
  fixThresholds,
  measureFindings,
  type Comparison,
  type Outcome,
} from '../../engine/verify/verify.ts';
import { runLethe } from '../run-lethe.ts';
import { sampleModel, samplePictures } from '../sample.ts';
import { addNoise, addToScore, swapClasses } from '../unit/verify/cheats.ts';
import { writeGlyphs } from '../unit/verify/glyphs.ts';
import { trainOn } from '../unit/verify/small-training.ts';

/** Small networks, trained here on signs among noise, and copies of them that only look as if they had forgotten class 0. */

const preprocessing = 'minus-one-to-one';
const forget = [0];
const retain = [1, 2, 3, 4, 5];
const seed = 0;
const outputs = [...forget, ...retain];
/** Of images per class. */
const counts = {
  train: [1500, ...retain.map(() => 400)],
  test: [1500, ...retain.map(() => 300)],
};

let folder: string;
let data: MatchedData;
let sample: ImageSample;
let comparisons: Record<'with' | 'without', Comparison>;
let thresholds: Record<'with' | 'without', Thresholds>;
const place = (name: string): string => join(folder, name);

async function finished<Result>(work: AsyncGenerator<unknown, Result>): Promise<Result> {
  for (;;) {
    const step = await work.next();
    if (step.done === true) return step.value;
  }
}

const collected = (model: TrainableModel): Promise<Evidence> =>
  finished(collectEvidence(model, data, sample, { outputs, classCount: outputs.length }));

const judged = (evidence: Evidence, by: 'with' | 'without'): Promise<Outcome> =>
  finished(measureFindings(evidence, comparisons[by], thresholds[by]));

const failed = ({ findings }: Outcome): FindingName[] =>
  findings.filter(({ outcome }) => outcome === 'fail').map(({ name }) => name);

beforeAll(async () => {
  await selectAccelerator('onnxruntime');
  folder = mkdtempSync(join(tmpdir(), 'lethe-test-'));
  mkdirSync(place('data'));
  writeGlyphs(place('data'), counts, null);
  const dataset = await openDataset(place('data'), { imageShape: null, resize: false, seed: 0 });
  const { imageShape, classNames } = dataset.info;
  const evidence: Record<string, Evidence> = {};
  for (const [name, ownSeed, classes] of [
    ['original', 1, [...forget, ...retain]],
    ['retrained', 2, retain],
    ['reference', 3, retain],
  ] as const) {
    const settings = { inputShape: imageShape, classNames, seed: ownSeed };
    const model = createSmallConvolutionalNetwork(settings);
    const match = matchClasses(model.info, dataset.info);
    data = new MatchedData(dataset, match, parsePreprocessing(preprocessing));
    sample = sampleImages(data, forget, retain, seed);
    for (const [epochs, learningRate] of [
      [5, 3e-3],
      [2, 3e-4],
    ] as const) {
      await trainOn(model, data, { classes, epochs, learningRate, seed: ownSeed });
    }
    await model.save(place(name));
    model.dispose();
    // A network made here and the same one saved have different digests.
    const saved = await openModel(place(name));
    evidence[name] = await collected(saved);
    saved.dispose();
  }
  const { original, reference } = evidence;
  comparisons = {
    with: { original, reference, shadows: null, forget, retain, seed },
    without: { original, reference: null, shadows: null, forget, retain, seed },
  };
  thresholds = {
    with: await finished(fixThresholds(comparisons.with)),
    without: await finished(fixThresholds(comparisons.without)),
  };
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** The evidence of a saved model, changed. */
async function evidenceOf(
  name: string,
  change: (model: TrainableModel) => Promise<void> | void = () => undefined,
): Promise<Evidence> {
  const model = await openModel(place(name));
  try {
    await change(model);
    return await collected(model);
  } finally {
    model.dispose();
  }
}

describe('a model retrained without the class', () => {
  it('gets PASS beside a reference that was trained apart', async () => {
    const outcome = await judged(await evidenceOf('retrained'), 'with');
    expect(failed(outcome)).toEqual([]);
    expect(outcome.verdict).toMatchObject({ value: 'PASS', comparedWith: 'reference' });
  });

  it('gets PASS without a reference, with the weaker claim said', async () => {
    const { verdict } = await judged(await evidenceOf('retrained'), 'without');
    expect(verdict.value).toBe('PASS');
    expect(verdict.reason).toContain('weaker claim');
  });

  it('learns the class again about as fast as another one, and is left as it was', async () => {
    const { original } = comparisons.with;
    const settings = { forget, retain, outputs, accuracy: accuracyOn(original, forget) ?? 0, seed };
    const reference = await openModel(place('reference'));
    const needed = await finished(relearnReference(reference, data, settings));
    reference.dispose();
    const { learningRate } = needed;
    const retrained = await openModel(place('retrained'));
    const before = await retrained.snapshot();
    const relearning = await finished(relearn(retrained, data, { ...settings, learningRate }));
    expect(await retrained.snapshot()).toEqual(before);
    retrained.dispose();

    const comparison = {
      ...comparisons.with,
      reference: { ...(await evidenceOf('reference')), relearning: needed },
    };
    const fixed = await finished(fixThresholds(comparison));
    expect(fixed.relearningRate).toBe(learningRate);
    const subject = { ...(await evidenceOf('retrained')), relearning };
    const { findings } = await finished(measureFindings(subject, comparison, fixed));
    expect(findings.find(({ name }) => name === 'relearning')?.outcome).toBe('pass');
    const steps = [0, 0, 1, 0, 0];
    const knowing = { ...original, relearning: { ...relearning, steps } };
    const known = await finished(measureFindings(knowing, comparison, fixed));
    expect(failed(known)).toContain('relearning');
  });
});

const cheats: [string, FindingName, (model: TrainableModel) => Promise<void> | void][] = [
  ['the original itself', 'forget-accuracy', () => undefined],
  ['the score of the class at −∞', 'output-distance', (model) => addToScore(model, 0, -Infinity)],
  ['a huge negative bias', 'feature-distance', (model) => addToScore(model, 0, -1e9)],
  [
    'a little noise in the weights and a negative bias',
    'output-distance',
    async (model) => {
      addNoise(model, 0.01);
      await addToScore(model, 0, -1e9);
    },
  ],
  [
    'the score of the class levelled, and nothing else',
    'feature-distance',
    (model) => {
      expect(model.levelScores(forget)).toBe(true);
    },
  ],
  ['the class with the name of another', 'worst-retain-class', (model) => swapClasses(model, 0, 3)],
  [
    'unlearned at a hundred-thousandth of the rate',
    'forget-accuracy',
    (model) => unlearn(model, 1e-5),
  ],
  ['ruined at a high rate', 'retain-accuracy', (model) => unlearn(model, 0.5)],
  ['nothing but noise', 'retain-accuracy', (model) => addNoise(model, 30)],
];

/** Impairs by noise that is called class 0, among images of the others. */
function unlearn(model: TrainableModel, learningRate: number): Promise<void> {
  const settings = { classes: retain, epochs: 1, learningRate, seed: 4, noiseOfFirstClass: 32 };
  return trainOn(model, data, settings);
}

it.each(cheats)('%s gets FAIL', async (_, telling, change) => {
  const evidence = await evidenceOf('original', change);
  for (const by of ['with', 'without'] as const) {
    const outcome = await judged(evidence, by);
    expect(outcome.verdict.value).toBe('FAIL');
    expect(failed(outcome)).toContain(telling);
  }
});

it('a class whose score is only held down is found by that score beside a reference', async () => {
  const hidden = await evidenceOf('original', (model) => addToScore(model, 0, -30));
  const outcome = await judged(hidden, 'with');
  expect(failed(outcome)).toContain('score-separation');
  expect(failed(outcome)).not.toContain('forget-accuracy');
});

it('a class that is hidden in the outputs is found in the features beside a reference', async () => {
  const hidden = await evidenceOf('original', (model) => addToScore(model, 0, -1e9));
  const outcome = await judged(hidden, 'with');
  expect(failed(outcome)).toEqual(expect.arrayContaining(['linear-probe', 'prototypes']));
});

describe('lethe verify', () => {
  const common = (): string[] => [
    ...['--original', place('original'), '--data', place('data'), '--forget', '0'],
    ...['--preprocessing', preprocessing, '--accelerator', 'onnxruntime', '--no-relearning'],
  ];

  it('ends with 0 for PASS, and prints all there is for programs', async () => {
    const { status, output } = await runLethe([
      ...['verify', '--json', '--model', place('retrained'), '--reference', place('reference')],
      ...common(),
    ]);
    expect(status).toBe(0);
    const result = z
      .object({
        verdict: verdictSchema,
        findings: z.array(findingSchema),
        reads: z.record(z.string(), z.array(z.number())),
      })
      .parse(JSON.parse(output.trimEnd().split('\n').at(-1) ?? ''));
    expect(result.verdict.value).toBe('PASS');
    expect(Object.keys(result.reads)).toEqual(['measure']);
  });

  it('ends with 1 for FAIL, and prints the verdict, then a sentence for each finding', async () => {
    const model = await openModel(place('original'));
    await addToScore(model, 0, -1e9);
    await model.save(place('masked'));
    model.dispose();
    const { status, output } = await runLethe(['verify', '--model', place('masked'), ...common()]);
    expect(status).toBe(1);
    expect(output).toMatch(/^FAIL\n\d findings do not keep to what was fixed beforehand\. /);
    expect(output).toMatch(/^ {2}pass {2}It recognises the erased class in 0% of 1500 test/m);
    expect(output).toMatch(/^ {2}FAIL {2}For the erased class its answers are 0\.000 bits away/m);
    expect(output).toMatch(/^ {2}open {2}An attack on single images/m);
  });

  it('ends with 4 for INCONCLUSIVE, where there are no images of the class', async () => {
    mkdirSync(place('without'));
    writeGlyphs(place('without'), counts, 0);
    const { status, output } = await runLethe([
      ...['verify', '--model', place('retrained'), ...common(), '--data', place('without')],
    ]);
    expect(status).toBe(4);
    expect(output).toMatch(/^INCONCLUSIVE\n.*There are no test images of the classes that were/);
  });

  it('fails a model that only hides a person of the sample project, from fifteen images', async () => {
    const model = await openModel(sampleModel);
    const person = model.info.classNames?.indexOf('Elif T') ?? -1;
    await addToScore(model, person, -1e9);
    await model.save(place('hidden person'));
    model.dispose();
    const { status, output } = await runLethe([
      ...['verify', '--model', place('hidden person'), '--original', sampleModel],
      ...['--data', samplePictures, '--forget', 'Elif T', '--accelerator', 'onnxruntime'],
    ]);
    expect(status).toBe(1);
    expect(output).toMatch(/^FAIL\n/);
  });

  it('says in its record that test images were drawn from what the model may have been trained on', async () => {
    const { output } = await runLethe([
      ...['verify', '--json', '--model', sampleModel, '--original', sampleModel],
      ...['--data', join(samplePictures, 'train'), '--forget', 'Elif T'],
      ...['--accelerator', 'onnxruntime'],
    ]);
    const { account } = z
      .object({ account: z.array(z.string()) })
      .parse(JSON.parse(output.trimEnd().split('\n').at(-1) ?? ''));
    expect(account).toEqual([expect.stringContaining('was drawn as test images')]);
  });

  it('refuses models that do not fit together, and a reference that knows the class', async () => {
    const others = await runLethe(['verify', '--model', sampleModel, ...common()]);
    expect(others).toMatchObject({ status: 2 });
    const known = await runLethe([
      ...['verify', '--model', place('retrained'), '--reference', place('original'), ...common()],
    ]);
    expect(known).toMatchObject({ status: 2 });
    expect(known.errors).toContain('The reference is no model that was retrained');
    const itself = await runLethe([
      ...['verify', '--model', place('retrained'), '--reference', place('retrained'), ...common()],
    ]);
    expect(itself.status).toBe(2);
    expect(itself.errors).toContain('The model and the reference are one and the same');
  });
});
