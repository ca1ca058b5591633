import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { verifyLedger } from '../../app/ledger/ledger.ts';
import { verdictSchema } from '../../engine/protocol/finding.ts';
import { acceleratorNameSchema, acceleratorReportSchema } from '../../engine/protocol/protocol.ts';
import { runLethe, type Finished } from '../run-lethe.ts';
import { sampleModel, samplePictures } from '../sample.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const pair = z.object({ forget: z.number(), retain: z.number() });
const seconds = z.number().positive();

/** The last line of `lethe erase --json`, which other programs read. */
const resultSchema = z.object({
  event: z.literal('result'),
  forget: z.array(z.string()),
  recipe: z.string(),
  accelerator: z.string(),
  before: pair,
  after: pair,
  imagesReadOfForgetClasses: z.number(),
  verdict: verdictSchema,
  seconds: z.object({ noise: seconds, impair: seconds, repair: seconds, total: seconds }),
  peakBytes: z.number().positive(),
  model: z.string(),
  certificate: z.string(),
});

let folder: string;
let erased: Finished;
let result: z.infer<typeof resultSchema>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lethe-test-'));
  erased = await runLethe([
    ...['erase', '--json', '--model', sampleModel, '--data', samplePictures],
    ...['--forget', 'Elif T', 'Noor F', '--recipe', 'adaptive'],
    ...['--ledger', join(folder, 'ledger'), '--out', join(folder, 'out')],
  ]);
  result = resultSchema.parse(JSON.parse(erased.output.trimEnd().split('\n').at(-1) ?? ''));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('lethe accelerators', () => {
  it('tells of each one whether it can be used, how fast it is, and which a run takes', async () => {
    const home = temporaryFolder();
    const environment = { HOME: home, XDG_CACHE_HOME: join(home, '.cache') };
    const { status, output } = await runLethe(['accelerators'], environment);
    expect(status).toBe(0);
    for (const name of acceleratorNameSchema.options)
      expect(output).toMatch(new RegExp(`^${name}( \\(a run takes this one|$)`, 'm'));
    expect(output).toMatch(/^onnxruntime.*\n {2}ready, version .*\n {2}speed +[\d.]+ GFLOP\/s/m);
    expect(output.match(/a run takes this one/g)).toHaveLength(1);
    // An identifier of the machine, which the maker of ONNX Runtime would be sent.
    const left = readdirSync(home, { recursive: true, encoding: 'utf8' });
    expect(left.filter((name) => /Microsoft|onnxruntime/i.test(name))).toEqual([]);
  });

  it('prints the same for programs', async () => {
    const { output } = await runLethe(['accelerators', '--json']);
    const { accelerators, chosen } = z
      .object({ accelerators: z.array(acceleratorReportSchema), chosen: acceleratorNameSchema })
      .parse(JSON.parse(output));
    expect(accelerators.map(({ name }) => name)).toEqual(acceleratorNameSchema.options);
    expect(accelerators.find(({ name }) => name === chosen)?.state).toBe('ready');
  });
});

/** A copy of a finished ledger, to be tampered with. */
async function copiedLedger(): Promise<string> {
  const copy = join(temporaryFolder(), 'ledger');
  await cp(join(folder, 'ledger'), copy, { recursive: true });
  return copy;
}

function flipByteAt(file: string, place: (bytes: Buffer) => number): void {
  const bytes = readFileSync(file);
  bytes[place(bytes)] ^= 1;
  writeFileSync(file, bytes);
}

