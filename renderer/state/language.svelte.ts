import { english } from '../messages/english.ts';
import { german } from '../messages/german.ts';
import { entryOf } from '../messages/words.ts';
import { dateTimeFormat, listFormat, numberFormat, relativeTimeFormat } from './formatters.ts';
import { figureFormat, type Problem, type Unit } from '../../app/contract/client.ts';

export type Locale = 'en' | 'de';
export type Messages = typeof english;

const messages: Readonly<Record<Locale, Messages>> = { en: english, de: german };
/** Where English is read as in Europe: day before month. */
const formats: Readonly<Record<Locale, string>> = { en: 'en-GB', de: 'de-DE' };

/** The language of the interface: its sentences, and how it writes dates and numbers. */
export class Language {
  locale = $state<Locale>('en');
  readonly text = $derived(messages[this.locale]);
  readonly #format = $derived(formats[this.locale]);

  /** `system`: the first of the account's languages that there is. */
  choose(wanted: Locale | 'system'): void {
    this.locale = wanted === 'system' ? systemLocale() : wanted;
  }

  number(value: number, digits = 0): string {
    return numberFormat(this.#format, {
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    }).format(value);
  }

  /** With the digits that the certificate has, too. @param value 0 to 100; null is "–" */
  percent(value: number | null): string {
    return value === null ? '–' : this.#percent(value, figureFormat(value, 'percent'));
  }

  /** For axes. @param value 0 to 100 */
  wholePercent(value: number): string {
    return this.#percent(value, { maximumFractionDigits: 0 });
  }

  /** The digits of a figure, without its unit. */
  figure(value: number, unit: Unit): string {
    return numberFormat(this.#format, figureFormat(value, unit)).format(value);
  }

  /** @param date ISO 8601, with or without a time */
  date(date: string, style: 'short' | 'long' = 'short'): string {
    const time = Date.parse(date.length === 10 ? `${date}T12:00:00` : date);
    const year = dateTimeFormat(this.#format, { year: 'numeric' });
    const isThisYear = year.format(time) === year.format(Date.now());
    return dateTimeFormat(this.#format, {
      day: 'numeric',
      month: 'long',
      ...(style === 'long' || !isThisYear ? { year: 'numeric' } : {}),
    }).format(time);
  }

  time(time: string): string {
    return dateTimeFormat(this.#format, {
      dateStyle: 'medium',
      timeStyle: 'medium',
    }).format(Date.parse(time));
  }

  /** "2 minutes ago" */
  ago(time: string, now: number): string {
    const seconds = (Date.parse(time) - now) / 1000;
    const format = relativeTimeFormat(this.#format, { numeric: 'auto' });
    if (seconds > -50) return format.format(0, 'second');
    if (seconds > -3000) return format.format(Math.round(seconds / 60), 'minute');
    if (seconds > -80_000) return format.format(Math.round(seconds / 3600), 'hour');
    return format.format(Math.round(seconds / 86_400), 'day');
  }

  /** "about 2 minutes": rounded up, so that it is seldom too little. */
  duration(seconds: number): string {
    const { run } = this.text;
    if (seconds < 50) return run.seconds(Math.max(1, Math.ceil(seconds / 5) * 5));
    if (seconds < 3000) return run.minutes(Math.ceil(seconds / 60));
    return run.hours(Math.ceil(seconds / 3600));
  }

  /** "due in 12 days" @param days from today: negative when it is past */
  due(days: number): string {
    const { due } = this.text;
    if (days < 0) return due.overdue(-days);
    if (days === 0) return due.today;
    return days === 1 ? due.tomorrow : due.in(days);
  }

  list(items: readonly string[]): string {
    return listFormat(this.#format, { type: 'conjunction' }).format(items);
  }

  /** The first few, and how many more. */
  someOf(items: readonly string[], most = 3): string {
    if (items.length <= most) return this.list(items);
    const more = this.text.common.more(items.length - most);
    return this.list([...items.slice(0, most), more]);
  }

  /** What a problem says to the officer. The app tells it in English; for other languages there is a sentence for each kind. */
  problem({ code, sentence }: Problem): string {
    return this.locale === 'en' ? sentence : (entryOf(this.text.problems, code) ?? sentence);
  }

  #percent(value: number, format: Intl.NumberFormatOptions): string {
    return numberFormat(this.#format, { ...format, style: 'percent' }).format(value / 100);
  }
}

function systemLocale(): Locale {
  const found = navigator.languages.map((language) => language.slice(0, 2));
  return (
    found.find((language): language is Locale => language === 'en' || language === 'de') ?? 'en'
  );
}
