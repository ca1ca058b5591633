import { describe, expect, it } from 'vitest';
import { caseDetailsSchema } from '../../../app/cases/case-details.ts';
import { faultIn, lackIn, openQuestions } from '../../../app/cases/case-rules.ts';
import { emptyDetails } from '../../../app/contract/cases.ts';
import { sampleDetails } from './sample-details.ts';

const today = '2026-11-25';

describe('details', () => {
  it('may be empty in a draft, and lack nothing when they are complete', () => {
    expect(caseDetailsSchema.parse(emptyDetails)).toEqual(emptyDetails);
    expect(faultIn(emptyDetails, today)).toBeNull();
    expect(lackIn(emptyDetails)).toBe(
      'It lacks: reference of the request, date of receipt, channel, law, ground, subject reference, controller, officer.',
    );
    expect(caseDetailsSchema.parse(sampleDetails)).toEqual(sampleDetails);
    expect(faultIn(sampleDetails, today)).toBeNull();
    expect(lackIn(sampleDetails)).toBeNull();
  });

  it('need a reviewer where two have to sign, and a due date under a law of one’s own', () => {
    expect(lackIn({ ...sampleDetails, reviewer: ' ', twoPersonSignOff: true })).toMatch(/reviewer/);
    expect(lackIn({ ...sampleDetails, law: 'own' })).toMatch(/due date/);
  });

  it.each([
    ['a receipt after today', { received: '2026-11-26' }, /after today/],
    ['a due date beside a law', { givenDue: '2026-12-01' }, /are computed/],
    [
      'a due date before the receipt',
      { law: 'own', givenDue: '2026-11-01' } as const,
      /before the date of receipt/,
    ],
    [
      'an officer who reviews themselves',
      { twoPersonSignOff: true, reviewer: ' margarethe  ODE' },
      /cannot be the officer/,
    ],
    [
      'an extension after the first due date',
      { received: '2026-10-01', extension: { decided: '2026-11-03', reason: 'many' } },
      /cannot be extended any more/,
    ],
    [
      'an extension before the receipt',
      { extension: { decided: '2026-11-01', reason: 'many' } },
      /between the receipt/,
    ],
    [
      'an extension of nothing',
      { law: null, extension: { decided: today, reason: 'many' } },
      /with a law and a date of receipt/,
    ],
    [
      'an extension under a law of one’s own',
      { law: 'own', extension: { decided: today, reason: 'many' } } as const,
      /nothing to extend by/,
    ],
  ])('cannot hold %s', (_, change, sentence) => {
    expect(faultIn({ ...sampleDetails, ...change }, today)).toMatch(sentence);
  });

  it('hold no half characters and nothing endless', () => {
    expect(caseDetailsSchema.safeParse({ ...sampleDetails, notes: '\uD800' }).success).toBe(false);
    const endless = { ...sampleDetails, notes: 'x'.repeat(20_001) };
    expect(caseDetailsSchema.safeParse(endless).success).toBe(false);
    expect(faultIn(endless, today)).toBe(
      'What was given for the notes cannot be entered: it has more than 20000 characters. Change that.',
    );
    expect(faultIn({ ...sampleDetails, forget: [''] }, today)).toMatch(
      /classes to forget cannot be entered: it holds an empty text/,
    );
    const long = { ...sampleDetails, notes: 'x'.repeat(10_000) };
    expect(caseDetailsSchema.safeParse(long).success).toBe(true);
  });

  it('leave questions open until it is said what becomes of everything', () => {
    expect(openQuestions(sampleDetails)).toEqual(['Nothing was decided of 1 location.']);
    expect(openQuestions({ ...sampleDetails, locations: [] })).toEqual([
      'Nothing says where the original weights are and what was decided of them.',
    ]);
    const untold = { name: 'Somebody', notified: null, remark: '' };
    expect(openQuestions({ ...sampleDetails, recipients: [untold, untold] })).toContain(
      '2 recipients were not notified, and nothing says why.',
    );
  });
});
