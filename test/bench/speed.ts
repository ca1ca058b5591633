import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { acceleratorNameSchema, type AcceleratorName } from '../../engine/protocol/protocol.ts';
import type { Kernel } from './measuring/answer.ts';
import { measuredOn, warnIfBusy } from './measuring/machine.ts';
import { networkFiles } from './measuring/networks.ts';
import { flag, listOf, readOptions, wholeNumber } from './measuring/options.ts';
import { erase, phases, runReference, type PaperRun } from './measuring/paper-runs.ts';
import { NotMeasured, Program, type Device, type Work } from './measuring/program.ts';
import {
  measureInTurn,
  measureKernels,
  type Failed,
  type Measured,
  type Outcome,
} from './measuring/rounds.ts';
import { writeSection } from './measuring/speed-document.ts';
import { gigabytes, median, ratios, significant, spread } from './measuring/statistics.ts';
import { table } from './measuring/table.ts';

/**
 * Lethe's accelerators beside PyTorch on the same machine, doing the same work in turn.
 *
 *   npm run bench -- speed [--accelerators onnxruntime,tensorflow,wasm] [--device cpu|cuda] [--runs 5] [--models DIR]
 *     [--networks resnet18,…] [--data DIR --model FILE --reference unsir_torch.py [--paper-runs 1]] [--python …] [--write]
 *
 * --models holds networks made by models.py; those that are missing are made there, or in a temporary folder. --data is
 * CIFAR-10 as train/<class>/ and test/<class>/, and --model a ResNet-18 as ONNX, for the whole run of recipe `paper`.
 * --write puts the figures into docs/speed.md. Exits with 1 where the faster accelerator falls short of what is the least.
 */

/** Of PyTorch's time, and of its memory on the whole run. */
const least = 1.5;
const leastMemory = 1.2;
const pytorch = 'PyTorch';
const forwardBatch = 32;
const kernelsShown = 10;

const networks = [
  { name: 'resnet18', title: 'ResNet-18, 32×32', batch: 256, goal: 1 },
  { name: 'all-cnn', title: 'All-CNN, 32×32', batch: 256, goal: 1 },
  { name: 'mobilenetv2', title: 'MobileNetV2, 64×64', batch: 64, goal: 1.3 },
  { name: 'vit', title: 'ViT, 32×32, patch 4', batch: 128, goal: 1.3 },
] as const;
type Network = (typeof networks)[number];

const options = readOptions(
  z.object({
    accelerators: listOf([...acceleratorNameSchema.options, 'wasm']).prefault(
      'onnxruntime,tensorflow,wasm',
    ),
    device: z.enum(['cpu', 'cuda']).default('cpu'),
    runs: wholeNumber.default(5),
    models: z.string().optional(),
    networks: listOf(networks.map(({ name }) => name)).prefault(
      networks.map(({ name }) => name).join(','),
    ),
    data: z.string().optional(),
    model: z.string().optional(),
    reference: z.string().optional(),
    'paper-runs': wholeNumber.default(1),
    python: z.string().default('/usr/bin/python3'),
    write: flag,
  }),
);
const { python, runs } = options;
const device: Device = options.device;
const accelerators = options.accelerators.filter((name) => name !== 'wasm');
const chosen = networks.filter(({ name }) => options.networks.includes(name));

const report: string[] = [];
const versions = new Map<string, string>();
let fellShort = false;
warnIfBusy();

function tell(...paragraphs: string[]): void {
  for (const paragraph of paragraphs) console.log(`${paragraph}\n`);
  report.push(...paragraphs);
}

const folder = options.models ?? mkdtempSync(join(tmpdir(), 'lethe-bench-models-'));
try {
  const files = networkFiles(folder, python, options.networks);
  await measureSteps(files);
  if (options.accelerators.includes('wasm')) await measureForward(files);
  const { data, model, reference } = options;
  if (data !== undefined && model !== undefined && reference !== undefined) {
    measurePaper({ data, model, reference });
  }
} finally {
  if (options.models === undefined) rmSync(folder, { recursive: true });
}

const where = measuredOn(Array.from(versions, ([name, version]) => `${name} ${version}`));
console.log(where);
if (options.write) {
  const text = ['## Beside PyTorch', where, ...report].join('\n\n');
  await writeSection(device === 'cuda' ? 'with a graphics card' : 'steps and runs', text);
}
process.exitCode = fellShort ? 1 : 0;

// ---------------------------------------------------------------------------------------------- steps

