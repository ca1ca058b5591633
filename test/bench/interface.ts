import { chromium, type Page } from '@playwright/test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { bundle } from '../../build/bundle.ts';
import { findChromium } from '../../build/checks/programs.ts';
import { heading } from '../e2e/officer.ts';
import { RunningLethe } from '../e2e/running-lethe.ts';
import { goTo, writeCases } from '../e2e/with-lethe.ts';
import { recordFrames, type Frames } from './measuring/frames.ts';
import { measuredOn, warnIfBusy } from './measuring/machine.ts';
import { writeMarkdown } from './measuring/markdown.ts';
import { flag, listOf, readOptions, wholeNumber } from './measuring/options.ts';
import { processorSeconds } from './measuring/processor-time.ts';
import { rendererSize } from './measuring/renderer-size.ts';
import {
  isRunning,
  largeRequest,
  openLargeRequest,
  scenes,
  startRun,
  type Scene,
} from './measuring/scenes.ts';
import { median, quantile, spread } from './measuring/statistics.ts';
import { table } from './measuring/table.ts';
import { makeThousandClasses } from './measuring/thousand-classes.ts';

/**
 * How fast the interface is, as a browser on this machine shows it.
 *
 *   npm run bench -- interface [--parts start,idle,size,frames] [--rounds 10] [--seconds 20] [--write]
 *
 * --rounds is how often Lethe and its page are started, --seconds for how long it is watched doing nothing. --write puts
 * the figures into docs/interface.md. Exits with 1 where a goal is missed.
 */

const goals = { start: 800, idle: 1, size: 250, frame: 50 };
const parts = ['start', 'idle', 'size', 'frames'] as const;

const options = readOptions(
  z.object({
    parts: listOf(parts).prefault(parts.join(',')),
    rounds: wholeNumber.default(10),
    seconds: wholeNumber.default(20),
    write: flag,
  }),
);
const document = fileURLToPath(new URL('../../docs/interface.md', import.meta.url));
const renderer = fileURLToPath(new URL('../../dist/renderer', import.meta.url));
/** A ledger of some pages, and a list of requests longer than a screen. */
const requests = 60;

const report: string[] = [];
const figures: string[][] = [];
const missed: string[] = [];

function tell(...paragraphs: string[]): void {
  for (const paragraph of paragraphs) console.log(`${paragraph}\n`);
  report.push(...paragraphs);
}

/** A row of the table. @param goal null for a figure that has none */
function figure(what: string, measured: string, goal: string | null, isKept = true): void {
  figures.push([what, measured, goal ?? '']);
  if (!isKept) missed.push(what);
}

warnIfBusy();
await bundle('warn');
const folder = mkdtempSync(join(tmpdir(), 'lethe-bench-interface-'));
const executablePath = findChromium();
const browser = await chromium.launch(executablePath === undefined ? {} : { executablePath });
try {
  writeCases(
    folder,
    Array.from({ length: requests }, (_, place) => ({ request: `2026-${String(100 + place)}` })),
  );
  if (options.parts.includes('start')) await measureHost();
  const { model, data } = await makeThousandClasses(folder);
  writeCases(folder, [{ request: largeRequest, model, data }]);
  const lethe = new RunningLethe(folder);
  try {
    if (options.parts.includes('start')) await measureStart(lethe);
    if (options.parts.includes('idle')) await measureIdle(lethe);
    if (options.parts.includes('size')) measureSize();
    if (options.parts.includes('frames')) await measureFrames(lethe);
  } finally {
    await lethe.stop();
  }
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}

const where = measuredOn([`Chromium ${browser.version()}`]);
const overview = table(['what', 'measured', 'goal'], figures);
const judgement = missed.length === 0 ? 'Every goal is reached.' : `Missed: ${missed.join('; ')}.`;
console.log([overview, judgement, where].join('\n\n'));
if (options.write) {
  await writeMarkdown(
    document,
    ['# The interface', introduction(), where, overview, judgement, ...report].join('\n\n'),
  );
}
process.exitCode = missed.length === 0 ? 0 : 1;

function introduction(): string {
  return `How fast the window answers. \`npm run bench -- interface --write\` measures and writes all of this; no figure is typed by hand. Lethe is served to a Chromium on the same machine, with ${String(requests)} requests in its ledger, and a program does what an officer would: it waits for what is to be seen, and presses. The times hold what that program itself takes, so they are never better than what an officer sees.`;
}

// ---------------------------------------------------------------------------------------------- start

/** From starting the program to the address that it prints, without bundling its renderer. */
async function measureHost(): Promise<void> {
  const milliseconds: number[] = [];
  for (let round = 0; round <= options.rounds; round++) {
    const begun = performance.now();
    const lethe = new RunningLethe(folder);
    await lethe.address;
    milliseconds.push(performance.now() - begun);
    await lethe.stop();
  }
  figure('start of the program, until it prints its address', ms(milliseconds.slice(1)), null);
}

