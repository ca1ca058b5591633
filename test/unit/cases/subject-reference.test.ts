import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { subjectReferenceWarnings } from '../../../app/cases/subject-reference.ts';

function lookOf(reference: string): string | null {
  const [warning] = subjectReferenceWarnings(reference);
  return /looks like (.*?)\. Use/.exec(warning ?? '')?.[1] ?? null;
}

describe('a subject reference is warned of', () => {
  it.each([
    ['Elif Tanaka', 'a name'],
    ['elif tanaka', 'a name'],
    ['Tanaka, Elif', 'a name'],
    ['Dr. Maria von der Heide', 'a name'],
    ['Łukasz Żółć', 'a name'],
    ['张 伟', 'a name'],
    ['Jean-Luc O’Neill', 'a name'],
    ['elif.tanaka@example.org', 'an e-mail address'],
    ['mail: e@t.example', 'an e-mail address'],
    ['+49 30 901820', 'a telephone number'],
    ['0049 (30) 901820', 'a telephone number'],
    ['030/901820', 'a telephone number'],
    ['(415) 555-2671', 'a telephone number'],
    // From the description of the number's check digit by the Federal Central Tax Office.
    ['86095742719', 'a German tax number (IdNr)'],
    ['47 036 892 816', 'a German tax number (IdNr)'],
    // From the specimen identity cards.
    ['T220001293', 'a German identity card number'],
    ['L01X00T471', 'a German identity card number'],
    ['123-45-6789', 'a US Social Security number'],
    ['123 45 6789', 'a US Social Security number'],
    ['AB 12 34 56 C', 'a British National Insurance number'],
    ['2 69 05 49 588 157 80', 'a French social security number (NIR)'],
    ['1 85 05 2A 004 056 26', 'a French social security number (NIR)'],
    ['111222333', 'a Dutch citizen number (BSN)'],
  ])('when it is %s, as it looks like %s', (reference, look) => {
    expect(lookOf(reference)).toBe(look);
  });
});

describe('a subject reference is not warned of', () => {
  it.each([
    '',
    'S-0044',
    'DSR-2026-0044',
    'Subject 12',
    'CASE ALPHA',
    '20260044',
    'file 7 of 9',
    '2026/11/25',
    // Like the numbers above, but for a check digit or a part that is never given out.
    '86095742718',
    'L01X00T472',
    '666-45-6789',
    '900-45-6789',
    'QQ 12 34 56 C',
    'AB 12 34 56 E',
    '2 69 05 49 588 157 81',
  ])('when it is %j', (reference) => {
    expect(subjectReferenceWarnings(reference)).toEqual([]);
  });

  it('whatever it is, by more than one sentence or an error', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (reference) => {
        expect(subjectReferenceWarnings(reference).length).toBeLessThanOrEqual(1);
      }),
    );
  });
});
