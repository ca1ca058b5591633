import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openCases, type Cases } from '../../../app/cases/cases.ts';
import { verifyCertificate } from '../../../app/certificate/verify.ts';
import { emptyDetails } from '../../../app/contract/cases.ts';
import { verifyLedger } from '../../../app/ledger/ledger.ts';
import { finishedStatuses, runLethe } from '../../run-lethe.ts';
import { copyFewPictures, sampleModel } from '../../sample.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { filesIn, tracesOf } from './traces.ts';

/** What must be gone from the data folder once the case is forgotten. Each is long enough not to be there by chance. */
const entered = {
  request: 'REQ-Zürich-7731',
  ground: 'Article 17(1)(b), consent withdrawn by Selin Aydan',
  subject: 'Subject-Kestrel-0044',
  controller: 'Meridian Portraits Ltd',
  officer: 'Margarethe Ödegaard',
  reviewer: 'Robin Eviewsson',
  notes: 'She called twice. Her lawyer is Dr. Holm.',
  extension: 'Forty letters came in that week',
  recipient: 'Quill Partners GmbH',
  remark: 'Moved to Lisbon without an address',
  place: 'tape 12 in the vault at Ulm',
  decision: 'overwritten on the first of March',
  rejection: 'The wrong pictures were named by Selin',
  reopening: 'The complaint of Selin Aydan',
};
const person = 'Elif T';
const id = `${String(new Date().getUTCFullYear())}-0001`;

let root: string;
let ledger: string;
let secrets: string[];
let withNames: string;
let withoutNames: string;
let model: string;

function working(work: (cases: Cases) => void): void {
  const cases = openCases(ledger, '0.1.0');
  try {
    work(cases);
  } finally {
    cases.close();
  }
}

async function lethe(...args: string[]): Promise<string> {
  const { status, output, errors } = await runLethe([...args, '--ledger', ledger]);
  expect(finishedStatuses, `${args.join(' ')}: ${errors}`).toContain(status);
  return output;
}

/** A case with a name in everything that can have one. */
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'lethe-test-'));
  ledger = join(root, 'ledger');
  const out = join(root, 'erased-for-selin');
  const data = copyFewPictures(join(root, 'pictures-of-selin'));
  secrets = [...Object.values(entered), person, out, data, sampleModel];

  await lethe(
    ...['case', 'new', '--received', '2026-11-02', '--channel', 'letter', '--law', 'gdpr'],
    ...['--request', entered.request, '--ground', entered.ground, '--subject', entered.subject],
    ...['--controller', entered.controller, '--officer', entered.officer],
    ...['--reviewer', entered.reviewer, '--two-person', '--notes', entered.notes],
    ...['--model', sampleModel, '--data', data, '--forget', person],
  );
  working((cases) => {
    const details = cases.record(id).details ?? emptyDetails;
    cases.change(id, {
      ...details,
      extension: { decided: '2026-11-03', reason: entered.extension },
      recipients: [{ name: entered.recipient, notified: null, remark: entered.remark }],
      locations: [{ kind: 'backup', place: entered.place, decision: entered.decision }],
    });
    cases.makeReady(id);
  });
  const run = await lethe('erase', '--case', id, '--out', out, '--recipe', 'fine-tune', '--json');
  working((cases) => {
    cases.reject(id, 'officer', entered.rejection);
    cases.reopen(id, 'review', entered.reopening);
    cases.signOff(id, 'officer');
    cases.signOff(id, 'reviewer');
    cases.closeCase(id, 'erased', '');
  });

  const last = z
    .object({ certificate: z.string(), model: z.string() })
    .parse(JSON.parse(run.trimEnd().split('\n').at(-1) ?? ''));
  model = last.model;
  withNames = last.certificate;
  withoutNames = withNames.replace(/\.json$/, '-without-names.json');
});

afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

describe('before a case is forgotten', () => {
  it('its names are told from the case file, and lie nowhere in the clear', async () => {
    const shown = await lethe('case', 'show', id);
    for (const secret of secrets) expect(shown).toContain(secret);
    for (const secret of secrets) expect(tracesOf(secret, filesIn(ledger))).toEqual([]);
  });

  it('its certificate has them, in the form for the controller only', () => {
    const named = readFileSync(withNames, 'utf8');
    const unnamed = readFileSync(withoutNames, 'utf8');
    for (const name of [person, entered.controller, entered.officer, entered.subject]) {
      expect(named).toContain(name);
      expect(unnamed).not.toContain(name);
    }
  });

  it('the search would find a name in any of the forms it is written in', () => {
    const folder = temporaryFolder();
    const text = entered.officer;
    const forms = [
      text,
      Buffer.from(text, 'utf16le'),
      `x${Buffer.from(text).toString('hex')}`,
      Buffer.from(text, 'utf16le').toString('hex').toUpperCase(),
      ...['', 'a', 'ab'].map((before) => Buffer.from(`${before}${text}after`).toString('base64')),
      Buffer.from(`a${text}`, 'utf16le').toString('base64'),
      'Margarethe \\u00d6degaard',
    ];
    for (const [place, form] of forms.entries()) {
      writeFileSync(join(folder, String(place)), form);
      expect(tracesOf(text, [join(folder, String(place))]), `form ${String(place)}`).not.toEqual(
        [],
      );
    }
    expect(tracesOf(text, filesIn(ledger))).toEqual([]);
  });
});

describe('after a case is forgotten', () => {
  beforeAll(async () => {
    expect(await lethe('case', 'forget', id)).toMatch(/destroyed/);
  });

  it('nothing in the data folder names anyone, while the ledger is open nor when it is closed', () => {
    working(() => {
      for (const secret of secrets) expect(tracesOf(secret, filesIn(ledger))).toEqual([]);
    });
    for (const secret of secrets) expect(tracesOf(secret, filesIn(ledger))).toEqual([]);
  });

  it('no file of the case is left, and no command tells a name', async () => {
    expect(filesIn(join(ledger, 'cases'))).toEqual([]);
    const told = [
      await lethe('case', 'list'),
      await lethe('case', 'show', id),
      await lethe('case', 'show', id, '--json'),
      await lethe('ledger', 'list', '--count', '100', '--json'),
      await lethe('ledger', 'export'),
      await lethe('report', '--json'),
    ].join('\n');
    for (const secret of secrets) expect(told).not.toContain(secret);
    expect(told).toMatch(/forgotten: erased/);
  });

  it('the ledger and both forms of the certificate verify as before', () => {
    expect(verifyLedger(ledger)).toMatchObject({ ok: true, sealed: true });
    for (const file of [withNames, withoutNames]) {
      for (const form of [file, file.replace(/json$/, 'pdf')]) {
        const report = verifyCertificate(form, { ledgerFolder: ledger, modelPath: model });
        expect(report).toMatchObject({ ok: true });
      }
    }
  });

  it('its report has a row without names', async () => {
    const file = join(temporaryFolder(), 'report.csv');
    await lethe('report', '--csv', file);
    expect(readFileSync(file, 'utf8')).toMatch(
      /"2\d{3}-0001","erasure","","2026-11-02","letter","gdpr","",/,
    );
    for (const secret of secrets) expect(tracesOf(secret, [file])).toEqual([]);
  });
});
