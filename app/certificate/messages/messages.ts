import { de } from './de.ts';
import { en } from './en.ts';
import type { Language } from './language.ts';
import type { Messages } from './message-table.ts';

const languages: Readonly<Record<Language, Messages>> = { en, de };

export function messagesIn(language: Language): Messages {
  return languages[language];
}
