import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EngineHost } from '../../app/engine-host/engine-host.ts';
import type { ErasePlan, EraseResult, Phase } from '../../engine/protocol/protocol.ts';
import { makeMiniature, type Miniature } from '../miniature.ts';
import { problemOfAsync } from '../problem-of.ts';
import { finishedStatuses, runLethe } from '../run-lethe.ts';
import { temporaryFolder } from '../temporary-folder.ts';

let miniature: Miniature;
let engine: EngineHost;
/** Where references are kept. */
let folder: string;

beforeAll(async () => {
  const place = mkdtempSync(join(tmpdir(), 'lethe-test-'));
  folder = join(place, 'references');
  miniature = await makeMiniature(place, { people: 4, pixels: 16, pictures: 12, epochs: 12 });
  engine = new EngineHost();
});

afterAll(() => {
  engine.close();
  rmSync(dirname(folder), { recursive: true, force: true });
});

interface Erased {
  readonly plan: ErasePlan;
  readonly result: EraseResult;
  readonly phases: ReadonlySet<Phase>;
}

async function erase(
  person: string,
  { stopIn, data = miniature.data }: { stopIn?: Phase; data?: string } = {},
): Promise<Erased> {
  const plans: ErasePlan[] = [];
  const phases = new Set<Phase>();
  const stop = new AbortController();
  const result = await engine.run<'erase'>(
    {
      type: 'erase',
      model: miniature.model,
      data,
      resize: false,
      forget: [person],
      recipe: 'masked-distillation',
      reference: { kind: 'retrained', folder },
      relearning: false,
      shadowModels: null,
      seed: 0,
      preprocessing: 'zero-to-one',
      accelerator: 'onnxruntime',
      trial: false,
      output: join(temporaryFolder(), 'erased'),
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
  return { plan: plans[0], result, phases };
}

it('stopped while the reference is trained, leaves none', async () => {
  const [person] = miniature.people;
  const stopped = erase(person, { stopIn: 'training-reference' });
  expect((await problemOfAsync(() => stopped)).code).toBe('cancelled');
  expect(existsSync(folder) ? readdirSync(folder) : []).toEqual([]);
});

it('trains a reference for the first erasure of a class, and finds it for the next', async () => {
  const [person, other] = miniature.people;
  const first = await erase(person);
  expect([...first.phases].slice(0, 2)).toEqual(['training-reference', 'measuring-before']);
  expect(first.result.verdict.comparedWith).toBe('reference');
  expect(first.result.account[0]).toMatch(/trained for this run: from random weights/);
  // It never saw the class, and what it read is not what erasing read.
  const limit = first.plan.thresholds.limits.find(({ name }) => name === 'forget-accuracy');
  expect(limit?.reference).toBe(0);
  expect(first.result.reads.unlearn?.filter((count) => count > 0)).toHaveLength(1);

  const second = await erase(person);
  expect(second.phases).not.toContain('training-reference');
  expect(second.plan.reference).toEqual(first.plan.reference);
  expect(second.result.account[0]).toMatch(/trained for an earlier run/);
  expect(second.result.findings).toEqual(first.result.findings);

  const another = await erase(other);
  expect(another.phases).toContain('training-reference');
  expect(another.plan.reference).not.toEqual(first.plan.reference);
  expect(readdirSync(folder)).toHaveLength(2);
});

it('says so when what was trained from too few images can be compared with nothing', async () => {
  const data = join(temporaryFolder(), 'pictures');
  cpSync(miniature.data, data, { recursive: true });
  for (const person of miniature.people) {
    const pictures = join(data, 'train', person);
    for (const name of readdirSync(pictures).slice(1)) rmSync(join(pictures, name));
  }
  const { code, sentence } = await problemOfAsync(() => erase(miniature.people[0], { data }));
  expect(code).toBe('unfit-reference');
  expect(sentence).toContain('trained on more images than these');
});

it('refuses to train one where a class to keep has no training images', async () => {
  const [person, other] = miniature.people;
  const data = join(temporaryFolder(), 'pictures');
  cpSync(miniature.data, data, { recursive: true });
  for (const name of readdirSync(join(data, 'train', other)))
    rmSync(join(data, 'train', other, name));
  const problem = await problemOfAsync(() => erase(person, { data }));
  expect(problem.code).toBe('no-retain-images');
  expect(problem.sentence).toContain(`"${other}"`);
});

it('the command line keeps it beside the ledger, and wants either this or a file', async () => {
  const place = temporaryFolder();
  const [person] = miniature.people;
  const common = [
    ...['erase', '--model', miniature.model, '--data', miniature.data, '--forget', person],
    ...['--ledger', join(place, 'ledger'), '--recipe', 'masked-distillation', '--no-relearning'],
    ...['--retrain-reference', '--accelerator', 'onnxruntime'],
  ];
  const both = await runLethe([...common, '--reference', miniature.model]);
  expect(both.status).toBe(2);
  expect(both.errors).toContain("cannot be used with option '--reference <path>'");
  const { output } = await runLethe([...common, '--out', join(place, 'two')]);
  expect(output).toContain('trained for this run');
  const kept = readdirSync(join(place, 'ledger', 'references'));
  expect(kept).toHaveLength(1);

  // Whoever verifies what was erased compares with the same one.
  const verified = await runLethe([
    ...['verify', '--model', join(place, 'two', 'model-erased'), '--original', miniature.model],
    ...['--data', miniature.data, '--forget', person, '--retrain-reference', '--no-relearning'],
    ...['--ledger', join(place, 'ledger'), '--preprocessing', 'zero-to-one'],
    ...['--accelerator', 'onnxruntime'],
  ]);
  expect(finishedStatuses).toContain(verified.status);
  expect(verified.output).toContain('trained for an earlier run');
  expect(readdirSync(join(place, 'ledger', 'references'))).toEqual(kept);
});
