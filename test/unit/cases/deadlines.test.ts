import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dueDate, retentionEnd, type DueDateSource } from '../../../app/cases/deadlines.ts';
import {
  addDays,
  addMonths,
  daysBetween,
  plainDateSchema,
  today,
  weekday,
} from '../../../app/cases/plain-date.ts';

const dates = fc
  .date({ min: new Date('1900-01-01'), max: new Date('2199-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const numbers = (date: string): [year: number, month: number, day: number] => {
  const [year, month, day] = date.split('-').map(Number);
  return [year, month, day];
};

describe('a date', () => {
  it('moved by months keeps its number of day, or is the last day of a shorter month', () => {
    fc.assert(
      fc.property(dates, fc.integer({ min: -400, max: 400 }), (date, months) => {
        const moved = addMonths(date, months);
        const [year, month, day] = numbers(date);
        const [movedYear, movedMonth, movedDay] = numbers(moved);
        expect(plainDateSchema.safeParse(moved).success).toBe(true);
        expect(movedYear * 12 + movedMonth).toBe(year * 12 + month + months);
        if (movedDay !== day) {
          expect(movedDay).toBeLessThan(day);
          expect(numbers(addDays(moved, 1))[2]).toBe(1);
        }
      }),
    );
  });

  it('moved by days is that many days away, and comes back', () => {
    fc.assert(
      fc.property(dates, fc.integer({ min: -20_000, max: 20_000 }), (date, days) => {
        const moved = addDays(date, days);
        expect(daysBetween(date, moved)).toBe(days);
        expect(addDays(moved, -days)).toBe(date);
        expect((((weekday(moved) - weekday(date) - days) % 7) + 7) % 7).toBe(0);
      }),
    );
  });

  it('is in the order of its text', () => {
    fc.assert(
      fc.property(dates, dates, (one, other) => {
        expect(Math.sign(daysBetween(one, other))).toBe(one < other ? 1 : one > other ? -1 : 0);
      }),
    );
  });

  it('is the one of this place today', () => {
    expect(today(new Date(2026, 10, 5, 23, 59))).toBe('2026-11-05');
    expect(today(new Date(2026, 10, 5, 0, 0))).toBe('2026-11-05');
  });
});

function gdpr(received: string, isExtended = false): string | null {
  return dueDate({ law: 'gdpr', received, givenDue: null, isExtended });
}

describe('the due date', () => {
  it.each([
    ['2026-03-05', '2026-04-06', 'a Sunday moves to the Monday after'],
    ['2024-08-31', '2024-09-30', 'the last day of a shorter month'],
    ['2024-01-31', '2024-02-29', 'the last day of February'],
    ['2023-12-29', '2024-01-29', 'the next year'],
    ['2026-09-24', '2026-10-26', 'a Saturday moves to the Monday after'],
  ])('of the GDPR for a request of %s is %s: %s', (received, due) => {
    expect(gdpr(received)).toBe(due);
  });

  it('of the GDPR is extended to three months from receipt, not from the first due date', () => {
    expect(gdpr('2024-08-31', true)).toBe('2024-12-02');
    expect(gdpr('2026-11-30', true)).toBe('2027-03-01');
  });

  it('of the GDPR is a workday, and at most two days after the month is over', () => {
    fc.assert(
      fc.property(dates, fc.boolean(), (received, isExtended) => {
        const due = gdpr(received, isExtended) ?? '';
        expect([1, 2, 3, 4, 5]).toContain(weekday(due));
        const days = daysBetween(addMonths(received, isExtended ? 3 : 1), due);
        expect(days).toBeGreaterThanOrEqual(0);
        expect(days).toBeLessThanOrEqual(2);
      }),
    );
  });

  it('of the CCPA is 45 days after receipt, and 90 when extended, on whatever weekday', () => {
    const ccpa = { law: 'ccpa', received: '2026-01-01', givenDue: null } as const;
    expect(dueDate({ ...ccpa, isExtended: false })).toBe('2026-02-15');
    expect(dueDate({ ...ccpa, isExtended: true })).toBe('2026-04-01');
  });

  it('under a law of one’s own is the one given', () => {
    const own: DueDateSource = {
      law: 'own',
      received: '2026-01-01',
      givenDue: '2026-01-09',
      isExtended: false,
    };
    expect(dueDate(own)).toBe('2026-01-09');
    expect(dueDate({ ...own, givenDue: null })).toBeNull();
  });

  it('is not known without a law or a date of receipt', () => {
    expect(dueDate({ law: null, received: '2026-01-01', givenDue: null, isExtended: false })).toBe(
      null,
    );
    expect(dueDate({ law: 'gdpr', received: null, givenDue: null, isExtended: false })).toBe(null);
  });
});

describe('the retention of a closed case', () => {
  it('ends 24 months after it was closed, or when it is said', () => {
    expect(retentionEnd('2026-02-28', null)).toBe('2028-02-28');
    expect(retentionEnd('2024-02-29', null)).toBe('2026-02-28');
    expect(retentionEnd('2024-02-29', '2034-01-01')).toBe('2034-01-01');
  });
});
