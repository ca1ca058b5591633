import { z } from 'zod';

/* The ledger as the renderer sees it. */

const sequence = z.int().positive();
const hash = z.string();

export const badEntrySchema = z.object({ entry: sequence, sentence: z.string() });
export type BadEntry = z.infer<typeof badEntrySchema>;

export const ledgerStatusSchema = z.object({
  entries: z.int().nonnegative(),
  /** When this app last checked it all, ISO 8601; null since it started. */
  verified: z.string().nullable(),
  /** What that found wrong; null where nothing was. */
  fault: z.object({ entry: sequence.nullable(), sentence: z.string() }).nullable(),
});
export type LedgerStatus = z.infer<typeof ledgerStatusSchema>;

/** What a check found that was asked for. */
export const ledgerCheckSchema = ledgerStatusSchema.extend({
  /** What does not agree with the checkpoint that was given, which can be the wrong one; null where nothing was found. */
  disagreement: z.string().nullable(),
});
export type LedgerCheck = z.infer<typeof ledgerCheckSchema>;

export const entryKindSchema = z.string().regex(/^[a-z-]{1,40}$/);

export const entryViewSchema = z.object({
  sequence,
  /** ISO 8601, UTC, by this machine's clock. */
  time: z.string(),
  kind: entryKindSchema,
  case: z.string().nullable(),
  hash,
  previous: hash,
  signature: z.string(),
  clockRanBack: z.boolean(),
  /** Who else saw it and by when, in words; null when its time is only what this machine's clock said. */
  evidence: z.object({ by: z.string(), time: z.string() }).nullable(),
  /** What it says, as JSON. */
  payload: z.string(),
});
export type EntryView = z.infer<typeof entryViewSchema>;

export const ledgerIdentitySchema = z.object({
  origin: z.string(),
  /** Of the key of now: SHA-256, as hexadecimal digits. */
  fingerprint: z.string(),
  keySince: z.string(),
  keys: z.int().positive(),
  protection: z.enum(['none', 'passphrase', 'system']).nullable(),
  checkpoint: z.string(),
  /** The checkpoint's fingerprint, as words to be read aloud. */
  spoken: z.string(),
  /** A QR code of the checkpoint: rows of modules, true for dark. */
  qrCode: z.array(z.array(z.boolean())),
});
export type LedgerIdentity = z.infer<typeof ledgerIdentitySchema>;
