import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { z } from 'zod';
import type { Certificate } from '../../app/certificate/certificate.ts';
import { EngineHost } from '../../app/engine-host/engine-host.ts';
import { acceleratorNameSchema, type AcceleratorName } from '../../engine/protocol/protocol.ts';
import { listOf, readOptions } from './measuring/options.ts';
import { erase } from './measuring/paper-runs.ts';
import { table } from './measuring/table.ts';

/**
 * Whether a run can be repeated: the same recipe, seed and accelerator must save the same model twice, to the last bit,
 * and the findings of different accelerators must agree.
 *
 *   npm run bench -- repeat [--accelerators onnxruntime,tensorflow,cpu]
 *
 * Recipe `small-sample` makes the sample project's model forget one person. Accelerators that are too slow for that erase
 * one of six people from a miniature, with a model that is trained here, beside the first of the others. Exits with 1 where
 * anything differs by more than is allowed below.
 */

/**
 * Percentage points over all test images of the forget classes, and of the retain classes. Accelerators add up in different
 * orders, so their weights part in the last digit, and training at a high rate drives them further apart from step to step:
 * that is as much as another seed does. Before the run no weight has been changed, and an image could only fall on the other
 * side of a tie. Impairing leaves the retain classes wherever it happens to, so of that stage only what it is for is
 * compared: that the forget classes are gone.
 */
const allowed = {
  before: { forget: 0, retain: 0 },
  impaired: { forget: 10, retain: 100 },
  after: { forget: 10, retain: 5 },
} as const;
const stages = ['before', 'impaired', 'after'] as const;
const sides = ['forget', 'retain'] as const;

const slow: readonly AcceleratorName[] = ['cpu', 'webgpu'];
const miniature = { people: 6, size: 12, epochs: 30 };

const { accelerators } = readOptions(
  z.object({
    accelerators: listOf(acceleratorNameSchema.options).prefault('onnxruntime,tensorflow,cpu'),
  }),
);

interface Project {
  readonly name: string;
  readonly model: string;
  readonly data: string;
  readonly forget: string;
}

const pictures = fileURLToPath(new URL('../../app/sample/pictures', import.meta.url));
const sample: Project = {
  name: 'the sample project',
  model: fileURLToPath(new URL('../../app/sample/model', import.meta.url)),
  data: pictures,
  forget: 'Elif T',
};

let wrong = 0;
const fast = accelerators.filter((name) => !slow.includes(name));
if (fast.length > 0) compare(sample, runs(sample, fast));
if (fast.length < accelerators.length) {
  const folder = mkdtempSync(join(tmpdir(), 'lethe-bench-miniature-'));
  try {
    const project = await makeMiniature(folder);
    const others = accelerators.filter((name) => slow.includes(name));
    compare(project, runs(project, [...fast.slice(0, 1), ...others]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
console.log(wrong === 0 ? 'all as it should be' : `${wrong} not as they should be`);
process.exitCode = wrong === 0 ? 0 : 1;

/** Each twice; the certificates of the first runs. */
function runs(project: Project, names: readonly AcceleratorName[]): Map<string, Certificate> {
  const certificates = new Map<string, Certificate>();
  for (const accelerator of names) {
    const run = (): Certificate =>
      erase({ ...project, forget: [project.forget], seed: 0, recipe: 'small-sample', accelerator })
        .certificate;
    try {
      const [first, second] = [run(), run()];
      const [one, two] = [first.model.sha256After, second.model.sha256After];
      if (one !== two) wrong++;
      console.log(
        `${project.name}, ${accelerator}: ${one === two ? `twice the same model, ${one}` : `DIFFERENT MODELS, ${one} and ${two}`}`,
      );
      certificates.set(accelerator, first);
    } catch (error) {
      console.log(
        `${project.name}, ${accelerator}: not measured. ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }
  return certificates;
}

/** All with the first, and the classes that differ most. */
function compare(project: Project, certificates: ReadonlyMap<string, Certificate>): void {
  const [first, ...others] = certificates;
  if (first === undefined) return;
  const [reference, expected] = first;
  const rows = others.flatMap(([name, actual]) =>
    stages.flatMap((stage) => [
      ...sides.map((side) => {
        const [one, two] = [expected.accuracy[stage][side] ?? 0, actual.accuracy[stage][side] ?? 0];
        const outside = Math.abs(one - two) > allowed[stage][side];
        if (outside) wrong++;
        return [
          `${name}: ${stage}, ${side}`,
          one.toFixed(1),
          two.toFixed(1),
          `${(two - one).toFixed(1)}${outside ? ' OUTSIDE' : ''}`,
          `± ${allowed[stage][side]}`,
        ];
      }),
      mostDifferentClass(name, stage, expected, actual),
    ]),
  );
  console.log(
    `\n${project.name}: percent of test images, beside ${reference}\n\n${table(['', reference, 'it', 'difference', 'allowed'], rows)}\n`,
  );
}

function mostDifferentClass(
  name: string,
  stage: (typeof stages)[number],
  expected: Certificate,
  actual: Certificate,
): string[] {
  const differences = expected.classes.map((each, index) => ({
    one: each[stage] ?? 0,
    two: actual.classes[index][stage] ?? 0,
  }));
  const { one, two } = differences.reduce((most, each) =>
    Math.abs(each.one - each.two) > Math.abs(most.one - most.two) ? each : most,
  );
  const row = `${name}: ${stage}, class that differs most`;
  return [row, one.toFixed(1), two.toFixed(1), (two - one).toFixed(1), ''];
}

/** Tiny pictures of a few people of the sample project, and a model that knows them. */
async function makeMiniature(folder: string): Promise<Project> {
  const people = readdirSync(join(pictures, 'train')).sort().slice(0, miniature.people);
  const [data, model] = [join(folder, 'pictures'), join(folder, 'model')];
  for (const split of ['train', 'test']) {
    for (const person of people) {
      const target = join(data, split, person);
      mkdirSync(target, { recursive: true });
      for (const file of readdirSync(join(pictures, split, person))) {
        await sharp(join(pictures, split, person, file))
          .resize(miniature.size, miniature.size)
          .png()
          .toFile(join(target, `${file}.png`));
      }
    }
  }
  const engine = new EngineHost();
  try {
    const { accuracy } = await engine.run<'train'>(
      {
        ...{ type: 'train', data, output: model, resize: false, preprocessing: 'zero-to-one' },
        ...{ epochs: miniature.epochs, batchSize: 32, learningRate: 0.003, seed: 0 },
        accelerator: 'onnxruntime',
      },
      {},
    );
    console.log(
      `The miniature's model knows ${accuracy.overall?.toFixed(1) ?? ''}% of its test pictures.`,
    );
  } finally {
    engine.close();
  }
  return { name: 'the miniature', model, data, forget: people[0] };
}
