import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csv } from '../../../app/report/csv.ts';

/** As RFC 4180 has it, for quoted cells. */
function parse(text: string): string[][] {
  return text
    .slice(1, -2)
    .split('\r\n')
    .map((line) =>
      line
        .slice(1, -1)
        .split('","')
        .map((cell) => cell.replaceAll('""', '"')),
    );
}

function cellOf(text: string): string {
  return parse(csv([[text]]))[0][0];
}

describe('a cell of a CSV file', () => {
  it.each([
    ['=cmd|calc!A1', "'=cmd|calc!A1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['＝1+1', "'＝1+1"],
    ['\t=1', '[U+0009]=1'],
    ['\r=1', '[U+000D]=1'],
    ['\n=1', '[U+000A]=1'],
    [' =1', " '=1"],
    ['a;=1', "a;'=1"],
    ['a,"=1', `a,"'=1`],
    ['a|@b', "a|'@b"],
    ['<img onerror=alert(1)>', '<img onerror=alert(1)>'],
    ['evil\u202Egnp.exe', 'evil[U+202E]gnp.exe'],
    ['Art. 17 - erasure', 'Art. 17 - erasure'],
    ['👩‍👩‍👧 family', '👩‍👩‍👧 family'],
    ['said "no"', 'said "no"'],
  ])('made of %j is %j', (text, cell) => {
    expect(cellOf(text)).toBe(cell);
  });

  it('begins no formula, not even after a separator, whatever it is made from', () => {
    const texts = fc.string({
      unit: fc.constantFrom(
        '=',
        '+',
        '-',
        '@',
        ',',
        ';',
        '|',
        '"',
        "'",
        ' ',
        '\t',
        '\r',
        '\n',
        'a',
      ),
    });
    fc.assert(
      fc.property(texts, (text) => {
        expect(csv([[text]])).not.toMatch(/(^\uFEFF"|[;|]|,")["\s]*[=+\-@]/);
      }),
    );
  });

  it('holds what was put in, and as many cells as there were', () => {
    const texts = fc.array(
      fc.array(fc.string({ unit: 'grapheme' }), { minLength: 2, maxLength: 2 }),
      {
        minLength: 1,
      },
    );
    fc.assert(
      fc.property(texts, (rows) => {
        const parsed = parse(csv(rows));
        expect(parsed.map((row) => row.length)).toEqual(rows.map((row) => row.length));
      }),
    );
  });

  it('is read as one cell by another program, too', (context) => {
    const rows = [
      ['case', 'to forget'],
      ['2026-0001', 'a "b", c;=1\nd'],
      ['x'.repeat(10_000), 'é'],
    ];
    const program =
      'import csv, json, sys; print(json.dumps(list(csv.reader(open(0, newline="", encoding="utf-8-sig"), strict=True))))';
    const read = spawnSync('python3', ['-c', program], { input: csv(rows), encoding: 'utf8' });
    if (read.status !== 0) context.skip('there is no python3 here to read it with');
    expect(JSON.parse(read.stdout)).toEqual([
      rows[0],
      ['2026-0001', `a "b", c;'=1[U+000A]d`],
      rows[2],
    ]);
  });
});
