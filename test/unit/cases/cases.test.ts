import { fork } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listCases, openCases, stagingFolder, type Cases } from '../../../app/cases/cases.ts';
import { classNameHmac, type CaseFile } from '../../../app/cases/case-file.ts';
import { openCaseVault, readCaseVault } from '../../../app/cases/case-vault.ts';
import { unprotected } from '../../../app/ledger/key-protection.ts';
import { readLedger, verifyLedger } from '../../../app/ledger/ledger.ts';
import { openWrappingKey } from '../../../app/ledger/wrapping-key.ts';
import { people, sampleRun } from './sample-runs.ts';

let root: string;
let folder: string;
let output: string;
const elif = people.indexOf('Elif T.');

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lethe-cases-'));
  folder = join(root, 'ledger');
  output = join(root, 'out');
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function begin(cases: Cases): { id: string; staging: string; erased: string } {
  const staging = stagingFolder(output);
  const { plan } = sampleRun(people, [elif]);
  const id = cases.start({ plan, model: '/models/faces.onnx', data: '/pictures', staging, output });
  const erased = join(staging, 'faces-erased.onnx');
  writeFileSync(erased, 'weights');
  return { id, staging, erased };
}

function resultFor(erasedPath: string): ReturnType<typeof sampleRun>['result'] {
  return sampleRun(people, [elif], { erasedPath }).result;
}

function caseFile(id: string): CaseFile {
  const file = readCaseVault(folder, unprotected).read(id);
  if (file === null) throw new Error('there is no case file');
  return file;
}

/** As Lethe itself would write it, which no one else can. */
function rewriteCaseFile(id: string, change: (file: CaseFile) => CaseFile): void {
  openCaseVault(folder, openWrappingKey(folder, unprotected)).write(change(caseFile(id)));
}

function kinds(): string[] {
  const reader = readLedger(folder);
  const result = [...reader.entries()].map(({ kind }) => kind);
  reader.close();
  return result;
}

describe('a run', () => {
  it('is on record before its run, and again after it', () => {
    const cases = openCases(folder, '0.1.0');
    const { id, staging, erased } = begin(cases);
    expect(cases.list()).toMatchObject([
      { id, state: 'running', runs: [{ outcome: 'running', ended: null }] },
    ]);
    expect(cases.finish(id, resultFor(erased))).toBe(join(output, 'faces-erased.onnx'));
    expect(cases.list()).toMatchObject([{ id, state: 'review', runs: [{ outcome: 'finished' }] }]);
    cases.close();

    expect(kinds()).toEqual(['ledger-opened', 'run-started', 'run-finished']);
    expect(readFileSync(join(output, 'faces-erased.onnx'), 'utf8')).toBe('weights');
    expect(existsSync(staging)).toBe(false);
    expect(verifyLedger(folder)).toMatchObject({ ok: true, entries: 3 });
  });

  it('leaves nothing of the erased model when it fails', () => {
    const cases = openCases(folder, '0.1.0');
    const { id } = begin(cases);
    cases.fail(id, 'out-of-memory');
    cases.close();
    expect(listCases(folder)).toMatchObject([
      { id, state: 'interrupted', runs: [{ outcome: 'failed', problem: 'out-of-memory' }] },
    ]);
    expect(readdirSync(output)).toEqual([]);
  });

  it('leaves nothing of the erased model when it is cancelled', () => {
    const cases = openCases(folder, '0.1.0');
    const { id } = begin(cases);
    cases.cancel(id);
    cases.close();
    expect(listCases(folder)).toMatchObject([
      { id, state: 'interrupted', runs: [{ outcome: 'cancelled', problem: null }] },
    ]);
    expect(readdirSync(output)).toEqual([]);
  });

  it('ends once only', () => {
    const cases = openCases(folder, '0.1.0');
    const { id } = begin(cases);
    cases.cancel(id);
    expect(() => {
      cases.fail(id, 'internal');
    }).toThrow(/not running/);
    cases.close();
  });

  it('opens a case named by its year and a number that counts up', () => {
    const year = String(new Date().getUTCFullYear());
    const cases = openCases(folder, '0.1.0');
    expect(begin(cases).id).toBe(`${year}-0001`);
    expect(begin(cases).id).toBe(`${year}-0002`);
    cases.close();
    const again = openCases(folder, '0.1.0');
    expect(begin(again).id).toBe(`${year}-0003`);
    again.close();
  });

  it('does not begin where nothing can be written', () => {
    writeFileSync(output, 'a file, not a folder');
    const cases = openCases(folder, '0.1.0');
    expect(() => begin(cases)).toThrow(/Nothing can be written/);
    expect(cases.list()).toEqual([]);
    cases.close();
    expect(readdirSync(join(folder, 'cases'))).toEqual([]);
  });

  it('overwrites nothing that came to the output folder while it ran', () => {
    const cases = openCases(folder, '0.1.0');
    const { id, erased } = begin(cases);
    writeFileSync(join(output, 'faces-erased.onnx'), 'precious');
    expect(() => cases.finish(id, resultFor(erased))).toThrow(/nothing is overwritten/);
    cases.fail(id, 'output-exists');
    cases.close();
    expect(readFileSync(join(output, 'faces-erased.onnx'), 'utf8')).toBe('precious');
    expect(readdirSync(output)).toEqual(['faces-erased.onnx']);
  });

  it('counts reads in the order of the model, whatever the order of the data', () => {
    const { plan, result } = sampleRun(['b', 'c', 'a'], [1], { erasedPath: '' });
    const staging = stagingFolder(output);
    const cases = openCases(folder, '0.1.0');
    const id = cases.start({
      plan: {
        ...plan,
        data: { ...plan.data, classNames: ['a', 'b'], counts: { train: [1, 2], test: [3, 4] } },
      },
      model: '/m',
      data: '/d',
      staging,
      output,
    });
    cases.finish(id, { ...result, reads: { repair: [10, 20] } });
    const [, started, finished] = cases.ledger.entries();
    cases.close();
    expect(started.payload).toMatchObject({
      data: { trainImages: [2, 0, 1], testImages: [4, 0, 3] },
    });
    expect(finished.payload).toMatchObject({ reads: { repair: [20, 0, 10] } });
  });
});

