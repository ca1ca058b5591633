import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { leaveOutcome, type Outcome } from '../../build/checks/outcome.ts';
import { OnnxruntimeBackend } from '../../engine/accelerators/onnxruntime/backend.ts';
import { judge } from './judge.ts';
import { knownFailures } from './known-failures.ts';
import { resultsSchema, type Results } from './results.ts';
import { settings } from './settings.ts';

/*
 * Runs the operator test-suite that comes with tfjs-core on `onnxruntime`, and on `cpu`. A spec that fails has to fail on
 * `cpu`, too, or to be one of the known failures. Specs of what only browsers have leave themselves out.
 */

const LONGEST_MESSAGE = 500;

const root = fileURLToPath(new URL('../..', import.meta.url));
/** In the project, where the bundle finds the packages that it leaves out. */
const bundle = join(root, 'dist/operators');

await bundleSuite();
const hasBlocks = new OnnxruntimeBackend().channelBlock !== null;
const outcome: Outcome = { passed: 0, failed: 0, skipped: [] };
let onCpu: Results | null = null;
for (const setting of settings) {
  const { name, onnxruntime } = setting;
  if (onnxruntime?.blocks === true && !hasBlocks) {
    const reason = 'ONNX Runtime has no blocked layout for this kind of processor.';
    outcome.skipped.push({ name, reason });
    continue;
  }
  const results = await runSuite(name);
  onCpu ??= results;
  const { passed, failures, excused } = judge(setting, results, onCpu, knownFailures);
  const throughGraphs = results.specs.filter(({ throughGraph }) => throughGraph).length;
  process.stdout.write(
    `${name}: ${passed} passed, ${failures.length} failed, ${excused.length} excused; ${throughGraphs} ran graphs\n`,
  );
  for (const failure of failures)
    process.stdout.write(`  ${failure.replaceAll(/\s+/g, ' ').slice(0, LONGEST_MESSAGE)}\n`);
  outcome.passed += passed;
  outcome.failed += failures.length;
  for (const { name: spec, reason } of excused)
    if (!outcome.skipped.some((each) => each.name === spec && each.reason === reason))
      outcome.skipped.push({ name: spec, reason });
}
leaveOutcome(outcome);
process.exitCode = outcome.failed === 0 ? 0 : 1;

/** Its files are written for a bundler, and it has to share tfjs-core, in its form of many files, with the backend. */
async function bundleSuite(): Promise<void> {
  const packages = join(root, 'node_modules');
  await build({
    root,
    configFile: false,
    logLevel: 'warn',
    resolve: {
      alias: [
        ...['@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-cpu'].map((name) => ({
          find: new RegExp(`^${name}$`),
          replacement: join(packages, name, 'dist/index.js'),
        })),
        {
          find: 'jasmine-core/lib/jasmine-core/jasmine.js',
          replacement: join(root, 'test/operators/jasmine.ts'),
        },
      ],
    },
    ssr: { noExternal: [/^@tensorflow\//, 'long', 'seedrandom'] },
    build: {
      outDir: bundle,
      emptyOutDir: true,
      ssr: join(root, 'test/operators/suite.ts'),
      target: 'node24',
      // Nothing is imported from a file of specs, and tfjs declares such files to be without effect.
      rolldownOptions: { treeshake: false },
    },
  });
}

/** In a process of its own: what brings it down brings down nothing else. */
function runSuite(setting: string): Promise<Results> {
  const folder = mkdtempSync(join(tmpdir(), 'lethe-operators-'));
  const file = join(folder, 'results.json');
  return new Promise((resolve) => {
    const complaints: Buffer[] = [];
    // Specs of warnings and profiles write to the console.
    const child = spawn(process.execPath, [join(bundle, 'suite.js'), setting, file], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    child.stderr.on('data', (chunk: Buffer) => complaints.push(chunk));
    child.on('close', (code, signal) => {
      resolve(
        code === 0
          ? resultsSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
          : {
              specs: [],
              others: [
                `The suite ended with ${signal ?? code}. ${Buffer.concat(complaints).toString()}`,
              ],
            },
      );
      rmSync(folder, { recursive: true });
    });
  });
}
