import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDataset } from '../../../engine/data/data.ts';
import { MatchedData, matchClasses } from '../../../engine/data/matched-data.ts';
import { parsePreprocessing } from '../../../engine/data/preprocessing.ts';
import { Job } from '../../../engine/jobs/job.ts';
import { Schedule } from '../../../engine/jobs/schedule.ts';
import { ShadowModels } from '../../../engine/jobs/shadow-models.ts';
import { openModel } from '../../../engine/models/models.ts';
import { makeRecipe } from '../../../engine/unlearn/unlearn.ts';
import { writeQuadrants } from '../unlearn/quadrants.ts';
import { outcomeOf } from './outcome-of.ts';

const folder = mkdtempSync(join(tmpdir(), 'lethe-test-'));
const preprocessing = 'minus-one-to-one';
const common = { data: folder, resize: false, seed: 0, preprocessing } as const;
const perClass = 40;

beforeAll(async () => {
  writeQuadrants(folder, { train: perClass, test: 20 });
  const { problem } = await outcomeOf({
    ...{ ...common, type: 'train', job: 'job', output: join(folder, 'model') },
    ...{ epochs: 16, batchSize: 32, learningRate: 0.003, accelerator: 'onnxruntime' },
  });
  expect(problem).toBeNull();
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

it('varies the images of each shadow model as the original bears it, not as the one before does', async () => {
  const model = await openModel(join(folder, 'model'));
  const dataset = await openDataset(folder, { imageShape: null, resize: false, seed: 0 });
  const match = matchClasses(model.info, dataset.info);
  const [forget, retain] = [[0], [1, 2, 3]];
  const prepared = parsePreprocessing(preprocessing);
  const data = new MatchedData(dataset, match, prepared);
  const shadowModels = new ShadowModels(
    {
      ...{ ...common, type: 'erase', job: 'job', model: join(folder, 'model'), forget: ['0'] },
      ...{ recipe: 'paper', reference: null, relearning: false, shadowModels: 2, trial: false },
      ...{ accelerator: 'onnxruntime', output: join(folder, 'erased') },
    },
    {
      ...{ count: 2, match, forget, retain, preprocessing: prepared, erasing: [] },
      recipe: makeRecipe('paper', 0, { retain: retain.length * perClass, forget: perClass }),
      sample: { test: data.select('test', forget), train: data.select('train', forget) },
    },
  );
  const shadows = await shadowModels.train(new Schedule(new Job('job', () => undefined), []));
  model.dispose();
  await dataset.close();
  // Mirrored, one class looks like another: a model that the erasing has ruined knows no difference, and bears it.
  for (const { retainAccuracy } of shadows) expect(retainAccuracy).toBeGreaterThan(90);
}, 150_000);
