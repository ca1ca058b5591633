import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { Certificate } from '../../app/certificate/certificate.ts';
import { acceleratorNameSchema, type AcceleratorName } from '../../engine/protocol/protocol.ts';
import type { RecipeName } from '../../engine/protocol/recipe.ts';
import { sampleModel, samplePictures } from '../sample.ts';
import { makeMiniature, type MiniatureSize } from '../miniature.ts';
import { listOf, readOptions, wholeNumber } from './measuring/options.ts';
import { erase } from './measuring/paper-runs.ts';
import { median } from './measuring/statistics.ts';
import { table } from './measuring/table.ts';

/**
 * Whether a run can be repeated: the same recipe, seed and accelerator must save the same model twice, to the last bit,
 * and the findings of different accelerators must agree.
 *
 *   npm run bench -- repeat [--accelerators onnxruntime,tensorflow] [--seeds 3]
 *
 * Recipe `adaptive` makes the sample project's model forget one person. Accelerators that are too slow for that erase
 * one of three people from a miniature by recipe `paper`, which sees fewer images, with a model that is trained here, beside
 * the first of the others, and take many minutes for each run all the same: ask for them. Exits with 1 where anything differs
 * by more than is allowed below.
 */

/**
 * Percentage points between medians over the seeds. Before the run nothing is drawn or changed, so nothing may differ. After
 * it, forget classes are to be gone, and one test image in fifteen is 6.7 points; a probe finds what it finds in features
 * that two seeds of one accelerator make as different as two accelerators do. Accelerators add up in different orders, and
 * training makes the last digit grow to whole per cents within a run. Hence the medians.
 */
const allowed = {
  before: { forget: 0, retain: 0 },
  after: { forget: 10, retain: 5 },
  probe: 15,
} as const;
const stages = ['before', 'after'] as const;
type Stage = (typeof stages)[number];
const sides = ['forget', 'retain'] as const;

const slow: readonly AcceleratorName[] = ['cpu', 'webgpu'];
const miniature: MiniatureSize = { people: 3, pixels: 8, pictures: 12, epochs: 60 };

const { accelerators, seeds } = readOptions(
  z.object({
    accelerators: listOf(acceleratorNameSchema.options).prefault('onnxruntime,tensorflow'),
    seeds: wholeNumber.default(3),
  }),
);

interface Project {
  readonly name: string;
  readonly model: string;
  readonly data: string;
  readonly forget: string;
  readonly recipe: RecipeName;
}

const sample: Project = {
  name: 'the sample project',
  model: sampleModel,
  data: samplePictures,
  forget: 'Elif T',
  recipe: 'adaptive',
};

let wrong = 0;
const fast = accelerators.filter((name) => !slow.includes(name));
if (fast.length > 0) compare(sample, runs(sample, fast));
if (fast.length < accelerators.length) {
  const folder = mkdtempSync(join(tmpdir(), 'lethe-bench-miniature-'));
  try {
    const { people, accuracy, ...files } = await makeMiniature(folder, miniature);
    console.log(`The miniature's model knows ${accuracy?.toFixed(1) ?? ''}% of its test pictures.`);
    const project: Project = {
      ...{ ...files, name: 'the miniature', forget: people[0], recipe: 'paper' },
    };
    const others = accelerators.filter((name) => slow.includes(name));
    compare(project, runs(project, [...fast.slice(0, 1), ...others]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
console.log(wrong === 0 ? 'all as it should be' : `${wrong} not as they should be`);
process.exitCode = wrong === 0 ? 0 : 1;

/** Of each accelerator the certificates for all seeds. The first seed is run twice. */
function runs(
  project: Project,
  names: readonly AcceleratorName[],
): ReadonlyMap<string, readonly Certificate[]> {
  const certificates = new Map<string, Certificate[]>();
  for (const accelerator of names) {
    const { model, data, forget, recipe } = project;
    const run = (seed: number): Certificate =>
      erase({ model, data, forget: [forget], seed, recipe, accelerator }).certificate;
    try {
      const found = Array.from({ length: seeds }, (_, seed) => run(seed));
      const digests = [found[0], run(0)].map((certificate) => certificate.result.erased.sha256);
      const same = digests[0] === digests[1];
      if (!same) wrong++;
      console.log(
        `${project.name}, ${accelerator}: ${same ? 'twice the same model' : 'DIFFERENT MODELS'}, ${[...new Set(digests)].join(' and ')}`,
      );
      certificates.set(accelerator, found);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      wrong++;
      console.log(`${project.name}, ${accelerator}: NOT MEASURED. ${reason}`);
    }
  }
  return certificates;
}

/** All accelerators with the first. */
function compare(
  project: Project,
  certificates: ReadonlyMap<string, readonly Certificate[]>,
): void {
  const [first, ...others] = certificates;
  if (first === undefined || others.length === 0) return;
  const [reference, expected] = first;
  const row = (
    title: string,
    value: (certificate: Certificate) => number,
    actual: readonly Certificate[],
    limit: number,
  ): string[] => {
    const difference = median(actual.map(value)) - median(expected.map(value));
    const outside = Math.abs(difference) > limit;
    if (outside) wrong++;
    return [
      title,
      percentages(expected.map(value)),
      percentages(actual.map(value)),
      `${difference.toFixed(1)}${outside ? ' OUTSIDE' : ''}`,
      `± ${limit}`,
    ];
  };
  const rows = others.flatMap(([name, actual]) => [
    ...stages.flatMap((stage) => [
      ...sides.map((side) =>
        row(
          `${name}: ${stage}, ${side}`,
          ({ result }) => result[stage]?.[side] ?? 0,
          actual,
          allowed[stage][side],
        ),
      ),
      mostDifferentClass(name, stage, expected, actual),
    ]),
    row(`${name}: after, probe on forget`, probeOf, actual, allowed.probe),
  ]);
  console.log(
    `\n${project.name}: percent of test images, median of ${seeds} seeds (least–most), beside ${reference}\n\n${table(['', reference, 'the other', 'difference', 'allowed'], rows)}\n`,
  );
}

/** What the linear probe finds of the forget classes, percent. */
function probeOf({ result }: Certificate): number {
  return result.findings?.find(({ name }) => name === 'linear-probe')?.measurement?.value ?? 0;
}

function mostDifferentClass(
  name: string,
  stage: Stage,
  expected: readonly Certificate[],
  actual: readonly Certificate[],
): string[] {
  const ofClass = (certificates: readonly Certificate[], index: number): number[] =>
    certificates.map(({ result }) => result[stage]?.perClass[index] ?? 0);
  const pairs = expected[0].result.before.perClass.map((_, index) => {
    const [one, two] = [ofClass(expected, index), ofClass(actual, index)];
    return { one, two, difference: median(two) - median(one) };
  });
  const most = pairs.reduce((most, each) =>
    Math.abs(each.difference) > Math.abs(most.difference) ? each : most,
  );
  const row = `${name}: ${stage}, class that differs most`;
  return [row, percentages(most.one), percentages(most.two), most.difference.toFixed(1), ''];
}

function percentages(values: readonly number[]): string {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return `${median(values).toFixed(1)} (${least.toFixed(1)}–${most.toFixed(1)})`;
}
