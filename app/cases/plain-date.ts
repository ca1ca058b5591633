import { z } from 'zod';

/*
 * Days of the calendar, without a time and so without a time zone, as YYYY-MM-DD. As text they are in the order of time.
 */

export const plainDateSchema = z.iso.date();
export type PlainDate = z.infer<typeof plainDateSchema>;

const millisecondsPerDay = 86_400_000;

/** @param days negative for days before */
export function addDays(date: PlainDate, days: number): PlainDate {
  return plainDate(new Date(midnight(date) + days * millisecondsPerDay));
}

/** The same number of day so many months later, or, where that month is too short, its last day. */
export function addMonths(date: PlainDate, months: number): PlainDate {
  const from = new Date(midnight(date));
  const [year, month] = [from.getUTCFullYear(), from.getUTCMonth() + months];
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return plainDate(new Date(Date.UTC(year, month, Math.min(from.getUTCDate(), lastDay))));
}

/** Days from one date to another: negative when the other is before. */
export function daysBetween(from: PlainDate, to: PlainDate): number {
  return (midnight(to) - midnight(from)) / millisecondsPerDay;
}

/** @returns 0 for Sunday to 6 for Saturday */
export function weekday(date: PlainDate): number {
  return new Date(midnight(date)).getUTCDay();
}

/** The day that it is where this machine is set to. */
export function today(clock: Date = new Date()): PlainDate {
  return plainDate(new Date(Date.UTC(clock.getFullYear(), clock.getMonth(), clock.getDate())));
}

function midnight(date: PlainDate): number {
  return Date.parse(`${date}T00:00:00Z`);
}

function plainDate(time: Date): PlainDate {
  return time.toISOString().slice(0, 10);
}
