/* Days of the calendar as YYYY-MM-DD, as the app has them. */

const millisecondsPerDay = 86_400_000;

/** The day that it is here. */
export function today(now: number = Date.now()): string {
  return new Date(now).toLocaleDateString('sv');
}

/** From one day to another: negative when the other is before. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / millisecondsPerDay);
}
