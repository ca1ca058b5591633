import { z } from 'zod';
import { channelSchema, lawSchema, locationKindSchema } from '../contract/cases.ts';
import { dueDate } from './deadlines.ts';
import { plainDateSchema, type PlainDate } from './plain-date.ts';

/**
 * What the officer enters of a case. A draft may lack anything: text is empty then, and a date is null. Nothing of it
 * reaches the ledger in the clear but what {@link CaseFacts} holds.
 */

/** Characters of one text: more than anyone types, and less than what makes a file hard to open. */
const mostCharacters = 20_000;
const mostItems = 1_000;
const tooMany = `it has more than ${String(mostItems)} parts`;

const text = z
  .string()
  .max(mostCharacters, `it has more than ${String(mostCharacters)} characters`)
  .refine((value) => value.isWellFormed(), 'it holds half a character');
const given = text.refine((value) => value.trim() !== '', 'it holds an empty text');
const date = plainDateSchema.nullable();

/** A further two months (GDPR) or 45 days (CCPA), of which the person is told before the first period is over. */
const extensionSchema = z.strictObject({ decided: plainDateSchema, reason: given });

/** Somebody whom the data had been disclosed to, and who is told of the erasure (GDPR, Article 19). */
const recipientSchema = z.strictObject({
  name: given,
  /** Null: not yet. */
  notified: date,
  /** Such as why it is impossible, or would be a disproportionate effort. */
  remark: text,
});

/** What the person is, besides the model that was given, and what becomes of it. */
const locationSchema = z.strictObject({
  kind: locationKindSchema,
  place: given,
  /** What was decided of it; empty: nothing yet. */
  decision: text,
});

export const caseDetailsSchema = z.strictObject({
  /** The reference under which the request is filed. */
  request: text,
  received: date,
  channel: channelSchema.nullable(),
  law: lawSchema.nullable(),
  /** The provision or reason, such as "Article 17(1)(b)". */
  ground: text,
  /** Under a law of one's `own` only: the others' due dates are computed. */
  givenDue: date,
  extension: extensionSchema.nullable(),
  /** Pseudonymous: a number of the file that says who it is. */
  subject: text,
  controller: text,
  /** Who runs the case, and who signs it off after them. */
  officer: text,
  reviewer: text,
  /** Whether both have to sign. */
  twoPersonSignOff: z.boolean(),
  recipients: z.array(recipientSchema).max(mostItems, tooMany),
  locations: z.array(locationSchema).max(mostItems, tooMany),
  notes: text,
  /** The model, the images and the classes that the request comes to, as far as they are known; absolute paths. */
  model: text,
  data: text,
  forget: z.array(given).max(mostItems, tooMany),
  /** The last day on which the case keeps its names; null: 24 months after it is closed. */
  retentionEnds: date,
});
export type CaseDetails = z.infer<typeof caseDetailsSchema>;

/** The last day to answer; null while law, date of receipt or, under a law of one's own, the date itself is missing. */
export function dueOf({ law, received, givenDue, extension }: CaseDetails): PlainDate | null {
  return dueDate({ law, received, givenDue, isExtended: extension !== null });
}

/** What a case lacks that it must have before it is run or signed off. */
export function missingDetails(details: CaseDetails): (keyof CaseDetails)[] {
  const required: (keyof CaseDetails)[] = [
    ...(['request', 'received', 'channel', 'law', 'ground', 'subject', 'controller'] as const),
    'officer',
    ...(details.law === 'own' ? (['givenDue'] as const) : []),
    ...(details.twoPersonSignOff ? (['reviewer'] as const) : []),
  ];
  return required.filter((name) => {
    const value = details[name];
    return value === null || (typeof value === 'string' && value.trim() === '');
  });
}

/** Whether two names are one person's, however they were typed. */
export function isSamePerson(one: string, other: string): boolean {
  const plain = (name: string): string =>
    name.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase();
  return plain(one) === plain(other);
}
