import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { z } from 'zod';

/**
 * Recipe `paper` beside an independent PyTorch implementation of the same paper: same weights, same images, same steps.
 *
 *   npm run bench -- paper --data DIR --model FILE --reference unsir_torch.py [--seeds 3] [--python /usr/bin/python3]
 *
 * DIR holds CIFAR-10 as train/<class>/ and test/<class>/; FILE is a ResNet-18 as ONNX. The script prints one JSON object
 * of accuracies and seconds. Exits with 1 where the two differ by more than is allowed below.
 */

/** Percentage points. The random draws differ, so only the figures before the run can agree closely. */
const allowed = { before: 0.2, after: 8 };

const { values: options } = parseArgs({
  options: {
    data: { type: 'string' },
    model: { type: 'string' },
    reference: { type: 'string' },
    python: { type: 'string', default: '/usr/bin/python3' },
    seeds: { type: 'string', default: '3' },
  },
});
const settings = z
  .object({
    data: z.string(),
    model: z.string(),
    reference: z.string(),
    python: z.string(),
    seeds: z.coerce.number().int().positive(),
  })
  .safeParse(options);
if (!settings.success) {
  process.stderr.write(
    `--data, --model and --reference are needed.\n${z.prettifyError(settings.error)}\n`,
  );
  process.exit(2);
}
const { data, model, reference, python, seeds } = settings.data;

const pair = z.object({ forget: z.number(), retain: z.number() });
const seconds = z.object({ noise: z.number(), impair: z.number(), repair: z.number() });
interface Outcome {
  readonly before: z.infer<typeof pair>;
  readonly impaired: z.infer<typeof pair>;
  readonly after: z.infer<typeof pair>;
  readonly seconds: z.infer<typeof seconds>;
}

function run(command: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}\n${stdout}\n${stderr}`);
  return stdout;
}

function ours(forget: readonly string[], seed: number): Outcome {
  const out = mkdtempSync(join(tmpdir(), 'lethe-bench-'));
  const lethe = fileURLToPath(new URL('../../app/cli/lethe.ts', import.meta.url));
  const output = run(process.execPath, [
    ...[lethe, 'erase', '--json', '--model', model, '--data', data],
    ...['--recipe', 'paper', '--seed', String(seed), '--forget', ...forget],
    ...['--ledger', join(out, 'ledger'), '--out', join(out, 'erased')],
  ]);
  rmSync(out, { recursive: true });
  const result = z.object({ before: pair, impaired: pair, after: pair, seconds });
  return result.parse(JSON.parse(output.trimEnd().split('\n').at(-1) ?? ''));
}

const theirResult = z.object({
  before: pair,
  impaired: pair,
  repaired: pair,
  noiseSeconds: z.number(),
  impairSeconds: z.number(),
  repairSeconds: z.number(),
});

function theirs(indices: readonly number[], seed: number): Outcome {
  const output = run(python, [
    ...[reference, '--data', data, '--weights', model],
    ...['--seed', String(seed), '--forget', ...indices.map(String)],
  ]);
  const result = theirResult.parse(JSON.parse(output));
  return {
    before: result.before,
    impaired: result.impaired,
    after: result.repaired,
    seconds: {
      noise: result.noiseSeconds,
      impair: result.impairSeconds,
      repair: result.repairSeconds,
    },
  };
}

const trials = [
  { names: ['airplane'], indices: [0] },
  { names: ['airplane', 'bird'], indices: [0, 2] },
];
const stages = ['before', 'impaired', 'after'] as const;
let outside = 0;
for (const { names, indices } of trials) {
  const means = new Map<string, { ours: number[]; theirs: number[] }>();
  const record = (row: string, our: number, their: number): void => {
    const cells = means.get(row) ?? { ours: [], theirs: [] };
    cells.ours.push(our);
    cells.theirs.push(their);
    means.set(row, cells);
  };
  for (let seed = 0; seed < seeds; seed++) {
    const our = ours(names, seed);
    const their = theirs(indices, seed);
    for (const stage of stages) {
      record(`${stage} forget %`, our[stage].forget, their[stage].forget);
      record(`${stage} retain %`, our[stage].retain, their[stage].retain);
    }
    for (const phase of ['noise', 'impair', 'repair'] as const) {
      record(`${phase} seconds`, our.seconds[phase], their.seconds[phase]);
    }
  }
  console.log(`\nforget ${names.join(', ')}: mean of ${String(seeds)} seeds (lowest to highest)`);
  console.log(`${''.padEnd(18)}${'Lethe'.padEnd(28)}${'PyTorch'.padEnd(28)}difference`);
  for (const [row, cells] of means) {
    const [our, their] = [mean(cells.ours), mean(cells.theirs)];
    const timed = row.endsWith('seconds');
    const limit = row.startsWith('before') ? allowed.before : allowed.after;
    const wrong = !timed && Math.abs(our - their) > limit;
    if (wrong) outside++;
    const difference = timed
      ? `× ${(our / their).toFixed(2)}`
      : `${(our - their).toFixed(2)} (allowed ± ${String(limit)})${wrong ? ' OUTSIDE' : ''}`;
    console.log(
      `${row.padEnd(18)}${spread(cells.ours).padEnd(28)}${spread(cells.theirs).padEnd(28)}${difference}`,
    );
  }
}
console.log(
  outside === 0 ? '\nwithin the limits' : `\n${String(outside)} figures outside the limits`,
);
process.exitCode = outside === 0 ? 0 : 1;

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function spread(values: readonly number[]): string {
  return `${mean(values).toFixed(2)} (${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)})`;
}
