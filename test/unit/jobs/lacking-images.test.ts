import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RecipeName } from '../../../engine/protocol/recipe.ts';
import { writeGlyphs } from '../verify/glyphs.ts';
import { outcomeOf, type Outcome } from './outcome-of.ts';

/** A network of four classes, and images of some of them. */
const folder = mkdtempSync(join(tmpdir(), 'lethe-test-'));
const common = { resize: false, seed: 0, preprocessing: 'minus-one-to-one' } as const;
const accelerator = 'onnxruntime';

function dataWith(train: readonly number[]): string {
  const data = join(folder, train.join('-'));
  mkdirSync(data, { recursive: true });
  writeGlyphs(data, { train, test: [20, 20, 20, 20] }, null);
  return data;
}

/** Of an erasure, up to where something would be changed. */
function prepared(
  train: readonly number[],
  recipe: RecipeName | null,
  forget: readonly string[] = ['0'],
): Promise<Outcome> {
  return outcomeOf(
    {
      ...{ ...common, type: 'erase', job: 'job', data: dataWith(train), forget: [...forget] },
      ...{ model: join(folder, 'model'), recipe, reference: null, relearning: false },
      ...{ shadowModels: null, trial: false, accelerator, output: join(folder, 'erased') },
    },
    'prepared',
  );
}

beforeAll(async () => {
  const data = dataWith([40, 40, 40, 40]);
  const { problem } = await outcomeOf({
    ...{ ...common, type: 'train', job: 'job', data, output: join(folder, 'model') },
    ...{ epochs: 2, batchSize: 32, learningRate: 0.003, accelerator },
  });
  expect(problem).toBeNull();
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('where there are no training images of a class to keep', () => {
  it('refuses to train anew, and names it', async () => {
    const { problem } = await prepared([40, 40, 0, 40], 'retrain');
    expect(problem?.code).toBe('no-retain-images');
    expect(problem?.sentence).toContain('no training images of "2"');
  });

  it('still erases by a method that can do without, and puts on record what may be lost', async () => {
    const { plan } = await prepared([40, 40, 0, 40], null);
    expect(plan?.recipe.name).toBe('adaptive');
    expect(plan?.recipeReason).toContain('images of 2 of the 3 classes to keep');
    expect(plan?.recipeReason).toContain('the others may be lost.');
  });

  it('says nothing of the kind where there are images of all', async () => {
    const { plan } = await prepared([0, 40, 40, 40], null);
    expect(plan?.recipeReason).toMatch(/training images of classes to keep.*to erase\.$/);
  });
});

describe('where there are none of a class to erase', () => {
  it.each([
    ['adaptive', 'there are some of classes to keep', [0, 40, 0, 0], ['0']],
    ['class-impressions', 'there are none of those either', [40, 0, 0, 0], ['0', '1']],
  ] as const)('advises %s where %s', async (advised, _when, train, forget) => {
    const { problem } = await prepared(train, 'masked-distillation', forget);
    expect(problem?.code).toBe('no-forget-images');
    expect(problem?.sentence).toContain(`“${advised}”`);
  });
});
