import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { acceleratorNameSchema } from '../../engine/protocol/protocol.ts';
import { measuredOn, warnIfBusy } from './measuring/machine.ts';
import { networkFiles } from './measuring/networks.ts';
import { flag, listOf, readOptions, wholeNumber } from './measuring/options.ts';
import { erase, phases, type PaperRun } from './measuring/paper-runs.ts';
import { plot, type Panel } from './measuring/plot.ts';
import { Program } from './measuring/program.ts';
import { measureInTurn, type Measured } from './measuring/rounds.ts';
import { writeSection } from './measuring/speed-document.ts';
import { gigabytes, median, ratios, significant, spread } from './measuring/statistics.ts';
import { classNamesIn, copySubset } from '../subset.ts';
import { table } from './measuring/table.ts';

/**
 * How time and memory grow with the classes erased, the retain sample, the size of images and the size of the model.
 *
 *   npm run bench -- growth --data DIR --model FILE [--parts classes,sample,size,parameters] [--accelerator onnxruntime]
 *     [--runs 5] [--models DIR] [--python /usr/bin/python3] [--write]
 *
 * DIR holds CIFAR-10 as train/<class>/ and test/<class>/, FILE is a ResNet-18 as ONNX; the parts `classes` and `sample` are
 * whole runs of recipe `paper` on them, some minutes each. --models holds networks made by models.py; those that are missing
 * are made there, or in a temporary folder. --write puts tables and plots into docs/speed.md and docs/images.
 */

const classCounts = [1, 2, 4, 7];
const samples = [100, 250, 500, 1000];
/** Of the networks that grow, the same for all of them: at 224×224 more would take too long. */
const batch = 16;
const sizes = [
  { name: 'resnet18', value: 32 },
  { name: 'resnet18-64', value: 64 },
  { name: 'resnet18-128', value: 128 },
  { name: 'resnet18-224', value: 224 },
];
const widths = ['cnn-0.1m', 'cnn-0.4m', 'cnn-1.6m', 'cnn-6m', 'cnn-25m'];
const testImages = 100;
const pytorch = 'PyTorch';
const parts = ['classes', 'sample', 'size', 'parameters'] as const;

const options = readOptions(
  z.object({
    data: z.string().optional(),
    model: z.string().optional(),
    parts: listOf(parts).prefault(parts.join(',')),
    accelerator: acceleratorNameSchema.default('onnxruntime'),
    runs: wholeNumber.default(5),
    models: z.string().optional(),
    python: z.string().default('/usr/bin/python3'),
    write: flag,
  }),
);
const { accelerator, python, runs } = options;
const whole = options.data !== undefined && options.model !== undefined;
if (options.write && !(whole && options.parts.length === parts.length)) {
  process.stderr.write('--write writes all parts anew: give --data and --model, and no --parts.\n');
  process.exit(2);
}

const report: string[] = [];
warnIfBusy();
const versions = new Map<string, string>();
const done = new Map<string, PaperRun>();
const folder = mkdtempSync(join(tmpdir(), 'lethe-bench-growth-'));
try {
  const { data, model } = options;
  if (data !== undefined && model !== undefined) {
    if (options.parts.includes('classes')) measureClasses(data, model);
    if (options.parts.includes('sample')) measureSample(data, model);
  }
  if (options.parts.includes('size')) await measureSize();
  if (options.parts.includes('parameters')) await measureParameters();
} finally {
  rmSync(folder, { recursive: true });
}
const where = measuredOn(Array.from(versions, ([name, version]) => `${name} ${version}`));
console.log(where);
if (options.write)
  await writeSection('growth', ['## How cost grows', where, ...report].join('\n\n'));

// --------------------------------------------------------------------------------------------- whole runs

function measureClasses(data: string, model: string): void {
  const measured = classCounts.map(
    (count) => [count, measureRun(data, model, count, 1000)] as const,
  );
  tell(
    '### Classes erased',
    `Recipe \`paper\` on a ResNet-18, CIFAR-10 and \`${accelerator}\`, with 1000 images of each class that is kept. Noise is learnt, and impairs, class by class; the retain sample shrinks with each class erased.`,
    runTable('classes erased', measured),
  );
  picture('classes', runPanels('classes erased', measured));
}

function measureSample(data: string, model: string): void {
  const measured = samples.map((size) => [size, measureRun(data, model, 1, size)] as const);
  tell(
    '### Retain sample',
    'The same, with one class erased and fewer images of each of the nine others. The noise, and its share of impairing, stay as they are.',
    runTable('images per class', measured),
  );
  picture('sample', runPanels('images of each class kept', measured));
}

/** Test images are few, as measuring is not what is measured here. */
function measureRun(data: string, model: string, classes: number, perClass: number): PaperRun {
  const key = `${String(classes)} ${String(perClass)}`;
  const known = done.get(key);
  if (known) return known;
  const subset = join(folder, String(perClass));
  copySubset(data, subset, { train: perClass, test: testImages });
  const forget = classNamesIn(data).slice(0, classes);
  const { certificate, ...run } = erase({ model, data: subset, forget, seed: 0, accelerator });
  versions.set(accelerator, certificate.plan.accelerator.version);
  done.set(key, run);
  return run;
}

