import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IssuedCertificate } from '../../../app/certificate/issue.ts';
import { issueCertificate } from '../../../app/certificate/issue.ts';
import { people } from '../../unit/cases/sample-runs.ts';
import { finishCase, makeDesk, type Desk } from '../../unit/certificate/certificates.ts';

let desk: Desk;
let issued: IssuedCertificate[];

beforeAll(async () => {
  desk = makeDesk();
  const id = finishCase(desk, [...people, '<img onerror>', '\u202Egnp.exe', '👩‍💻', 'שרה'], [4]);
  issued = [
    await issueCertificate(desk.cases, id, desk.output, 'en'),
    await issueCertificate(desk.cases, id, desk.output, 'de'),
  ];
});
afterAll(() => {
  desk.clear();
});

const files = (): string[] => issued.flatMap(({ pdf, withoutNames }) => [pdf, withoutNames.pdf]);
const hasVeraPdf = spawnSync('verapdf', ['--version']).status === 0;

describe('a certificate as PDF', () => {
  it.for(['3a', 'ua1'])('is accepted by veraPDF as %s', (profile, context) => {
    if (!hasVeraPdf) {
      context.skip('veraPDF was not run: there is no command verapdf (see docs/certificate.md)');
    }
    const { stdout } = spawnSync(
      'verapdf',
      ['--flavour', profile, '--format', 'text', ...files()],
      { encoding: 'utf8' },
    );
    expect(stdout.match(/^PASS /gm)).toHaveLength(4);
    expect(stdout).not.toMatch(/^FAIL /m);
  });

  it('has the structure that PDF/A-3 and PDF/UA-1 want, as far as its text tells', () => {
    for (const [place, file] of files().entries()) {
      const pdf = readFileSync(file, 'latin1');
      const language = place < 2 ? 'en' : 'de';
      expect(pdf).toMatch(/^%PDF-1\.7\n/);
      expect(pdf).toContain('<pdfaid:part>3</pdfaid:part>');
      expect(pdf).toContain('<pdfaid:conformance>A</pdfaid:conformance>');
      expect(pdf).toContain('<pdfuaid:part>1</pdfuaid:part>');
      expect(pdf).toContain('/S /GTS_PDFA1');
      expect(pdf).toContain('/DisplayDocTitle true');
      expect(pdf).toContain('/Marked true');
      expect(pdf).toContain(`/Lang (${language})`);
      expect(pdf).toContain('/AFRelationship /Source');
      expect(pdf).toContain('/Subtype /application#2Fjson');
      // What streams hold are pictures, fonts and signatures in base64, which may spell anything.
      const objects = pdf.replaceAll(/\bstream\n.*?\nendstream\b/gs, '');
      expect(objects.length).toBeLessThan(pdf.length / 2);
      expect(objects).not.toMatch(/\/(JavaScript|JS|Launch|Encrypt|URI|OpenAction|AA)\b/);
      // Each font is embedded, and says which characters its glyphs are.
      const fonts = pdf.match(/\/Subtype \/Type0/g)?.length ?? 0;
      expect(fonts).toBeGreaterThan(2);
      expect(pdf.match(/\/FontFile[23] /g)).toHaveLength(fonts);
      expect(pdf.match(/\/ToUnicode /g)).toHaveLength(fonts);
    }
  });

  it('marks all that is drawn as read or as not to be read, and tells of pictures in words', () => {
    for (const file of files()) {
      const pdf = readFileSync(file, 'latin1');
      for (const tag of [
        'Document',
        'H1',
        'H2',
        'P',
        'L',
        'LI',
        'LBody',
        'Table',
        'TR',
        'TH',
        'TD',
      ]) {
        expect(pdf, tag).toMatch(new RegExp(`/S /${tag}\n`));
      }
      const figures = [...pdf.matchAll(/\/S \/Figure\n(?:(?!endobj)[^])*?\/Alt /g)];
      expect(figures).toHaveLength(2);
      const pages = [...pdf.matchAll(/stream\n([^]*?)\nendstream/g)]
        .map(([, content]) => content)
        .filter((content) => content.includes(' BDC'));
      expect(pages.length).toBeGreaterThan(2);
      for (const page of pages) {
        let depth = 0;
        for (const line of page.split('\n')) {
          if (/ BDC$| BMC$/.test(line)) depth += 1;
          if (line === 'EMC') depth -= 1;
          if (/( Tj| TJ|^f|^S|^B)$/.test(line)) expect(depth, line).toBeGreaterThan(0);
        }
        expect(depth).toBe(0);
      }
    }
  });
});