async function measureSteps(files: ReadonlyMap<string, string>): Promise<void> {
  const rows: string[][] = [];
  const notes = new Set<string>();
  const judgements: string[] = [];
  const shortfalls: string[][] = [];
  for (const network of chosen) {
    const work = workOf(network, files, network.batch);
    const outcome = await measureInTurn(starts(accelerators, work), 'step', runs);
    record(outcome, notes);
    rows.push(...rowsOf(network, network.batch, outcome));
    const compared = comparisons(outcome.measured);
    judgements.push(...judgementOf(network, compared));
    shortfalls.push(...(await shortfallsOf(network, work, compared)));
  }
  tell(
    '### Training steps',
    `Forward pass, cross-entropy, backward pass and Adam, on one batch of random images. The programs take one step each in turn, ${String(runs)} times after two that do not count: the median, and from the least to the most. Ratios are taken within a round, so below 1 is faster than PyTorch. Memory is the most that the process had resident.`,
    table(['network', 'by', 'seconds', '× PyTorch', 'memory', '× PyTorch'], rows),
    ...notes,
    judgements.join('\n'),
    ...shortfalls.flat(),
  );
}

async function measureForward(files: ReadonlyMap<string, string>): Promise<void> {
  const rows: string[][] = [];
  const notes = new Set<string>();
  for (const network of chosen) {
    const work = workOf(network, files, forwardBatch);
    const outcome = await measureInTurn(starts([...accelerators, 'wasm'], work), 'forward', runs);
    record(outcome, notes);
    rows.push(...rowsOf(network, forwardBatch, outcome));
  }
  tell(
    '### Forward passes',
    `Nothing but answers, in inference mode, measured in the same way. Only so can tfjs' own WebAssembly backend be compared: it lacks the gradients of convolutions, so it cannot train, and is no accelerator of Lethe's. It has one thread.`,
    table(['network', 'by', 'seconds', '× PyTorch', 'memory', '× PyTorch'], rows),
    ...notes,
  );
}

function workOf({ name }: Network, files: ReadonlyMap<string, string>, batch: number): Work {
  return { model: name, file: files.get(name) ?? '', batch };
}

function starts(names: readonly string[], work: Work): ReadonlyMap<string, () => Promise<Program>> {
  return new Map([
    ...names.map((name) => [name, () => Program.ofLethe(name, work)] as const),
    [pytorch, () => Program.ofPytorch(python, device, work)] as const,
  ]);
}

function record({ measured, failed }: Outcome, notes: Set<string>): void {
  for (const { name, ready } of measured) versions.set(name, `${ready.version} (${ready.device})`);
  for (const { name, reason } of failed) notes.add(notMeasured({ name, reason }));
}

function notMeasured({ name, reason }: Failed): string {
  return `Not measured: ${name}. ${reason}`;
}

function rowsOf({ title }: Network, batch: number, { measured }: Outcome): string[][] {
  const theirs = measured.find(({ name }) => name === pytorch);
  return measured.map((each) => {
    const compared = theirs !== undefined && each !== theirs;
    return [
      `${title}, batch ${String(batch)}`,
      each.name,
      spread(each.seconds),
      compared ? spread(ratios(each.seconds, theirs.seconds)) : '',
      gigabytes(each.peakBytes),
      compared ? significant(each.peakBytes / theirs.peakBytes) : '',
    ];
  });
}

// ------------------------------------------------------------------------------------- where it falls short

interface Comparison {
  readonly name: string;
  /** Of its time to PyTorch's. */
  readonly ratio: number;
}

/** Lethe's accelerators, the fastest first; none where there is no PyTorch. */
function comparisons(measured: readonly Measured[]): Comparison[] {
  const theirs = measured.find(({ name }) => name === pytorch);
  if (!theirs) return [];
  return measured
    .filter((each) => each !== theirs)
    .map(({ name, seconds }) => ({ name, ratio: median(ratios(seconds, theirs.seconds)) }))
    .sort((left, right) => left.ratio - right.ratio);
}

/** An item of a list: how the faster of Lethe's does. */
function judgementOf({ title, goal }: Network, compared: readonly Comparison[]): string[] {
  const fastest = compared.at(0);
  if (!fastest) return [];
  if (fastest.ratio > least) fellShort = true;
  const reached =
    fastest.ratio <= goal
      ? 'reached'
      : `missed; at most ${String(least)} is wanted, and ${fastest.ratio <= least ? 'reached' : 'missed too'}`;
  return [
    `- ${title}: the faster is ${fastest.name}, with ${significant(fastest.ratio)} × PyTorch's time. The goal, ${String(goal)}, is ${reached}.`,
  ];
}

/** Where the time goes, of each accelerator that takes longer than the goal. */
async function shortfallsOf(
  { title, goal }: Network,
  work: Work,
  compared: readonly Comparison[],
): Promise<string[][]> {
  const told: string[][] = [];
  for (const { name, ratio } of compared.filter((each) => each.ratio > goal)) {
    const words = `${title}: ${name} takes ${significant(ratio)} × PyTorch's time, where the goal is ${String(goal)}. One step by kernel, and then PyTorch's by operation:`;
    told.push([words, ...(await kernelTables(name, work))]);
  }
  return told;
}

async function kernelTables(accelerator: string, work: Work): Promise<string[]> {
  const tables: string[] = [];
  for (const start of [
    () => Program.ofLethe(accelerator, work, { kernels: true }),
    () => Program.ofPytorch(python, device, work),
  ]) {
    try {
      const { kernels, seconds } = await measureKernels(start);
      tables.push(kernelTable(kernels, seconds));
    } catch (error) {
      if (!(error instanceof NotMeasured)) throw error;
      tables.push(error.message);
    }
  }
  return tables;
}

