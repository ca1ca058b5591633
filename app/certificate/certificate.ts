import { z } from 'zod';
import {
  caseIdSchema,
  detailsOnRecordSchema,
  runFinishedSchema,
  runStartedSchema,
  sha256Schema,
  timeSchema,
} from '../ledger/entry.ts';
import { languageSchema } from './messages/language.ts';

/*
 * What a certificate says of one case: nothing in it names anyone. Like the ledger's entries, of which it is made, its form
 * is frozen: a later one gets another `schema`. The file that it comes in, with what proves it, is in certificate-file.ts.
 */

const sentence = z.string().min(1);
const plainDate = z.iso.date().nullable();
/** An entry of the ledger by its number, and the hash that it has. */
const entrySchema = z.strictObject({ sequence: z.int().positive(), hash: sha256Schema });

/** Of EDPB Opinion 28/2024, paragraph 41: what a model's resistance is to be tested against. */
export const attackSchema = z.enum([
  'membership-inference',
  'attribute-inference',
  'exfiltration',
  'regurgitation',
  'model-inversion',
  'reconstruction',
]);
export type Attack = z.infer<typeof attackSchema>;

export const certificateSchema = z.strictObject({
  schema: z.literal('lethe-certificate/2'),
  /** The case's identifier and eight random hexadecimal digits. */
  id: z.string().regex(/^\d{4}-\d{4,}-[0-9a-f]{8}$/),
  /** Of the sentences in {@link statements}. */
  language: languageSchema,
  issued: timeSchema,
  /** Lethe, as it issued this: its version, and a digest of its own files (docs/certificate.md). */
  software: z.strictObject({ version: z.string(), build: sha256Schema }),
  ledger: z.strictObject({
    origin: z.string().regex(/^[0-9a-f]{32}$/),
    /** The entry that opened the run, and the one that closed it. */
    started: entrySchema,
    finished: entrySchema,
  }),
  case: z.strictObject({
    id: caseIdSchema,
    /** What the ledger holds of the request, with the entry that it stands in; null where nothing was entered. */
    request: z.strictObject({ entry: entrySchema, onRecord: detailsOnRecordSchema }).nullable(),
    /** When it was issued. */
    state: z.string(),
    /** Of this run. */
    signOffs: z.array(
      z.strictObject({
        entry: entrySchema,
        time: timeSchema,
        role: z.enum(['officer', 'reviewer']),
      }),
    ),
    closed: z
      .strictObject({ entry: entrySchema, time: timeSchema, outcome: z.string() })
      .nullable(),
  }),
  /** SHA-256 of the canonical JSON of the names, which only one form of the file holds; null where they are gone. */
  names: sha256Schema.nullable(),
  time: z.strictObject({
    started: timeSchema,
    finished: timeSchema,
    /** Whose word these times are. */
    source: z.literal('time asserted by this machine'),
    /** The earliest time by which somebody else saw that the run had finished; null when nobody did. */
    evidence: z
      .strictObject({ kind: z.enum(['witness', 'authority']), by: z.string(), time: timeSchema })
      .nullable(),
  }),
  /** What was fixed before the run: the payload of the entry that opened it. */
  plan: runStartedSchema,
  /** What came of it: the payload of the entry that closed it. */
  result: runFinishedSchema,
  statements: z.strictObject({
    verdict: sentence,
    /** What the figures mean, and what they do not. */
    limits: z.array(sentence).min(1),
    /** What may be left all the same. */
    residualRisk: z.array(sentence).min(1),
    /** One for each of {@link attackSchema}, in its order. */
    attacks: z.array(
      z.strictObject({
        attack: attackSchema,
        run: z.boolean(),
        /** Names of the findings that it was. */
        findings: z.array(z.string()),
        why: sentence,
      }),
    ),
    /** What is still to be done elsewhere. */
    outside: z.array(sentence).min(1),
  }),
});
export type Certificate = z.infer<typeof certificateSchema>;

const text = z.string();

/** What names somebody or something of theirs. */
export const namesSchema = z.strictObject({
  /** 32 random bytes as hexadecimal digits: without them, whoever guesses the names could check the guess. */
  salt: sha256Schema,
  /** Of the model's file or folder. */
  model: text,
  /** Of the model, in its order. */
  classes: z.array(text),
  request: text,
  subject: text,
  ground: text,
  extension: text.nullable(),
  controller: text,
  officer: text,
  reviewer: text,
  /** As they signed, in the order of the certificate's. */
  signOffs: z.array(text.nullable()),
  recipients: z.array(z.strictObject({ name: text, notified: plainDate, remark: text })),
  locations: z.array(z.strictObject({ kind: z.string(), place: text, decision: text })),
});
export type Names = z.infer<typeof namesSchema>;
