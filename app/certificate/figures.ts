import { figureFormat } from '../../engine/protocol/figure-text.ts';
import type { Unit } from '../../engine/protocol/finding.ts';
import type { Language } from './messages/language.ts';

/** Figures and dates as they are read in a document. */
export interface Figures {
  /** "98.2%", "0%". */
  percent(value: number): string;
  /** The digits of a figure, without its unit. */
  figure(value: number, unit: Unit): string;
  number(value: number, decimals: number): string;
  count(value: number): string;
  /** @param time ISO 8601, UTC, or a day of the calendar @returns "23 November 2026" */
  date(time: string): string;
  /** @param time ISO 8601, UTC @returns "23 November 2026, 14:05:11 UTC" */
  time(time: string): string;
  /** "3.1 s", "2 min 5 s". */
  duration(seconds: number): string;
  /** "8.0 GB". */
  bytes(bytes: number): string;
}

const locales: Record<Language, string> = { en: 'en-GB', de: 'de-DE' };
/** Between a figure and its sign. */
const percentSigns: Record<Language, string> = { en: '%', de: '\u00a0%' };

export function figuresIn(language: Language): Figures {
  const locale = locales[language];
  const formats = new Map<number, Intl.NumberFormat>();
  const number = (value: number, decimals: number): string => {
    const format =
      formats.get(decimals) ??
      new Intl.NumberFormat(locale, {
        minimumFractionDigits: decimals,
        maximumFractionDigits: decimals,
        useGrouping: 'always',
      });
    formats.set(decimals, format);
    return format.format(value);
  };
  const figure = (value: number, unit: Unit): string =>
    new Intl.NumberFormat(locale, figureFormat(value, unit)).format(value);
  const day = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' });
  const count = (value: number): string => number(value, 0);
  const date = (time: string): string => day.format(new Date(time));
  return {
    percent: (value) => figure(value, 'percent') + percentSigns[language],
    figure,
    number,
    count,
    date,
    time: (time) => `${date(time)}, ${time.slice(11, 19)} UTC`,
    duration: (seconds) => {
      if (seconds < 59.95) return `${number(seconds, 1)}\u00a0s`;
      const whole = Math.round(seconds);
      return `${count(Math.floor(whole / 60))}\u00a0min ${String(whole % 60)}\u00a0s`;
    },
    bytes: (bytes) => `${number(bytes / 1e9, 1)}\u00a0GB`,
  };
}
