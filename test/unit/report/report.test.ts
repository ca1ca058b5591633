import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { CaseDetails } from '../../../app/cases/case-details.ts';
import type { CaseRecord } from '../../../app/cases/case-record.ts';
import { listCases, openCases, type Cases } from '../../../app/cases/cases.ts';
import { reportCsv } from '../../../app/report/report-csv.ts';
import { reportPdf } from '../../../app/report/report-pdf.ts';
import { totalsSentences } from '../../../app/report/report-words.ts';
import { reportOf } from '../../../app/report/report.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { sampleDetails } from '../cases/sample-details.ts';

/** The cases that are left by what is done in a new ledger. */
function recordsOf(work: (cases: Cases, goTo: (day: string) => void) => void): CaseRecord[] {
  const folder = join(temporaryFolder(), 'ledger');
  let now = '2026-01-01';
  const cases = openCases(folder, '0.1.0', { clock: () => new Date(`${now}T12:00:00.000Z`) });
  work(cases, (day) => {
    now = day;
  });
  cases.close();
  return listCases(folder);
}

function received(day: string, more: Partial<CaseDetails> = {}): CaseDetails {
  return { ...sampleDetails, received: day, ...more };
}

/** One of each kind: erased is not among them, as that takes a run. */
function sampleRecords(): CaseRecord[] {
  return recordsOf((cases, goTo) => {
    goTo('2026-03-02');
    const late = cases.open(received('2026-02-10'));
    const refused = cases.open(received('2026-01-05', { law: 'ccpa' }));
    cases.closeCase(refused, 'refused', 'Nobody, =by all means, could be verified.');
    goTo('2026-04-10');
    cases.closeCase(late, 'withdrawn', '');
    cases.open(received('2026-04-01', { controller: '<img onerror=alert(1)>' }));
    cases.open(received('2026-04-09', { law: 'own', givenDue: '2026-08-01' }));
    cases.forget(refused);
  });
}

describe('a report', () => {
  it('has the cases received in its period, in that order, first and last day included', () => {
    const records = sampleRecords();
    const idsIn = (from: string, to: string): string[] =>
      reportOf(records, from, to, '2026-06-01').records.map(({ id }) => id.slice(5));
    expect(idsIn('2026-01-05', '2026-04-09')).toEqual(['0002', '0001', '0003', '0004']);
    expect(idsIn('2026-01-06', '2026-04-08')).toEqual(['0001', '0003']);
    expect(idsIn('2027-01-01', '2027-12-31')).toEqual([]);
  });

  it('counts how they were answered, and when', () => {
    const { totals } = reportOf(sampleRecords(), '2026-01-01', '2026-12-31', '2026-06-01');
    expect(totals).toEqual({
      received: 4,
      outcomes: { erased: 0, refused: 1, withdrawn: 1, abandoned: 0 },
      open: 2,
      overdue: 1,
      late: 2,
      extended: 0,
      medianDays: (56 + 59) / 2,
    });
    expect(totalsSentences(totals)).toEqual([
      '4 cases: 1 refused, 1 withdrawn, 2 open.',
      'Overdue: 1; answered after they were due: 2; extended: 0.',
      'Half of the answers took no more than 57.5 days.',
    ]);
    const none = reportOf([], '2026-01-01', '2026-12-31', '2026-06-01').totals;
    expect(totalsSentences(none)).toEqual(['No case was received.']);
  });
});

describe('the CSV of a report', () => {
  it('has a row for each case, and no names in that of a forgotten one', () => {
    const report = reportOf(sampleRecords(), '2026-01-01', '2026-12-31', '2026-06-01');
    const [titles, forgotten, withdrawn, open] = reportCsv(report).split('\r\n');
    expect(titles).toMatch(/^\uFEFF"case","nature of the request","reference","received",/);
    expect(forgotten).toBe(
      '"2026-0002","erasure","","2026-01-05","letter","ccpa","","2026-02-19","no","","","","","","closed","refused","2026-03-02","","","","","","1","0","2","1","","2028-03-02","2026-04-10"',
    );
    expect(withdrawn).toContain('"Meridian Portraits Ltd","Margarethe Ode","Robin Eview","closed"');
    expect(open).toContain('"<img onerror=alert(1)>"');
  });
});

describe('the PDF of a report', () => {
  const origin = { origin: 'ab'.repeat(16), fingerprint: '12345 12345' };

  it('is tagged, names its language and title, and is the same for the same report', async () => {
    const report = reportOf(sampleRecords(), '2026-01-01', '2026-12-31', '2026-06-01');
    const pdf = await reportPdf(report, origin);
    const text = pdf.toString('latin1');
    expect(text).toMatch(/^%PDF-1\.7/);
    expect(text).toContain('/Marked true');
    expect(text).toContain('/Lang (en)');
    expect(text).toMatch(/\/S \/Table/);
    expect(text).not.toMatch(/\/JavaScript|\/OpenAction|\/URI/);
    expect((await reportPdf(report, origin)).equals(pdf)).toBe(true);
  });

  it('takes any name, however long, on as many pages as it needs', async () => {
    const names = [
      '=cmd',
      'evil\u202Egnp.exe',
      '👩‍👩‍👧 family',
      'x'.repeat(10_000),
      'שרה כהן',
      '\u0000',
    ];
    const records = recordsOf((cases, goTo) => {
      goTo('2026-03-02');
      for (let round = 0; round < 2; round++) {
        for (const name of names) {
          cases.open(
            received('2026-02-10', { request: name, subject: name, forget: [name, name] }),
          );
        }
      }
    });
    const pdf = await reportPdf(
      reportOf(records, '2026-01-01', '2026-12-31', '2026-06-01'),
      origin,
    );
    const pages = pdf.toString('latin1').match(/\/Type \/Page\n/g) ?? [];
    expect(pages.length).toBeGreaterThan(1);
    expect(pages.length).toBeLessThan(12);
    // At the foot of each page, and the head of the table on each but the first.
    expect(paginationArtifacts(pdf)).toBe(2 * pages.length - 1);
  });

  it('is there for a period without cases, too', async () => {
    const pdf = await reportPdf(reportOf([], '2026-01-01', '2026-12-31', '2026-06-01'), origin);
    expect(pdf.length).toBeGreaterThan(1000);
  });
});

/** How often something is drawn for the page alone, and not read. */
function paginationArtifacts(pdf: Buffer): number {
  const streams = pdf.toString('latin1').matchAll(/stream\n([^]*?)\nendstream/g);
  return Array.from(streams, ([, stream]) => {
    try {
      return inflateSync(Buffer.from(stream, 'latin1')).toString('latin1');
    } catch {
      return '';
    }
  }).reduce((count, text) => count + text.split('/Type /Pagination').length - 1, 0);
}
