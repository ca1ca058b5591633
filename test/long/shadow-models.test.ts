import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openDataset } from '../../engine/data/data.ts';
import { MatchedData, matchClasses } from '../../engine/data/matched-data.ts';
import { parsePreprocessing } from '../../engine/data/preprocessing.ts';
import { Job } from '../../engine/jobs/job.ts';
import { Schedule } from '../../engine/jobs/schedule.ts';
import { ShadowModels } from '../../engine/jobs/shadow-models.ts';
import { openModel } from '../../engine/models/models.ts';
import { makeRecipe } from '../../engine/unlearn/unlearn.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { writeGlyphs } from '../unit/verify/glyphs.ts';
import { writeQuadrants } from '../unit/unlearn/quadrants.ts';
import { outcomeOf } from '../unit/jobs/outcome-of.ts';

const preprocessing = 'minus-one-to-one';

/** Trains a small network. @returns what commands have in common, on the same images */
async function train(
  folder: string,
): Promise<{ data: string; model: string; resize: false; seed: 0; preprocessing: string }> {
  const common = { data: folder, resize: false, seed: 0, preprocessing } as const;
  const model = join(folder, 'model');
  const { problem } = await outcomeOf({
    ...{ ...common, type: 'train', job: 'job', output: model },
    ...{ epochs: 16, batchSize: 32, learningRate: 0.003, accelerator: 'onnxruntime' },
  });
  expect(problem).toBeNull();
  return { ...common, model };
}

it('varies the images of each shadow model as the original bears it, not as the one before does', async () => {
  const folder = temporaryFolder();
  const perClass = 40;
  writeQuadrants(folder, { train: perClass, test: 20 });
  const common = await train(folder);
  const model = await openModel(common.model);
  const dataset = await openDataset(folder, { imageShape: null, resize: false, seed: 0 });
  const match = matchClasses(model.info, dataset.info);
  const [forget, retain] = [[0], [1, 2, 3]];
  const prepared = parsePreprocessing(preprocessing);
  const data = new MatchedData(dataset, match, prepared);
  const shadowModels = new ShadowModels(
    {
      ...{ ...common, type: 'erase', job: 'job', forget: ['0'] },
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
});

it('says nothing where there are too few images to train models that are as good as the original', async () => {
  const [whole, few] = [temporaryFolder(), temporaryFolder()];
  const perClass = [80, 80, 80, 80];
  writeGlyphs(whole, { train: perClass, test: perClass }, null);
  const common = await train(whole);
  writeGlyphs(few, { train: [8, 1, 1, 1], test: [8, 80, 80, 80] }, null);
  const { result } = await outcomeOf({
    ...{ ...common, data: few, type: 'erase', job: 'job', forget: ['0'] },
    ...{ recipe: 'masked-distillation', reference: null, relearning: false, shadowModels: 4 },
    ...{ trial: false, accelerator: 'onnxruntime', output: join(few, 'erased') },
  });
  if (result?.type !== 'erase') throw new Error('nothing was erased');
  const finding = result.findings.find(({ name }) => name === 'membership-shadow-models');
  expect(finding).toMatchObject({ required: true, outcome: 'not-measured' });
  expect(finding?.sentence).toContain('much worse on the classes to keep');
  expect(result.verdict.value).not.toBe('PASS');
});
