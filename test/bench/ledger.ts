import Database from 'better-sqlite3';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { canonicalJson } from '../../app/ledger/canonical-json.ts';
import type { CaseContent, Entry } from '../../app/ledger/entry.ts';
import { openLedger, readLedger, verifyLedger } from '../../app/ledger/ledger.ts';
import { measuredOn, warnIfBusy } from './measuring/machine.ts';
import { readOptions, wholeNumber } from './measuring/options.ts';
import { median } from './measuring/statistics.ts';
import { table } from './measuring/table.ts';

/**
 * How fast the ledger is when it is long.
 *
 *   npm run bench -- ledger [--entries 100000] [--folder DIR]
 *
 * The folder decides which disk is measured; without it, it is that of temporary files. Appends go to the disk one by one,
 * in turn with the same rows as plain inserts into a table of better-sqlite3, each a transaction with synchronous=FULL.
 */

const options = readOptions(
  z.object({ entries: wholeNumber.default(100_000), folder: z.string().default(tmpdir()) }),
);
const goals = { append: 500, verify: 5000, prove: 5, page: 20 };
const block = 1000;
const samples = 300;

const digest = 'ab'.repeat(32);
const perClass = (value: number): number[] => Array.from({ length: 10 }, () => value);
const accuracy = { perClass: perClass(93.5), forget: 93.5, retain: 93.5 };

/** The entries of a case of ten classes. */
function contentsOf(id: string): CaseContent[] {
  return [
    {
      kind: 'run-started',
      case: id,
      payload: {
        software: '0.1.0',
        model: {
          format: 'onnx',
          sha256: digest,
          architecture: 'ONNX graph: 20 Conv, 20 BatchNormalization, 17 Relu, 1 Gemm',
          parameters: 11_173_962,
          classCount: 10,
        },
        forget: [{ index: 3, nameHmac: digest }],
        retainClasses: 9,
        recipe: { name: 'paper', seed: 7 },
        preprocessing: { name: 'zero-to-one', mean: [0], std: [1] },
        data: {
          source: 'image-folder',
          digest,
          trainImages: perClass(5000),
          testImages: perClass(1000),
          retainSample: perClass(1000),
        },
        accelerator: {
          name: 'onnxruntime',
          version: '1.30.0',
          threads: 2,
          device: { kind: 'cpu', name: 'Example Processor' },
          selfTest: { passed: true, largestDifference: 2.4e-7 },
        },
        machine: { processor: 'Example', cores: 2, memoryBytes: 2 ** 33, system: 'linux x64' },
      },
    },
    {
      kind: 'run-finished',
      case: id,
      payload: {
        before: accuracy,
        impaired: accuracy,
        after: accuracy,
        reads: { impair: perClass(1000), repair: perClass(1000) },
        imagesReadOfForgetClasses: 0,
        seconds: { noise: 10.5, impair: 20.25, repair: 20.125, total: 60 },
        peakBytes: 2 ** 30,
        erased: { sha256: digest, largestLogitDifference: 1.5e-6 },
      },
    },
    {
      kind: 'certificate-issued',
      case: id,
      payload: { certificate: `${id}-0123abcd`, content: digest },
    },
  ];
}

const folder = mkdtempSync(join(options.folder, 'lethe-bench-ledger-'));
warnIfBusy();
try {
  const { append, plain } = fill();
  const report = timed(3, () => verifyLedger(folder));
  const reader = readLedger(folder);
  const anyEntry = (): number => 1 + Math.floor(Math.random() * options.entries);
  const [firstProof, ...prove] = timed(samples, () => reader.prove(anyEntry()));
  const page = timed(samples, () => reader.page({ before: anyEntry(), count: 50 }));
  const ofCase = timed(samples, () => reader.page({ case: caseId(anyEntry()), count: 50 }));
  reader.close();
  const reopening = timed(3, () => {
    openLedger(folder, '0.1.0').close();
  });
  if (!verifyLedger(folder).ok) throw new Error('the ledger does not verify');

  const figures: [string, number, string, string][] = [
    ['append', append, 'entries/s', `at least ${String(goals.append)}`],
    ['the same rows, plain inserts', plain, 'rows/s', ''],
    ['verify all', median(report), 'ms', `at most ${String(goals.verify)}`],
    ['prove an entry, median', median(prove), 'ms', ''],
    ['prove an entry, the first of a process', firstProof, 'ms', `at most ${String(goals.prove)}`],
    [
      'prove an entry, slowest of the rest',
      Math.max(...prove),
      'ms',
      `at most ${String(goals.prove)}`,
    ],
    ['list a page of 50, median', median(page), 'ms', ''],
    ['list a page of 50, slowest', Math.max(...page), 'ms', `at most ${String(goals.page)}`],
    ['list a case, slowest', Math.max(...ofCase), 'ms', `at most ${String(goals.page)}`],
    ['open to write, and close', median(reopening), 'ms', ''],
  ];
  const megabytes = (statSync(join(folder, 'ledger.sqlite')).size / 1e6).toFixed(1);
  process.stdout.write(
    `${String(options.entries)} entries, ${megabytes} MB\n\n${table(
      ['what', 'measured', 'unit', 'goal'],
      figures.map(([what, value, unit, goal]) => [what, inDigits(value), unit, goal]),
    )}\n\n${measuredOn([])}\n`,
  );
} finally {
  rmSync(folder, { recursive: true });
}

/** @returns entries and rows per second */
function fill(): { append: number; plain: number } {
  const ledger = openLedger(folder, '0.1.0');
  const database = new Database(join(folder, 'plain.sqlite'));
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.exec(
    'CREATE TABLE entry (sequence INTEGER PRIMARY KEY, time TEXT, kind TEXT, case_id TEXT, payload TEXT, previous TEXT, hash TEXT, signature TEXT) STRICT',
  );
  const insert = database.prepare('INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  const seconds = { append: 0, plain: 0 };
  let count = 1;
  while (count < options.entries) {
    const entries: Entry[] = [];
    const contents: CaseContent[] = [];
    while (contents.length < block) contents.push(...contentsOf(caseId(count + contents.length)));
    contents.splice(Math.min(block, options.entries - count));
    seconds.append += secondsOf(() => {
      for (const content of contents) entries.push(ledger.append(content));
    });
    const rows = entries.map((entry) => {
      const { sequence, time, kind, payload, previous, hash, signature } = entry;
      return [sequence, time, kind, entry.case, canonicalJson(payload), previous, hash, signature];
    });
    seconds.plain += secondsOf(() => {
      for (const row of rows) insert.run(...row);
    });
    count += contents.length;
    process.stderr.write(`\r${String(count)} entries`);
  }
  process.stderr.write('\r');
  ledger.close();
  database.close();
  return { append: (count - 1) / seconds.append, plain: (count - 1) / seconds.plain };
}

function caseId(entry: number): string {
  return `2026-${String(Math.floor(entry / 3) + 1).padStart(4, '0')}`;
}

/** Milliseconds of each of `times` runs. */
function timed(times: number, action: () => unknown): number[] {
  return Array.from({ length: times }, () => secondsOf(action) * 1000);
}

function secondsOf(action: () => unknown): number {
  const start = performance.now();
  action();
  return (performance.now() - start) / 1000;
}

function inDigits(value: number): string {
  return value.toFixed(value < 10 ? 2 : 0);
}