function total(run: PaperRun): number {
  return phases.reduce((sum, phase) => sum + run.seconds[phase], 0);
}

function runTable(title: string, measured: readonly (readonly [number, PaperRun])[]): string {
  return table(
    [title, ...phases.map((phase) => `${phase}, s`), 'sum, s', 'memory'],
    measured.map(([value, run]) => [
      String(value),
      ...phases.map((phase) => significant(run.seconds[phase])),
      significant(total(run)),
      gigabytes(run.peakBytes),
    ]),
  );
}

function runPanels(x: string, measured: readonly (readonly [number, PaperRun])[]): Panel[] {
  const common = { x, logarithmic: false };
  return [
    {
      ...common,
      ...{ title: 'Time', y: 'seconds' },
      points: measured.map(([value, run]) => [value, total(run)] as const),
    },
    {
      ...common,
      ...{ title: 'Peak memory', y: 'GB' },
      points: measured.map(([value, run]) => [value, run.peakBytes / 1e9] as const),
    },
  ];
}

// -------------------------------------------------------------------------------------------------- steps

async function measureSize(): Promise<void> {
  const steps = await measureSteps(sizes.map(({ name }) => name));
  const measured = steps.map((pair, index) => ({ ...pair, value: sizes[index].value }));
  tell(
    '### Size of images',
    `Training steps of a ResNet-18 with a batch of ${String(batch)}, beside PyTorch's, in turn.`,
    stepTable('height and width', measured, (value) => String(value)),
  );
  picture('size', stepPanels('height and width of images, pixels', measured));
}

async function measureParameters(): Promise<void> {
  const steps = await measureSteps(widths);
  const measured = steps.map((pair) => ({ ...pair, value: pair.ours.ready.parameters / 1e6 }));
  tell(
    '### Parameters',
    `Training steps of a residual network of growing width, on images of 32×32 with a batch of ${String(batch)}, beside PyTorch's, in turn.`,
    stepTable('parameters', measured, (value) => `${significant(value)} M`),
  );
  picture('parameters', stepPanels('parameters, millions', measured));
}

interface Pair {
  readonly ours: Measured;
  /** Null where there is no PyTorch. */
  readonly theirs: Measured | null;
}
type Grown = Pair & { readonly value: number };

async function measureSteps(names: readonly string[]): Promise<Pair[]> {
  const files = networkFiles(options.models ?? folder, python, names);
  const pairs: Pair[] = [];
  for (const model of names) {
    const work = { model, file: files.get(model) ?? '', batch };
    const starts = new Map([
      [accelerator, () => Program.ofLethe(accelerator, work)] as const,
      [pytorch, () => Program.ofPytorch(python, 'cpu', work)] as const,
    ]);
    const { measured, failed } = await measureInTurn(starts, 'step', runs);
    for (const { name, ready } of measured) versions.set(name, ready.version);
    const ours = measured.find(({ name }) => name === accelerator);
    if (!ours) throw new Error(failed.map(({ reason }) => reason).join('\n'));
    pairs.push({ ours, theirs: measured.find(({ name }) => name === pytorch) ?? null });
  }
  return pairs;
}

function stepTable(
  title: string,
  measured: readonly Grown[],
  format: (value: number) => string,
): string {
  return table(
    [title, 'seconds', 'images/s', '× PyTorch', 'memory', '× PyTorch'],
    measured.map(({ value, ours, theirs }) => [
      format(value),
      spread(ours.seconds),
      significant(batch / median(ours.seconds)),
      theirs === null ? '' : spread(ratios(ours.seconds, theirs.seconds)),
      gigabytes(ours.peakBytes),
      theirs === null ? '' : significant(ours.peakBytes / theirs.peakBytes),
    ]),
  );
}

function stepPanels(x: string, measured: readonly Grown[]): Panel[] {
  const common = { x, logarithmic: true };
  return [
    {
      ...common,
      ...{ title: 'Time of a training step', y: 'seconds' },
      points: measured.map(({ value, ours }) => [value, median(ours.seconds)] as const),
    },
    {
      ...common,
      ...{ title: 'Peak memory', y: 'GB' },
      points: measured.map(({ value, ours }) => [value, ours.peakBytes / 1e9] as const),
    },
  ];
}

// ------------------------------------------------------------------------------------------------- report

function tell(...paragraphs: string[]): void {
  for (const paragraph of paragraphs) console.log(`${paragraph}\n`);
  report.push(...paragraphs);
}

/** Into docs/images, if it is to be written, and into the report. */
function picture(name: (typeof parts)[number], panels: readonly Panel[]): void {
  report.push(`![${panels.map(({ title }) => title).join(' and ')}](images/speed-${name}.svg)`);
  if (!options.write) return;
  const images = fileURLToPath(new URL('../../docs/images/', import.meta.url));
  mkdirSync(images, { recursive: true });
  writeFileSync(join(images, `speed-${name}.svg`), plot(panels));
}
