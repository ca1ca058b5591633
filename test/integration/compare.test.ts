import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  trialSchema,
  tryMethod,
  type Trial,
  type TrialRequest,
} from '../../app/comparison/comparison.ts';
import { EngineHost } from '../../app/engine-host/engine-host.ts';
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
  // The choice of one is tested elsewhere, and takes seconds.
  ...['--accelerator', 'onnxruntime'],
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

it('goes on without a reference where the model that it retrained is none, and says so', async () => {
  const folder = temporaryFolder();
  const data = join(folder, 'pictures');
  // Each person's pictures to train on are those of another one.
  for (const [index, person] of miniature.people.entries()) {
    const taken = miniature.people.at(index - 1) ?? person;
    cpSync(join(miniature.data, 'train', taken), join(data, 'train', person), { recursive: true });
  }
  cpSync(join(miniature.data, 'test'), join(data, 'test'), { recursive: true });
  const { status, output } = await runLethe([
    ...[...common(data), '--forget', forget, '--out', join(folder, 'out')],
    ...['--methods', 'retrain', 'masked-distillation'],
    ...['--preprocessing', 'zero-to-one'],
  ]);
  expect(status).toBe(0);
  for (const name of ['original', 'retrain', 'masked-distillation'])
    expect(output).toMatch(new RegExp(`^ +${name} .*\\d`, 'm'));
  expect(output).toContain('What retrain made here cannot be what the others are compared with');
  expect(output).toContain('compared with the original, which proves less');
});

describe('a trial after another one', () => {
  function withoutOnePicture(): string {
    const data = join(temporaryFolder(), 'pictures');
    cpSync(miniature.data, data, { recursive: true });
    const pictures = join(data, 'train', miniature.people[1]);
    rmSync(join(pictures, readdirSync(pictures)[0]));
    return data;
  }

  const request = (): TrialRequest => ({
    model: miniature.model,
    data: miniature.data,
    resize: false,
    forget: [forget],
    method: 'masked-distillation',
    reference: null,
    relearning: false,
    seed: 0,
    preprocessing: 'zero-to-one',
    accelerator: 'onnxruntime',
    output: null,
  });
  let engine: EngineHost;

  beforeAll(() => {
    engine = new EngineHost();
  });

  afterAll(() => {
    engine.close();
  });

  async function tried(
    change: Partial<TrialRequest>,
    by = engine,
  ): Promise<{ trial: Trial; measuredBefore: boolean }> {
    const phases = new Set<string>();
    const progress = ({ phase }: { phase: string }): Set<string> => phases.add(phase);
    const trial = await tryMethod({ ...request(), ...change }, by, { progress });
    return { trial, measuredBefore: phases.has('measuring-before') };
  }

  it('is asked the same, without measuring the original again', async () => {
    expect((await tried({ method: 'fine-tune' })).measuredBefore).toBe(true);
    const second = await tried({});
    expect(second.measuredBefore).toBe(false);

    const another = new EngineHost();
    const alone = await tried({}, another);
    another.close();
    expect(alone.measuredBefore).toBe(true);
    const { seconds: _second, ...together } = second.trial;
    const { seconds: _alone, ...apart } = alone.trial;
    expect(together).toEqual(apart);
  });

  it.each([
    ['other classes', (): Partial<TrialRequest> => ({ forget: [miniature.people[1]] })],
    ['another seed', (): Partial<TrialRequest> => ({ seed: 1 })],
    [
      'images prepared in another way',
      (): Partial<TrialRequest> => ({ preprocessing: 'minus-one-to-one' }),
    ],
    ['images scaled where they need be', (): Partial<TrialRequest> => ({ resize: true })],
    ['other images', (): Partial<TrialRequest> => ({ data: withoutOnePicture() })],
  ] as const)('measures anew with %s', async (_, change) => {
    await tried({});
    expect((await tried(change())).measuredBefore).toBe(true);
  });

  it('does not take the original for its own reference because it was measured before', async () => {
    await tried({});
    await expect(tried({ reference: miniature.model })).rejects.toThrow('reference');
  });
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

it('makes no folder for a retrained model where the command is refused', async () => {
  const out = join(temporaryFolder(), 'out');
  const { status } = await runLethe([
    ...[...common(miniature.data), '--forget', 'Nobody', '--out', out, '--methods', 'retrain'],
  ]);
  expect(status).toBe(2);
  expect(existsSync(out)).toBe(false);
});
