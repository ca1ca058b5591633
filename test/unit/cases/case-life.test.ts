import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { newCaseFile } from '../../../app/cases/case-file.ts';
import { openCaseVault, readCaseVault } from '../../../app/cases/case-vault.ts';
import { listCases, openCases, stagingFolder, type Cases } from '../../../app/cases/cases.ts';
import { referencesFolder } from '../../../app/cases/run-folders.ts';
import { emptyDetails, type CaseDetails } from '../../../app/contract/cases.ts';
import { passphraseProtection, unprotected } from '../../../app/ledger/key-protection.ts';
import { openLedger, verifyLedger } from '../../../app/ledger/ledger.ts';
import type { LedgerSettings } from '../../../app/ledger/ledger.ts';
import { openWrappingKey } from '../../../app/ledger/wrapping-key.ts';
import { buildDigest } from '../../../app/program/build-digest.ts';
import { problemOf } from '../../problem-of.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { sampleDetails } from './sample-details.ts';
import { people, sampleRun } from './sample-runs.ts';

const clock = (): Date => new Date('2026-11-25T10:00:00.000Z');

function desk(settings: LedgerSettings = { clock }): { folder: string; cases: Cases } {
  const folder = join(temporaryFolder(), 'ledger');
  return { folder, cases: openFor(folder, settings) };
}

function openFor(folder: string, settings: LedgerSettings = { clock }): Cases {
  const cases = openCases(folder, '0.1.0', settings);
  onTestFinished(() => {
    cases.close();
  });
  return cases;
}

function startRun(cases: Cases, caseId?: string): string {
  const output = join(temporaryFolder(), 'out');
  const { plan } = sampleRun(people, [4]);
  const staging = stagingFolder(output);
  return cases.start({ caseId, plan, model: '/m.onnx', data: '/d', staging, output });
}

function finishRun(cases: Cases, id: string): void {
  const { staging } = cases.record(id).runs.at(-1)?.file ?? { staging: '' };
  const erasedPath = join(staging, 'erased.onnx');
  writeFileSync(erasedPath, 'weights');
  cases.finish(id, sampleRun(people, [4], { erasedPath }).result);
}

function reviewed(cases: Cases, details: CaseDetails = sampleDetails): string {
  const id = cases.open(details);
  cases.makeReady(id);
  startRun(cases, id);
  finishRun(cases, id);
  return id;
}

function closed(cases: Cases): string {
  const id = reviewed(cases);
  cases.signOff(id, 'officer');
  cases.closeCase(id, 'erased', '');
  return id;
}

function kindsOf(cases: Cases, id: string): string[] {
  return [...cases.ledger.entries(id)].map(({ kind }) => kind);
}

