import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { trialSchema } from '../../app/comparison/comparison.ts';
import { makeMiniature, type Miniature } from '../miniature.ts';
import { runLethe } from '../run-lethe.ts';
import { temporaryFolder } from '../temporary-folder.ts';

let miniature: Miniature;
/** One of its people. */
let forget: string;

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lethe-test-'));
  miniature = await makeMiniature(folder, { people: 6, pixels: 16, pictures: 8, epochs: 5 });
  forget = miniature.people[0];
});

afterAll(() => {
  rmSync(dirname(miniature.data), { recursive: true, force: true });
});

const common = (data: string): string[] => [
  ...['compare', '--model', miniature.model, '--data', data, '--no-relearning'],
];

it('compares methods in a table and in plots, and leaves nothing else behind', async () => {
  const out = join(temporaryFolder(), 'out');
  const { status, output } = await runLethe([
    ...[...common(miniature.data), '--forget', forget, '--out', out],
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
  const folder = temporaryFolder();
  const data = join(folder, 'pictures');
  cpSync(miniature.data, data, { recursive: true });
  const ofForget = join(data, 'train', forget);
  for (const name of readdirSync(ofForget)) rmSync(join(ofForget, name));
  const { status, output } = await runLethe([
    ...[...common(data), '--forget', forget, '--out', join(folder, 'out')],
    ...['--methods', 'masked-distillation', 'fine-tune'],
  ]);
  expect(status).toBe(0);
  expect(output).toMatch(
    new RegExp(`^Not tried: masked-distillation\\. .*there are none of "${forget}"`, 'm'),
  );
  expect(output).toMatch(/^ +fine-tune .*\d/m);
});

it('refuses what no method can do, and writes nothing', async () => {
  const out = join(temporaryFolder(), 'out');
  const { status, output } = await runLethe([
    ...[...common(miniature.data), '--forget', 'Nobody', '--out', out, '--json'],
    ...['--methods', 'fine-tune'],
  ]);
  expect(status).toBe(2);
  expect(output).toContain('"code":"unknown-class"');
  expect(existsSync(out)).toBe(false);
});
