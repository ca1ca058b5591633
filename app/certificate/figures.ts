/** Figures and dates as they are read in a document in English. */

/** "98.2%", "0%"; a figure that only rounds to 0 or 100 keeps its decimal. */
export function percentText(value: number | null): string {
  if (value === null) return 'not measured';
  return `${value === 0 || value === 100 ? String(value) : value.toFixed(1)}%`;
}

export function countText(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** "1 class", "2 classes". */
export function quantity(value: number, one: string, many: string): string {
  return `${countText(value)} ${value === 1 ? one : many}`;
}

const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** @param time ISO 8601, UTC @returns "23 November 2026" */
export function dateText(time: string): string {
  const date = new Date(time);
  return `${String(date.getUTCDate())} ${months[date.getUTCMonth()]} ${String(date.getUTCFullYear())}`;
}

/** @param time ISO 8601, UTC @returns "23 November 2026, 14:05:11 UTC" */
export function timeText(time: string): string {
  return `${dateText(time)}, ${time.slice(11, 19)} UTC`;
}

/** "23 November 2026, 14:05:11 to 14:09:40 UTC", with the second date when it is another. */
export function timesText(from: string, to: string): string {
  const isSameDay = from.slice(0, 10) === to.slice(0, 10);
  if (!isSameDay) return `${timeText(from)} to ${timeText(to)}`;
  return `${dateText(from)}, ${from.slice(11, 19)} to ${to.slice(11, 19)} UTC`;
}

/** "3.1 s", "2 min 5 s". */
export function durationText(seconds: number): string {
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${countText(Math.floor(whole / 60))} min ${String(whole % 60)} s`;
}

/** "8.0 GB". */
export function bytesText(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
