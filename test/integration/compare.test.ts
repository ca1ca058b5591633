import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { trialSchema } from '../../app/comparison/comparison.ts';
import { fewPictures, runLethe, sampleModel } from '../run-lethe.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const common = ['compare', '--model', sampleModel, '--no-relearning'];

it('compares methods in a table and in plots, and leaves nothing else behind', async () => {
  const [data, folder] = [fewPictures(), temporaryFolder()];
  const out = join(folder, 'out');
  const { status, output } = await runLethe([
    ...[...common, '--data', data, '--forget', 'Amara O', '--out', out],
    ...['--methods', 'fine-tune', 'masked-distillation'],
  ]);
  expect(status).toBe(0);
  for (const name of ['original', 'fine-tune', 'masked-distillation'])
    expect(output).toMatch(new RegExp(`^ +${name} .*\\d`, 'm'));
  expect(output).toContain('compared with the original, which proves less');
  expect(readdirSync(out).toSorted()).toEqual([
    ...['comparison.json', 'forget-retain.svg', 'probe-retain.svg', 'time.svg'],
  ]);
  const { trials } = z
    .object({ trials: z.array(trialSchema) })
    .parse(JSON.parse(readFileSync(join(out, 'comparison.json'), 'utf8')));
  expect(trials.map(({ method }) => method)).toEqual(['fine-tune', 'masked-distillation']);
  expect(readFileSync(join(out, 'forget-retain.svg'), 'utf8')).toContain('masked-distillation (');
});

it('goes on without a method that lacks images, and says so', async () => {
  const [data, folder] = [fewPictures(), temporaryFolder()];
  const ofForget = join(data, 'train', 'Amara O');
  for (const name of readdirSync(ofForget)) rmSync(join(ofForget, name));
  const { status, output } = await runLethe([
    ...[...common, '--data', data, '--forget', 'Amara O', '--out', join(folder, 'out')],
    ...['--methods', 'masked-distillation', 'fine-tune'],
  ]);
  expect(status).toBe(0);
  expect(output).toMatch(/^Not tried: masked-distillation\. .*there are none of "Amara O"/m);
  expect(output).toMatch(/^ +fine-tune .*\d/m);
});

it('refuses what no method can do, and writes nothing', async () => {
  const out = join(temporaryFolder(), 'out');
  const { status, output } = await runLethe([
    ...[...common, '--data', fewPictures(), '--forget', 'Nobody', '--out', out, '--json'],
    ...['--methods', 'fine-tune'],
  ]);
  expect(status).toBe(2);
  expect(output).toContain('"code":"unknown-class"');
  expect(existsSync(out)).toBe(false);
});