describe('a case', () => {
  it('is on record with every change, from its opening to its close', () => {
    const { cases } = desk();
    const id = cases.open({ ...sampleDetails, notes: '' });
    cases.change(id, sampleDetails);
    cases.change(id, sampleDetails);
    cases.makeReady(id);
    startRun(cases, id);
    cases.cancel(id);
    startRun(cases, id);
    finishRun(cases, id);
    cases.reject(id, 'officer', 'The wrong model.');
    cases.reopen(id, 'review', 'It was the right one.');
    cases.signOff(id, 'officer');
    cases.closeCase(id, 'erased', '');
    expect(kindsOf(cases, id)).toEqual([
      ...['case-opened', 'case-changed', 'case-readied', 'run-started', 'run-cancelled'],
      ...['run-started', 'run-finished', 'case-rejected', 'case-reopened', 'case-accepted'],
      'case-closed',
    ]);
    expect(cases.record(id)).toMatchObject({
      state: 'closed',
      names: 'open',
      details: sampleDetails,
      facts: {
        law: 'gdpr',
        received: '2026-11-02',
        due: '2026-12-02',
        isExtended: false,
        recipients: 1,
        recipientsNotified: 0,
        locations: 2,
        locationsDecided: 1,
      },
      forget: [{ index: 4, name: 'Elif T.' }],
      runs: [{ outcome: 'cancelled' }, { outcome: 'finished', file: { model: '/m.onnx' } }],
      signOffs: [{ role: 'officer', name: 'Margarethe Ode' }],
      rejection: 'The wrong model.',
      closing: { outcome: 'erased', reason: null, retentionEnds: '2028-11-25' },
      forgotten: null,
    });
  });

  it('has on record which Lethe ran, which need not be the one that issues the certificate', () => {
    const { cases } = desk();
    const started = [...cases.ledger.entries(startRun(cases))].find(
      ({ kind }) => kind === 'run-started',
    );
    expect(started?.payload).toMatchObject({ software: '0.1.0', build: buildDigest() });
  });

  it('leaves nothing in the ledger that names anyone', () => {
    const { folder, cases } = desk();
    const id = closed(cases);
    cases.reopen(id, 'review', 'Selin Aydan complained.');
    cases.closeCase(id, 'abandoned', 'Selin Aydan has died.');
    cases.close();
    const bytes = readFileSync(join(folder, 'ledger.sqlite')).toString('latin1');
    const secrets = [
      ...['Ode', 'Eview', 'Aydan', 'Holm', 'Meridian', 'Quill', 'tape', 'vault', 'S-0044'],
      ...['REQ-2026', 'Article', 'Elif', 'm.onnx', 'address'],
    ];
    for (const secret of secrets) expect(bytes).not.toContain(secret);
  });

  it('opened by a run has empty details until somebody enters some', () => {
    const { cases } = desk();
    const id = startRun(cases);
    finishRun(cases, id);
    expect(cases.record(id)).toMatchObject({ state: 'review', details: emptyDetails });
    expect(problemOf(() => cases.signOff(id, 'officer')).sentence).toMatch(
      /is not complete\. It lacks: reference of the request, /,
    );
    cases.change(id, sampleDetails);
    cases.signOff(id, 'officer');
    expect(cases.record(id)).toMatchObject({ state: 'accepted', details: sampleDetails });
  });

  it('is not made ready, nor left so, while something is missing', () => {
    const { cases } = desk();
    const id = cases.open({ ...sampleDetails, controller: '' });
    expect(problemOf(() => cases.makeReady(id)).sentence).toBe(
      `Case ${id} is not complete. It lacks: controller.`,
    );
    cases.change(id, sampleDetails);
    cases.makeReady(id);
    expect(problemOf(() => cases.change(id, emptyDetails)).sentence).toMatch(/not complete/);
  });

  it('is not run before it is ready, nor changed after it was signed', () => {
    const { cases } = desk();
    const id = cases.open(sampleDetails);
    expect(problemOf(() => cases.requireRunnable(id)).sentence).toMatch(
      /is a draft\. To be run, a case has to be ready or interrupted/,
    );
    expect(problemOf(() => startRun(cases, id)).code).toBe('bad-command');
    expect(kindsOf(cases, id)).toEqual(['case-opened']);
    cases.makeReady(id);
    startRun(cases, id);
    finishRun(cases, id);
    cases.signOff(id, 'officer');
    const change = problemOf(() => cases.change(id, { ...sampleDetails, notes: 'more' }));
    expect(change.sentence).toMatch(/is accepted\. To be changed, /);
  });

  it('that there is not, is said not to be there', () => {
    const { cases } = desk();
    expect(problemOf(() => cases.record('2026-0009'))).toMatchObject({
      code: 'bad-command',
      sentence: 'There is no case 2026-0009 in this ledger.',
    });
  });

  it('that is refused needs a reason, and one that is erased a signature', () => {
    const { cases } = desk();
    const id = cases.open(sampleDetails);
    expect(problemOf(() => cases.closeCase(id, 'refused', ' ')).sentence).toMatch(/Give a reason/);
    expect(problemOf(() => cases.closeCase(id, 'erased', '')).sentence).toMatch(/Only an accepted/);
    cases.closeCase(id, 'refused', 'Nobody could be verified.');
    expect(cases.record(id).closing).toMatchObject({
      outcome: 'refused',
      reason: 'Nobody could be verified.',
    });
  });

  it('keeps its names as long as was said, also when it is said after it was closed', () => {
    const { cases } = desk();
    const id = closed(cases);
    const change = { ...sampleDetails, retentionEnds: '2031-01-01' };
    expect(problemOf(() => cases.change(id, { ...change, notes: 'more' })).sentence).toMatch(
      /only the end of its retention/,
    );
    cases.change(id, change);
    expect(cases.record(id)).toMatchObject({
      state: 'closed',
      signOffs: [{ role: 'officer' }],
      closing: { retentionEnds: '2031-01-01' },
    });
  });
});

describe('two-person sign-off', () => {
  const two = { ...sampleDetails, twoPersonSignOff: true };

  it('takes the officer’s signature first, and is accepted by the reviewer’s', () => {
    const { cases } = desk();
    const id = reviewed(cases, two);
    expect(problemOf(() => cases.signOff(id, 'reviewer')).sentence).toMatch(/officer signs first/);
    cases.signOff(id, 'officer');
    expect(cases.record(id).state).toBe('review');
    expect(problemOf(() => cases.signOff(id, 'officer')).sentence).toMatch(/for the reviewer/);
    cases.signOff(id, 'reviewer');
    expect(cases.record(id)).toMatchObject({
      state: 'accepted',
      signOffs: [
        { role: 'officer', name: 'Margarethe Ode' },
        { role: 'reviewer', name: 'Robin Eview' },
      ],
    });
    const persons = [...cases.ledger.entries(id)].flatMap((entry) =>
      entry.kind === 'case-signed' || entry.kind === 'case-accepted' ? [entry.payload.person] : [],
    );
    expect(new Set(persons).size, 'anyone can see that they are two').toBe(2);
  });

  it('is void once the case was changed after the first signature', () => {
    const { cases } = desk();
    const id = reviewed(cases, two);
    cases.signOff(id, 'officer');
    cases.change(id, { ...two, notes: 'changed' });
    expect(cases.record(id).signOffs).toEqual([]);
    expect(problemOf(() => cases.signOff(id, 'reviewer')).sentence).toMatch(/officer signs first/);
  });

  it('is refused to one person under two names', () => {
    const { cases } = desk();
    expect(() => cases.open({ ...two, reviewer: 'MARGARETHE  ode' })).toThrow(/cannot be/);
  });
});

