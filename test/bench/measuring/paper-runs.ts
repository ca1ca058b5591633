import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { finishedStatuses } from '../../run-lethe.ts';
import { certificateSchema, type Certificate } from '../../../app/certificate/certificate.ts';
import type { AcceleratorName } from '../../../engine/protocol/protocol.ts';
import type { RecipeName } from '../../../engine/protocol/recipe.ts';

/** Whole runs of UNSIR, each in processes of its own: by `lethe erase`, and by the reference in PyTorch. */

const pair = z.object({ forget: z.number(), retain: z.number() });
export const phases = ['noise', 'impair', 'repair'] as const;

export interface PaperRun {
  /** Percent of test images recognised. */
  readonly before: z.infer<typeof pair>;
  /** Null of recipes other than `paper`. */
  readonly impaired: z.infer<typeof pair> | null;
  readonly after: z.infer<typeof pair>;
  readonly seconds: Readonly<Record<(typeof phases)[number], number>>;
  /** From its start to its end, reading, measuring and saving included. */
  readonly processSeconds: number;
  /** Most resident memory: of the engine, and of the reference. */
  readonly peakBytes: number;
}

interface Erasing {
  readonly model: string;
  readonly data: string;
  readonly forget: readonly string[];
  readonly seed: number;
  readonly recipe?: RecipeName;
  /** Left to Lethe, if it is not given. */
  readonly accelerator?: AcceleratorName;
}

const finished = z.object({
  before: pair,
  impaired: pair.nullable(),
  after: pair,
  seconds: z.object({ noise: z.number(), impair: z.number(), repair: z.number() }),
  peakBytes: z.number(),
  certificate: z.string(),
});
const failure = z.object({ event: z.literal('failure'), sentence: z.string(), detail: z.string() });

/** @throws Error with Lethe's own sentence, when it fails */
export function erase(erasing: Erasing): PaperRun & { readonly certificate: Certificate } {
  const { model, data, forget, seed, recipe = 'paper', accelerator } = erasing;
  const folder = mkdtempSync(join(tmpdir(), 'lethe-bench-'));
  try {
    const lethe = fileURLToPath(new URL('../../../app/cli/lethe.ts', import.meta.url));
    const { status, stdout, stderr, seconds } = run(process.execPath, [
      ...[lethe, 'erase', '--json', '--model', model, '--data', data],
      ...['--recipe', recipe, '--seed', String(seed), '--forget', ...forget],
      ...(accelerator === undefined ? [] : ['--accelerator', accelerator]),
      ...['--ledger', join(folder, 'ledger'), '--out', join(folder, 'erased')],
    ]);
    const last: unknown = stdout === '' ? null : JSON.parse(lastLine(stdout));
    if (!finishedStatuses.includes(status)) {
      const told = failure.safeParse(last);
      throw new Error(told.success ? `${told.data.sentence} ${told.data.detail}` : stderr);
    }
    const { certificate, ...result } = finished.parse(last);
    const file: unknown = JSON.parse(readFileSync(certificate, 'utf8'));
    return {
      ...result,
      processSeconds: seconds,
      certificate: z.object({ certificate: certificateSchema }).parse(file).certificate,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const referenceResult = z.object({
  before: pair,
  impaired: pair,
  repaired: pair,
  noiseSeconds: z.number(),
  impairSeconds: z.number(),
  repairSeconds: z.number(),
});

interface Reference {
  readonly python: string;
  /** The file of unsir_torch.py. */
  readonly reference: string;
  readonly model: string;
  readonly data: string;
  /** Class indices. */
  readonly forget: readonly number[];
  readonly seed: number;
  readonly threads: number;
}

/** @throws Error with what Python says, when it fails */
export function runReference(options: Reference): PaperRun {
  const { python, reference, model, data, forget, seed, threads } = options;
  // Only a process itself knows the most memory that it ever had.
  const weigh = fileURLToPath(new URL('./weigh.py', import.meta.url));
  const { status, stdout, stderr, seconds } = run(python, [
    ...[weigh, reference, '--data', data, '--weights', model, '--seed', String(seed)],
    ...['--threads', String(threads), '--forget', ...forget.map(String)],
  ]);
  if (status !== 0) throw new Error(`${python} ${reference}\n${stdout}\n${stderr}`);
  const [report, weight] = stdout.trimEnd().split('\n');
  const result = referenceResult.parse(JSON.parse(report));
  return {
    before: result.before,
    impaired: result.impaired,
    after: result.repaired,
    seconds: {
      noise: result.noiseSeconds,
      impair: result.impairSeconds,
      repair: result.repairSeconds,
    },
    processSeconds: seconds,
    peakBytes: z.object({ peakBytes: z.number() }).parse(JSON.parse(weight)).peakBytes,
  };
}

function run(
  command: string,
  parameters: readonly string[],
): { status: number | null; stdout: string; stderr: string; seconds: number } {
  const started = performance.now();
  const { status, stdout, stderr, error } = spawnSync(command, parameters, {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (error) throw new Error(`${command} could not be started: ${error.message}`);
  return { status, stdout, stderr, seconds: (performance.now() - started) / 1000 };
}

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? '';
}