async function measureStart(lethe: RunningLethe): Promise<void> {
  const toHeading: number[] = [];
  const toAnswer: number[] = [];
  const context = await browser.newContext();
  for (let round = 0; round <= options.rounds; round++) {
    const address = await lethe.newAddress();
    const page = await context.newPage();
    const begun = performance.now();
    await page.goto(address, { waitUntil: 'commit' });
    await heading(page).waitFor();
    toHeading.push(performance.now() - begun);
    await goTo(page, 'Settings');
    await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
    toAnswer.push(performance.now() - begun);
    await page.close();
  }
  await context.close();
  // The first one warms the browser.
  const answers = toAnswer.slice(1);
  figure('start of the page, until its heading is seen', ms(toHeading.slice(1)), null);
  figure(
    'start of the page, until a button has answered',
    ms(answers),
    `at most ${String(goals.start)} ms`,
    median(answers) <= goals.start,
  );
}

// ----------------------------------------------------------------------------------------------- idle

async function measureIdle(lethe: RunningLethe): Promise<void> {
  if (process.platform !== 'linux') {
    tell('Not measured: what an idle Lethe takes of the processor. Only Linux tells it.');
    return;
  }
  await withPage(lethe, async (page) => {
    await watchIdle(lethe, 'idle, with the list of requests');
    await openLargeRequest(page);
    await watchIdle(lethe, 'idle, with an engine that waits');
  });
}

async function watchIdle(lethe: RunningLethe, what: string): Promise<void> {
  // What was begun by coming here is over by then.
  await sleep(5);
  const taken = (): { lethe: number; browser: number } => {
    const own = processorSeconds(lethe.pid);
    const { user, system } = process.cpuUsage();
    return { lethe: own, browser: processorSeconds(process.pid) - own - (user + system) / 1e6 };
  };
  const before = taken();
  await sleep(options.seconds);
  const after = taken();
  const percent = (who: 'lethe' | 'browser'): number =>
    (100 * (after[who] - before[who])) / options.seconds;
  const idle = percent('lethe');
  const goal = `under ${String(goals.idle)}% of one core`;
  figure(`${what}: Lethe`, `${idle.toFixed(2)}%`, goal, idle < goals.idle);
  figure(`${what}: the browser`, `${Math.max(0, percent('browser')).toFixed(2)}%`, null);
}

// ----------------------------------------------------------------------------------------------- size

function measureSize(): void {
  const { code, fonts } = rendererSize(renderer);
  const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(0)} kB`;
  figure(
    'code and styles of the page, by gzip',
    kilobytes(code),
    `at most ${String(goals.size)} kB`,
    code <= goals.size * 1000,
  );
  figure('fonts, of which a page loads those that it needs', kilobytes(fonts), null);
}

// --------------------------------------------------------------------------------------------- frames

async function measureFrames(lethe: RunningLethe): Promise<void> {
  const rows: string[][] = [];
  const during: number[] = [];
  await withPage(lethe, async (page) => {
    for (const scene of scenes.filter(({ needsRun }) => needsRun !== true)) {
      await scene.begin(page);
      rows.push(rowOf(scene, 'no', await recordFrames(page, () => scene.act(page))));
    }
    for (const scene of scenes) {
      const frames = await framesDuringRun(page, scene);
      during.push(...frames.milliseconds);
      rows.push(rowOf(scene, 'yes', frames));
    }
  });
  const long = longOf(during);
  figure(
    `frames over ${String(goals.frame)} ms during a run`,
    `${String(long)} of ${String(during.length)}`,
    'none',
    long === 0,
  );
  tell(
    '## Frames',
    `Times from one frame to the next, in milliseconds, while somebody types sixteen keys a second, turns the wheel and presses buttons; first while nothing is computed, then while the engine makes the sample forget two people. The last column is the longest that the page's own work kept a frame waiting, if that was 50 ms or more: what is late beyond that waited for a processor.`,
    table(
      ['what is done', 'run', 'frames', 'median', '99%', 'longest', 'over 50', 'own work'],
      rows,
    ),
  );
}

/** Of a scene whose run did not end before it did. */
async function framesDuringRun(page: Page, scene: Scene): Promise<Frames> {
  for (;;) {
    if (!(await isRunning(page))) await startRun(page);
    await scene.begin(page);
    const frames = await recordFrames(page, () => scene.act(page));
    if (await isRunning(page)) return frames;
  }
}

function rowOf(scene: Scene, run: string, { milliseconds, longestTask }: Frames): string[] {
  return [
    scene.title,
    run,
    String(milliseconds.length),
    median(milliseconds).toFixed(1),
    quantile(milliseconds, 0.99).toFixed(1),
    Math.max(...milliseconds).toFixed(1),
    String(longOf(milliseconds)),
    longestTask === 0 ? '' : longestTask.toFixed(0),
  ];
}

/** How many took longer than the goal: 50.1 ms is three times 16.7, by a clock of tenths. */
function longOf(milliseconds: readonly number[]): number {
  return milliseconds.filter((each) => Math.round(each) > goals.frame).length;
}

// ---------------------------------------------------------------------------------------------- parts

async function withPage(lethe: RunningLethe, use: (page: Page) => Promise<void>): Promise<void> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.goto(await lethe.newAddress());
  await heading(page).waitFor();
  await use(page);
  await context.close();
}

function ms(values: readonly number[]): string {
  return `${spread(values)} ms`;
}

function sleep(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
