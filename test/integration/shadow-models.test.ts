import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EngineHost } from '../../app/engine-host/engine-host.ts';
import type { ErasePlan, EraseResult, Phase } from '../../engine/protocol/protocol.ts';
import type { RecipeName } from '../../engine/protocol/recipe.ts';
import { problemOfAsync } from '../problem-of.ts';
import { runLethe } from '../run-lethe.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { writeGlyphs } from '../unit/verify/glyphs.ts';

/** A small network that was trained for so long on so few images that it knows them by heart. */
let place: string;
let engine: EngineHost;
const preprocessing = 'minus-one-to-one';
const perClass = 80;

beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), 'lethe-test-'));
  mkdirSync(join(place, 'data'));
  const counts = Array.from({ length: 4 }, () => perClass);
  writeGlyphs(join(place, 'data'), { train: counts, test: counts }, null);
  engine = new EngineHost();
  await engine.run<'train'>(
    {
      ...{ type: 'train', data: join(place, 'data'), output: join(place, 'model') },
      ...{ resize: false, preprocessing, epochs: 16, batchSize: 32, learningRate: 0.003, seed: 0 },
      accelerator: 'onnxruntime',
    },
    {},
  );
});

afterAll(() => {
  engine.close();
  rmSync(place, { recursive: true, force: true });
});

interface Erased {
  readonly plan: ErasePlan;
  readonly result: EraseResult;
  readonly phases: readonly Phase[];
}

async function erase({
  stopIn,
  data = join(place, 'data'),
  recipe = 'masked-distillation',
}: { stopIn?: Phase; data?: string; recipe?: RecipeName } = {}): Promise<Erased> {
  const plans: ErasePlan[] = [];
  const phases = new Set<Phase>();
  const stop = new AbortController();
  const output = join(temporaryFolder(), 'erased');
  const running = engine.run<'erase'>(
    {
      ...{ type: 'erase', model: join(place, 'model'), data, resize: false, forget: ['0'] },
      ...{ recipe, reference: null, relearning: false, shadowModels: 4 },
      ...{ seed: 0, preprocessing, accelerator: 'onnxruntime', trial: false, output },
    },
    {
      prepared: (plan) => plans.push(plan),
      progress: ({ phase }) => {
        phases.add(phase);
        if (phase === stopIn) stop.abort();
      },
    },
    stop.signal,
  );
  try {
    return { result: await running, plan: plans[0], phases: [...phases] };
  } finally {
    if (stopIn !== undefined) expect(existsSync(output)).toBe(false);
  }
}

it('finds the images that a model knows by heart, and still when the class is only hidden', async () => {
  const { plan, result, phases } = await erase();
  expect(phases.slice(0, 2)).toEqual(['training-shadow-models', 'measuring-before']);
  const limit = plan.thresholds.limits.find(({ name }) => name === 'membership-shadow-models');
  expect(limit).toMatchObject({ required: true, threshold: { limit: 0.55, basis: 'fixed' } });
  expect(limit?.threshold?.reason).toContain('4 models');
  expect(limit?.original).toBeGreaterThan(0.9);
  const finding = result.findings.find(({ name }) => name === 'membership-shadow-models');
  expect(finding?.outcome).toBe('fail');
  expect(finding?.measurement?.samples).toBe(2 * perClass);
  expect(result.verdict.value).toBe('FAIL');
  expect(result.account[0]).toContain('4 models were trained from random weights');
  // What the shadow models were trained on counts for no erasure.
  const { unlearn = [] } = result.reads;
  expect(unlearn.reduce((sum, images) => sum + images, 0)).toBe(result.imagesReadOfForgetClasses);
});

it('stopped while they are trained, leaves nothing', async () => {
  const stopped = erase({ stopIn: 'training-shadow-models' });
  expect((await problemOfAsync(() => stopped)).code).toBe('cancelled');
});

it.each([
  [
    'a class to keep has no training images',
    { train: [8, 8, 0, 8], test: [8, 8, 8, 8] },
    'no training images of "2"',
  ],
  [
    'the class to erase has no training images',
    { train: [0, 8, 8, 8], test: [8, 8, 8, 8] },
    'no training images of "0"',
  ],
  [
    'the class to erase has no test images',
    { train: [8, 8, 8, 8], test: [0, 8, 8, 8] },
    'no test images of "0"',
  ],
])('is refused where %s', async (_, counts, sentence) => {
  const data = temporaryFolder();
  writeGlyphs(data, counts, null);
  const refused = erase({ data, recipe: 'adaptive' });
  expect((await problemOfAsync(() => refused)).sentence).toContain(sentence);
});

it('the command line takes an even number of them', async () => {
  const { status, errors } = await runLethe(['erase', '--shadow-models', '7']);
  expect(status).toBe(2);
  expect(errors).toContain('give an even number from 4 to 256');
});
