import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { provideForEndToEnd } from './programs.ts';
import { outcomeVariable, takeOutcome, type Outcome } from './outcome.ts';

/**
 * `npm test`: every check of the project, all of them even when one fails. The last line
 * is `N passed, N failed, N skipped`; a stage that is no test suite counts as one. A skip has to say why:
 * `context.skip(reason)` in Vitest, `test.skip(condition, reason)` in Playwright.
 * `npm test -- lint unit` runs only the stages named.
 */

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Stage {
  readonly name: string;
  /** A script of a package and its parameters, for Node. */
  readonly command: readonly string[];
  /** Its reporter leaves an outcome; otherwise the exit code is all there is to know. */
  readonly isSuite: boolean;
  /** Takes minutes a test: all checks together are to end within a quarter of an hour. */
  readonly onlyWhenNamed?: boolean;
}

const check = (name: string, ...command: string[]): Stage => ({ name, command, isSuite: false });
const suite = (name: string, ...command: string[]): Stage => ({ name, command, isSuite: true });
const long = (stage: Stage): Stage => ({ ...stage, onlyWhenNamed: true });
const vitest = (name: string): Stage =>
  suite(
    name,
    'node_modules/vitest/vitest.mjs',
    'run',
    '--config=build/checks/vitest.config.ts',
    `--project=${name}`,
  );
const playwright = (name: string): Stage =>
  suite(
    name,
    'node_modules/@playwright/test/cli.js',
    'test',
    '--config=build/checks/playwright.config.ts',
    `--project=${name}`,
  );

/** Those that take longest come first: two are carried out at a time, and neither is to be left alone at the end. */
const stages: readonly Stage[] = [
  vitest('integration'),
  vitest('unit'),
  playwright('end-to-end'),
  check(
    'lint',
    'node_modules/eslint/bin/eslint.js',
    '--config=build/checks/eslint.config.js',
    '--max-warnings=0',
    '.',
  ),
  vitest('faults'),
  check('types', 'node_modules/typescript/bin/tsc', '--project', '.'),
  check(
    'renderer-types',
    'node_modules/svelte-check/bin/svelte-check',
    '--tsconfig=renderer/tsconfig.json',
    '--fail-on-warnings',
  ),
  suite('operators', 'test/operators/operators.ts'),
  check(
    'format',
    'node_modules/prettier/bin/prettier.cjs',
    '--check',
    '--log-level=warn',
    '.',
    // Not written by hand.
    '!app/sample/model/**',
    '!engine/models/onnx/onnx_pb.*',
  ),
  check('unused', 'node_modules/knip/bin/knip.js', '--config=build/checks/knip.ts'),
  vitest('layout'),
  long(vitest('long')),
  long(playwright('long-end-to-end')),
];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !stages.some((stage) => stage.name === name));
if (unknown.length > 0) {
  const names = stages.map(({ name }) => name).join(', ');
  process.stderr.write(`There is no stage ${unknown.join(', ')}. The stages are: ${names}.\n`);
  process.exit(2);
}

const selected = stages.filter(({ name, onlyWhenNamed }) =>
  wanted.length === 0 ? onlyWhenNamed !== true : wanted.includes(name),
);
if (selected.some(({ name }) => name.endsWith('end-to-end'))) provideForEndToEnd();
const total: Outcome = { passed: 0, failed: 0, skipped: [] };
await carryOutAll(selected);
for (const { name, reason } of total.skipped) {
  process.stdout.write(
    `${name}\n  skipped: ${reason ?? 'no reason is given, which counts as failed'}\n`,
  );
}
const explained = total.skipped.filter(({ reason }) => reason !== undefined);
total.failed += total.skipped.length - explained.length;
total.skipped = explained;
process.stdout.write(`${inWords(total)}\n`);
process.exitCode = total.failed === 0 ? 0 : 1;

/** Two at a time, each in one process besides this: that keeps two cores busier than one that divides itself in two. */
async function carryOutAll(stages: readonly Stage[]): Promise<void> {
  const waiting = [...stages];
  const carryOutWaiting = async (): Promise<void> => {
    for (let stage = waiting.shift(); stage !== undefined; stage = waiting.shift()) {
      const { passed, failed, skipped } = await carryOut(stage);
      total.passed += passed;
      total.failed += failed;
      total.skipped.push(...skipped);
    }
  };
  await Promise.all([carryOutWaiting(), carryOutWaiting()]);
}

async function carryOut(stage: Stage): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'lethe-checks-'));
  const outcomeFile = join(folder, 'outcome.json');
  const start = performance.now();
  const { succeeded, output } = await run(stage.command, { [outcomeVariable]: outcomeFile });
  const seconds = (performance.now() - start) / 1000;
  const outcome = judge(stage, succeeded, outcomeFile);
  rmSync(folder, { recursive: true });
  process.stdout.write(`${stage.name.padEnd(16)}${inWords(outcome)} (${seconds.toFixed(1)} s)\n`);
  if (outcome.failed > 0) process.stdout.write(`${stripVTControlCharacters(output).trimEnd()}\n\n`);
  return outcome;
}

function run(
  command: readonly string[],
  environment: Record<string, string>,
): Promise<{ succeeded: boolean; output: string }> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const child = spawn(process.execPath, command, {
      cwd: root,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    }
    child.on('close', (code) => {
      resolve({ succeeded: code === 0, output: Buffer.concat(chunks).toString() });
    });
  });
}

function judge(stage: Stage, succeeded: boolean, outcomeFile: string): Outcome {
  const one = { passed: succeeded ? 1 : 0, failed: succeeded ? 0 : 1, skipped: [] };
  if (!stage.isSuite) return one;
  if (!existsSync(outcomeFile)) return { passed: 0, failed: 1, skipped: [] };
  const outcome = takeOutcome(outcomeFile);
  // A framework that fails for more than its reporter saw has failed all the same.
  return !succeeded && outcome.failed === 0 ? { ...outcome, failed: 1 } : outcome;
}

function inWords({ passed, failed, skipped }: Outcome): string {
  return `${String(passed)} passed, ${String(failed)} failed, ${String(skipped.length)} skipped`;
}