function kernelTable(kernels: readonly Kernel[], seconds: number): string {
  const shown = kernels.slice(0, kernelsShown);
  const others = kernels.slice(kernelsShown);
  const sum = (list: readonly Kernel[]): number =>
    list.reduce((total, { milliseconds }) => total + milliseconds, 0);
  const between = seconds * 1000 - sum(kernels);
  const row = (name: string, calls: string, milliseconds: number): string[] => [
    name,
    calls,
    milliseconds.toFixed(1),
    `${((100 * milliseconds) / (seconds * 1000)).toFixed(0)}%`,
  ];
  return table(
    ['kernel', 'calls', 'ms', 'of the step'],
    [
      ...shown.map(({ name, calls, milliseconds, fallback }) =>
        row(fallback ? `${name} (left to \`cpu\`)` : name, String(calls), milliseconds),
      ),
      row('all other kernels', '', sum(others)),
      row('between kernels', '', Math.max(0, between)),
    ],
  );
}

// ------------------------------------------------------------------------------------------- whole runs

function measurePaper(from: { data: string; model: string; reference: string }): void {
  const { data, model, reference } = from;
  const programs = new Map<string, (seed: number) => PaperRun>([
    ...accelerators.map(
      (accelerator: AcceleratorName) =>
        [
          accelerator,
          (seed: number) => erase({ data, model, forget: ['airplane'], seed, accelerator }),
        ] as const,
    ),
    [
      pytorch,
      (seed: number) =>
        runReference({
          ...{ python, reference, data, model, forget: [0], seed },
          threads: availableParallelism(),
        }),
    ],
  ]);
  const done = new Map<string, PaperRun[]>();
  const failed = new Map<string, string>();
  for (let run = 0; run < options['paper-runs']; run++) {
    const inOrder = run % 2 === 0 ? [...programs] : [...programs].reverse();
    for (const [name, measure] of inOrder) {
      if (failed.has(name)) continue;
      try {
        done.set(name, [...(done.get(name) ?? []), measure(run)]);
      } catch (error) {
        failed.set(name, error instanceof Error ? error.message : String(error));
      }
    }
  }
  for (const name of failed.keys()) done.delete(name);
  tell(
    '### Whole runs',
    `Recipe \`paper\` makes a ResNet-18 forget one class of CIFAR-10: \`lethe erase\` beside an independent implementation in PyTorch on the processor, with the same weights, images and steps, each ${times(options['paper-runs'])}. The seconds of the three phases are of the erasure itself; the process also reads, measures the model three times and saves it. Memory is that of the engine, and of PyTorch's process.`,
    paperTable(done),
    ...Array.from(failed, ([name, reason]) => notMeasured({ name, reason })),
  );
  judgeMemory(done);
}

function wholeRun(run: PaperRun): number {
  return phases.reduce((sum, phase) => sum + run.seconds[phase], 0);
}

function paperTable(done: ReadonlyMap<string, readonly PaperRun[]>): string {
  const columns: [string, (run: PaperRun) => number, (values: number[]) => string][] = [
    ...phases.map((phase): [string, (run: PaperRun) => number, (values: number[]) => string] => [
      `${phase}, s`,
      (run) => run.seconds[phase],
      spread,
    ]),
    ['sum, s', wholeRun, spread],
    ['process, s', (run) => run.processSeconds, spread],
    ['memory', (run) => run.peakBytes, (values) => gigabytes(median(values))],
  ];
  const theirs = done.get(pytorch);
  const rows = Array.from(done, ([name, runs]) => [
    [name, ...columns.map(([, value, format]) => format(runs.map(value)))],
    ...(theirs === undefined || runs === theirs
      ? []
      : [
          [
            `${name}, × PyTorch`,
            ...columns.map(([, value]) => spread(ratios(runs.map(value), theirs.map(value)))),
          ],
        ]),
  ]);
  return table(['by', ...columns.map(([title]) => title)], rows.flat());
}

function judgeMemory(done: ReadonlyMap<string, readonly PaperRun[]>): void {
  const theirs = done.get(pytorch);
  if (!theirs) return;
  const memory = (runs: readonly PaperRun[]): number =>
    median(runs.map(({ peakBytes }) => peakBytes));
  const ours = Array.from(done).filter(([name]) => name !== pytorch);
  if (ours.length === 0) return;
  const [name, runs] = ours.reduce((fastest, each) =>
    median(each[1].map(wholeRun)) < median(fastest[1].map(wholeRun)) ? each : fastest,
  );
  const ratio = memory(runs) / memory(theirs);
  if (ratio > leastMemory) fellShort = true;
  tell(
    `The faster, ${name}, has ${significant(ratio)} × PyTorch's memory; at most ${String(leastMemory)} is wanted.`,
  );
}

function times(count: number): string {
  return count === 1 ? 'once' : `${String(count)} times, in alternating order`;
}