describe('the record', () => {
  it('holds no class name, no path and no file name', () => {
    const cases = openCases(folder, '0.1.0');
    const { id, erased } = begin(cases);
    cases.finish(id, resultFor(erased));
    const { id: failed } = begin(cases);
    cases.fail(failed, 'internal');
    cases.close();
    const bytes = readFileSync(join(folder, 'ledger.sqlite')).toString('latin1');
    for (const secret of [...people, 'faces', 'pictures', root])
      expect(bytes).not.toContain(secret);
  });

  it('names a class by an HMAC that only the case file can tell', () => {
    const cases = openCases(folder, '0.1.0');
    const { id } = begin(cases);
    const [, started] = cases.ledger.entries();
    const { key } = caseFile(id);
    const nameHmac = classNameHmac(key, elif, 'Elif T.');
    expect(started.payload).toMatchObject({ forget: [{ index: elif, nameHmac }] });
    expect(classNameHmac('00'.repeat(32), elif, 'Elif T.')).not.toBe(nameHmac);
    cases.close();
  });

  it('names nobody once the case file is gone, and still verifies', () => {
    const cases = openCases(folder, '0.1.0');
    const { id } = begin(cases);
    cases.cancel(id);
    cases.close();
    expect(listCases(folder)[0].forget).toEqual([{ index: elif, name: 'Elif T.' }]);
    rmSync(join(folder, 'cases', `${id}.case`));
    expect(listCases(folder)).toMatchObject([
      { names: 'missing', details: null, forget: [{ index: elif, name: null }] },
    ]);
    expect(verifyLedger(folder)).toMatchObject({ ok: true });
  });

  it('shows no name that was changed in the case file', () => {
    const cases = openCases(folder, '0.1.0');
    const { id } = begin(cases);
    cases.cancel(id);
    cases.close();
    rewriteCaseFile(id, (file) => ({
      ...file,
      runs: file.runs.map((run) => ({ ...run, classNames: run.classNames.with(elif, 'Otto X.') })),
    }));
    expect(listCases(folder)).toMatchObject([
      { forget: [{ index: elif, name: null }], runs: [{ file: null }] },
    ]);
  });

  it('keeps the case file to its owner', () => {
    const cases = openCases(folder, '0.1.0');
    const { id } = begin(cases);
    cases.close();
    for (const part of ['case', 'key'])
      expect(statSync(join(folder, 'cases', `${id}.${part}`)).mode & 0o777).toBe(0o600);
  });
});

describe('a run whose writer was killed', () => {
  async function killed(moment: string): Promise<void> {
    const child = fork(new URL('hold-case.ts', import.meta.url), [folder, output, moment]);
    await once(child, 'message');
    const [running] = listCases(folder);
    expect(running.state).toBe(moment === 'running' ? 'running' : 'review');
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  it('reads interrupted at once, and nothing of it is left after the next opening', async () => {
    await killed('running');
    expect(readdirSync(output)).toHaveLength(1);
    expect(listCases(folder)).toMatchObject([
      { state: 'interrupted', runs: [{ outcome: 'interrupted', ended: null }] },
    ]);
    expect(kinds()).toEqual(['ledger-opened', 'run-started']);

    const cases = openCases(folder, '0.1.0');
    expect(cases.interrupted).toEqual([listCases(folder)[0].id]);
    cases.close();
    expect(kinds()).toEqual(['ledger-opened', 'run-started', 'run-interrupted']);
    expect(readdirSync(output)).toEqual([]);
    expect(verifyLedger(folder)).toMatchObject({ ok: true });

    const again = openCases(folder, '0.1.0');
    expect(again.interrupted).toEqual([]);
    again.close();
  });

  it('still gets its erased model if the ledger says that its run was finished', async () => {
    await killed('finished');
    openCases(folder, '0.1.0').close();
    expect(readdirSync(output)).toEqual(['faces-erased.onnx']);
    expect(listCases(folder)).toMatchObject([{ state: 'review' }]);
  });

  it('removes no folder that is not for staging, whatever the case file says', async () => {
    await killed('running');
    const precious = join(root, 'precious');
    mkdirSync(precious);
    rewriteCaseFile(listCases(folder)[0].id, (file) => ({
      ...file,
      runs: file.runs.map((run) => ({ ...run, staging: precious })),
    }));
    openCases(folder, '0.1.0').close();
    expect(existsSync(precious)).toBe(true);
    expect(listCases(folder)).toMatchObject([{ state: 'interrupted' }]);
  });
});