describe('a case that is forgotten', () => {
  it('has no key and no file, verifies, and names nobody', () => {
    const { folder, cases } = desk();
    const id = closed(cases);
    const other = cases.open(sampleDetails);
    mkdirSync(join(referencesFolder(folder), 'a1b2'), { recursive: true });
    cases.forget(id);
    expect(existsSync(referencesFolder(folder))).toBe(false);
    expect(cases.record(id)).toMatchObject({
      state: 'closed',
      names: 'forgotten',
      forgotten: '2026-11-25T10:00:00.000Z',
      details: null,
      forget: [{ index: 4, name: null }],
      facts: { law: 'gdpr', due: '2026-12-02' },
      signOffs: [{ role: 'officer', name: null }],
      closing: { outcome: 'erased' },
    });
    expect(cases.record(other).details).toEqual(sampleDetails);
    cases.close();
    expect(verifyLedger(folder)).toMatchObject({ ok: true });
    expect(readCaseVault(folder, unprotected).read(id)).toBeNull();
    expect(listCases(folder).map(({ names }) => names)).toEqual(['forgotten', 'open']);
  });

  it('was closed before, and is forgotten once', () => {
    const { cases } = desk();
    const id = reviewed(cases);
    expect(problemOf(() => cases.forget(id)).sentence).toMatch(/in review.*Close it first/);
    cases.signOff(id, 'officer');
    cases.closeCase(id, 'erased', '');
    cases.forget(id);
    expect(problemOf(() => cases.forget(id)).sentence).toMatch(/destroyed before, on 2026-11-25/);
    expect(problemOf(() => cases.reopen(id, 'review', 'why')).sentence).toMatch(/destroyed/);
    expect(problemOf(() => cases.change(id, sampleDetails)).sentence).toMatch(/destroyed/);
  });

  it('is forgotten by the next writer when the first died in between', () => {
    const { folder, cases } = desk();
    const id = closed(cases);
    cases.close();
    const ledger = openLedger(folder, '0.1.0', { clock });
    ledger.append({ kind: 'case-forgotten', case: id, payload: {} });
    ledger.close();
    expect(listCases(folder)[0]).toMatchObject({ names: 'forgotten', details: null });
    expect(readCaseVault(folder, unprotected).read(id)).not.toBeNull();
    openFor(folder);
    expect(readCaseVault(folder, unprotected).read(id)).toBeNull();
  });
});

describe('what a writer left behind that died', () => {
  it('is taken out where the ledger never heard of it', () => {
    const { folder, cases } = desk();
    const id = cases.open(sampleDetails);
    cases.close();
    const vault = openCaseVault(folder, openWrappingKey(folder, unprotected));
    const file = vault.read(id) ?? newCaseFile(id);
    const run = { ...sampleRunFile(), staging: '/nowhere/.lethe-staging-00' };
    const change = { ...sampleDetails, notes: 'never entered' };
    vault.write({ ...file, details: [...file.details, change], runs: [run] });
    vault.write({ ...newCaseFile('2026-0002'), details: [sampleDetails] });
    vault.write({ ...newCaseFile('2026-0003'), isOnRecord: true, details: [sampleDetails] });
    expect(listCases(folder)[0].details).toEqual(sampleDetails);

    const again = openFor(folder);
    expect(again.record(id)).toMatchObject({ details: sampleDetails, runs: [] });
    expect(vault.read(id)).toEqual(file);
    expect(vault.read('2026-0002'), 'its case never began').toBeNull();
    expect(vault.read('2026-0003'), 'of a ledger that was here before').not.toBeNull();
  });
});

describe('a locked ledger', () => {
  it('tells its cases without the passphrase, but not their names', () => {
    const protection = passphraseProtection('correct horse');
    const { folder, cases } = desk({ clock, protection });
    const id = closed(cases);
    cases.close();
    expect(listCases(folder)).toMatchObject([
      { id, state: 'closed', names: 'locked', details: null, facts: { due: '2026-12-02' } },
    ]);
    expect(listCases(folder, protection)).toMatchObject([
      { names: 'open', details: sampleDetails },
    ]);
  });
});

function sampleRunFile(): ReturnType<typeof newCaseFile>['runs'][number] {
  const { plan } = sampleRun(people, [4]);
  return {
    classNames: plan.classNames,
    forget: plan.forget,
    dataClasses: plan.forget,
    model: '/m.onnx',
    data: '/d',
    staging: '/s',
    output: '/o',
  };
}

it('a key whose case never came to be is destroyed when Lethe opens, and no other', () => {
  const { folder, cases } = desk();
  const id = cases.open(sampleDetails);
  cases.close();
  const key = (of: string): string => join(folder, 'cases', `${of}.key`);
  writeFileSync(key('2026-0009'), 'left by a writer that died before it wrote the file');
  rmSync(join(folder, 'cases', `${id}.case`));
  openFor(folder);
  expect(existsSync(key('2026-0009'))).toBe(false);
  expect(existsSync(key(id))).toBe(true);
});