describe('lethe erase', () => {
  it('ends with one line that says what was done', () => {
    expect(erased.status).toBe({ PASS: 0, FAIL: 1, INCONCLUSIVE: 4 }[result.verdict.value]);
    expect(result.verdict.value, 'with thirty images').not.toBe('PASS');
    expect(result.forget).toEqual(['Elif T', 'Noor F']);
    expect(result.before.forget).toBeGreaterThanOrEqual(98);
    expect(result.before.retain).toBeGreaterThanOrEqual(98);
    expect(result.after.forget).toBeLessThanOrEqual(2);
    expect(result.after.retain).toBeGreaterThan(95);
    expect(result.imagesReadOfForgetClasses).toBe(0);
    expect(result.recipe).toBe('adaptive');
  });

  it('leaves the model and the certificate with names and without, and nothing else', () => {
    const names = readdirSync(join(folder, 'out')).map((name) =>
      name.replace(/2\d{3}-0001-\w+/, 'N'),
    );
    expect(names.toSorted()).toEqual([
      'certificate-N-without-names.json',
      'certificate-N-without-names.pdf',
      'certificate-N.json',
      'certificate-N.pdf',
      'model-erased',
    ]);
  });

  it('leaves a ledger and certificates that verify', async () => {
    const ledger = join(folder, 'ledger');
    const listed = await runLethe(['ledger', 'cases', '--ledger', ledger]);
    expect(listed.output).toMatch(/-0001 +review .*Elif T, Noor F/);
    expect(await runLethe(['ledger', 'verify', '--ledger', ledger])).toMatchObject({ status: 0 });
    for (const form of ['.json', '.pdf', '-without-names.json', '-without-names.pdf']) {
      const file = result.certificate.replace(/\.json$/, form);
      const against = ['--ledger', ledger, '--model', result.model];
      const { status, output } = await runLethe(['certificate', 'verify', file, ...against]);
      expect(output).not.toMatch(/FAILED|not run/);
      expect(status).toBe(0);
    }
  });
});

describe('after one byte was changed', () => {
  it('lethe ledger verify fails and names the entry', async () => {
    const ledger = await copiedLedger();
    flipByteAt(join(ledger, 'ledger.sqlite'), (bytes) => bytes.lastIndexOf('adaptive'));
    const { status, output } = await runLethe(['ledger', 'verify', '--ledger', ledger]);
    expect(status).toBe(1);
    expect(output).toMatch(/does not verify.*entry 2/is);
  });

  it('lethe ledger verify fails wherever in the file the byte was', async () => {
    const ledger = await copiedLedger();
    const file = join(ledger, 'ledger.sqlite');
    const whole = readFileSync(file);
    for (let at = 0; at < whole.length; at += 97) {
      flipByteAt(file, () => at);
      expect(verifyLedger(ledger), `byte ${String(at)}`).toMatchObject({ ok: false });
      writeFileSync(file, whole);
    }
    expect(verifyLedger(ledger)).toMatchObject({ ok: true, sealed: true });
  });

  it.each(['json', 'pdf'])('lethe certificate verify fails on the %s and says so', async (form) => {
    const copy = join(temporaryFolder(), `certificate.${form}`);
    writeFileSync(copy, readFileSync(result.certificate.replace(/json$/, form)));
    flipByteAt(copy, (bytes) => Math.floor(bytes.length / 2));
    const { status, output } = await runLethe(['certificate', 'verify', copy]);
    expect(status).toBe(1);
    expect(output).toMatch(/does not verify.*FAILED/s);
  });

  it('lethe certificate verify fails on another model than the one certified', async () => {
    const against = ['--model', sampleModel];
    const { status, output } = await runLethe([
      'certificate',
      'verify',
      result.certificate,
      ...against,
    ]);
    expect(status).toBe(1);
    expect(output).toMatch(/FAILED.*model/i);
  });
});

describe('the lethe command', () => {
  it('explains itself, with examples and exit codes', async () => {
    const { status, output } = await runLethe(['--help']);
    expect(status).toBe(0);
    expect(output).toMatch(/Examples:/);
    expect(output).toMatch(/Exit codes:/);
  });

  it('refuses what it does not understand, with exit code 2', async () => {
    expect(await runLethe(['erase'])).toMatchObject({ status: 2, output: '' });
    expect(await runLethe(['forget-everything'])).toMatchObject({ status: 2, output: '' });
    const seed = await runLethe([
      'erase',
      '--model',
      'm',
      '--data',
      'd',
      '--forget',
      'c',
      '--seed',
      'x',
    ]);
    expect(seed).toMatchObject({ status: 2 });
    expect(seed.errors).toMatch(/whole number/);
  });

  it('says that there is no ledger where there is none', async () => {
    const { status, errors } = await runLethe([
      'ledger',
      'list',
      '--ledger',
      join(temporaryFolder(), 'none'),
    ]);
    expect(status).toBe(2);
    expect(errors).toMatch(/ledger/);
  });
});
