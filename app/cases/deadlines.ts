import type { Law } from '../contract/cases.ts';
import { addDays, addMonths, weekday, type PlainDate } from './plain-date.ts';

/** What a due date is made from. */
export interface DueDateSource {
  readonly law: Law | null;
  /** When the request was received. */
  readonly received: PlainDate | null;
  /** For `own` only. */
  readonly givenDue: PlainDate | null;
  readonly isExtended: boolean;
}

/**
 * The last day to answer a request; null while what it is made from is missing.
 *
 * GDPR, Article 12(3): one month from receipt, or three where it was extended by two further months. Counted by Regulation
 * (EEC, Euratom) 1182/71, Article 3: the day of receipt does not count, and a month ends on the day with the same number,
 * or on the last day of a shorter month; an end on a Saturday or Sunday moves to the Monday after. Public holidays move it
 * too, but they differ from place to place, so a due date is never later than the law's, and may be some days earlier.
 *
 * CCPA, California Civil Code 1798.130(a)(2): 45 days from receipt, 90 where it was extended by another 45, on whatever
 * weekday that is.
 */
export function dueDate({ law, received, givenDue, isExtended }: DueDateSource): PlainDate | null {
  if (law === 'own') return givenDue;
  if (law === null || received === null) return null;
  if (law === 'ccpa') return addDays(received, isExtended ? 90 : 45);
  return onWorkday(addMonths(received, isExtended ? 3 : 1));
}

/** Months after closing for which a case keeps its names unless something else is set: CCPA regulations, 11 CCR § 7101. */
const retentionMonths = 24;

/** The last day of the retention of a case that was closed. */
export function retentionEnd(closed: PlainDate, given: PlainDate | null): PlainDate {
  return given ?? addMonths(closed, retentionMonths);
}

function onWorkday(date: PlainDate): PlainDate {
  const day = weekday(date);
  if (day === 6) return addDays(date, 2);
  return day === 0 ? addDays(date, 1) : date;
}
