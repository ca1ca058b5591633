import type { CaseRecord } from '../cases/case-record.ts';
import { daysBetween, type PlainDate } from '../cases/plain-date.ts';
import type { ClosingOutcome } from '../contract/cases.ts';

/** All cases of a period, for whoever has to show what was asked and how it was answered (GDPR, Articles 5(2) and 30; 11 CCR § 7101). */
export interface Report {
  readonly from: PlainDate;
  readonly to: PlainDate;
  /** The day that it tells the state of. */
  readonly asOf: PlainDate;
  /** In the order in which they were received. */
  readonly records: readonly CaseRecord[];
  readonly totals: ReportTotals;
}

export interface ReportTotals {
  readonly received: number;
  readonly outcomes: Readonly<Record<ClosingOutcome, number>>;
  readonly open: number;
  /** Open, and due before the day of the report. */
  readonly overdue: number;
  /** Closed after they were due. */
  readonly late: number;
  readonly extended: number;
  /** From receipt to closing, of those closed; null when there are none. */
  readonly medianDays: number | null;
}

/** @param from first and last day on which a case was received, or opened where nothing says when it was received */
export function reportOf(
  records: readonly CaseRecord[],
  from: PlainDate,
  to: PlainDate,
  asOf: PlainDate,
): Report {
  const inPeriod = records
    .filter((record) => from <= receivedOn(record) && receivedOn(record) <= to)
    .toSorted((one, other) => (receivedOn(one) < receivedOn(other) ? -1 : 1));
  return { from, to, asOf, records: inPeriod, totals: totalsOf(inPeriod, asOf) };
}

/** When a case came in. */
export function receivedOn({ facts, opened }: CaseRecord): PlainDate {
  return facts.received ?? opened.slice(0, 10);
}

/** When it was answered; null while it is open. */
export function closedOn({ closing }: CaseRecord): PlainDate | null {
  return closing?.time.slice(0, 10) ?? null;
}

/** By name, or by number where the names are not told. */
export function classesText({ forget, details }: CaseRecord): string {
  if (forget.length === 0) return details?.forget.join('; ') ?? '';
  return forget.map(({ index, name }) => name ?? `class ${String(index)}`).join('; ');
}

export function isLate(record: CaseRecord): boolean {
  const closed = closedOn(record);
  const { due } = record.facts;
  return closed !== null && due !== null && closed > due;
}

function totalsOf(records: readonly CaseRecord[], asOf: PlainDate): ReportTotals {
  const count = (is: (record: CaseRecord) => boolean): number => records.filter(is).length;
  const outcome = (name: ClosingOutcome): number =>
    count(({ closing }) => closing?.outcome === name);
  return {
    received: records.length,
    outcomes: {
      erased: outcome('erased'),
      refused: outcome('refused'),
      withdrawn: outcome('withdrawn'),
      abandoned: outcome('abandoned'),
    },
    open: count(({ closing }) => closing === null),
    overdue: count(
      ({ closing, facts }) => closing === null && facts.due !== null && facts.due < asOf,
    ),
    late: count(isLate),
    extended: count(({ facts }) => facts.isExtended),
    medianDays: median(
      records.flatMap((record) => {
        const closed = closedOn(record);
        return closed === null ? [] : [daysBetween(receivedOn(record), closed)];
      }),
    ),
  };
}

function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
