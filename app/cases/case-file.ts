import { createHmac, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { emptyDetails } from '../contract/cases.ts';
import { canonicalJson } from '../ledger/canonical-json.ts';
import { caseIdSchema, type RunStarted } from '../ledger/entry.ts';
import { caseDetailsSchema, type CaseDetails } from './case-details.ts';

/*
 * What a case knows that the ledger must not keep: names, paths, what was written, and the key to the ledger's HMACs.
 * Without it the ledger verifies as before, and its entries name nobody. What is in force of it the ledger says: the file
 * is written before an entry is made, and so can hold something that never came to be on record.
 */

const classIndex = z.int().nonnegative();

/** What the file holds of a run. Paths are absolute. */
export const runFileSchema = z.strictObject({
  /** Of the model, in its order. */
  classNames: z.array(z.string()),
  forget: z.array(classIndex).min(1),
  /** The model's index of each class of the data. */
  dataClasses: z.array(classIndex),
  model: z.string(),
  data: z.string(),
  staging: z.string(),
  output: z.string(),
});
export type RunFile = z.infer<typeof runFileSchema>;

export const caseFileSchema = z.strictObject({
  id: caseIdSchema,
  /** Of the HMACs: 32 bytes as hexadecimal digits. */
  key: z.string().regex(/^[0-9a-f]{64}$/),
  /** False until the case's first entry is made: what died before that leaves a file of no case. */
  isOnRecord: z.boolean(),
  /** Those in force, and while they are being changed those that will be. */
  details: z.array(caseDetailsSchema),
  /** What was written when something was rejected, reopened or closed. */
  reasons: z.array(z.string()),
  /** In the order of their entries. */
  runs: z.array(runFileSchema),
});
export type CaseFile = z.infer<typeof caseFileSchema>;

export function newCaseFile(id: string): CaseFile {
  const key = randomBytes(32).toString('hex');
  return { id, key, isOnRecord: false, details: [], reasons: [], runs: [] };
}

/** It names the class to whoever has the key, and says nothing to others. */
export function classNameHmac(key: string, index: number, name: string): string {
  return hmac(key, ['lethe/class-name/v1', index, name]);
}

export function personHmac(key: string, name: string): string {
  return hmac(key, ['lethe/person/v1', name]);
}

export function detailsHmac(key: string, details: CaseDetails): string {
  return hmac(key, ['lethe/case-details/v1', details]);
}

export function reasonHmac(key: string, reason: string): string {
  return hmac(key, ['lethe/reason/v1', reason]);
}

/** The details that an entry names; null when the file lacks them. Of a case without such an entry, none were entered. */
export function detailsOnFile(file: CaseFile, named: string | null): CaseDetails | null {
  if (named === null) return emptyDetails;
  return file.details.find((details) => detailsHmac(file.key, details) === named) ?? null;
}

/** The reason that an entry names. */
export function reasonOnFile(file: CaseFile, named: string | null): string | null {
  return file.reasons.find((reason) => reasonHmac(file.key, reason) === named) ?? null;
}

/** The one of some names that an entry names. */
export function personOnFile(
  file: CaseFile,
  names: readonly string[],
  named: string,
): string | null {
  return names.find((name) => personHmac(file.key, name) === named) ?? null;
}

/** Names of the forget classes; null for one that the file lacks, or has another name for than the entry was made with. */
export function forgetNames(
  key: string,
  run: RunFile | undefined,
  { forget }: Pick<RunStarted, 'forget'>,
): (string | null)[] {
  return forget.map(({ index, nameHmac }) => {
    const name = run?.classNames[index];
    return name !== undefined && classNameHmac(key, index, name) === nameHmac ? name : null;
  });
}

/** HMAC-SHA256 of the canonical JSON of a value that begins with what it is. */
function hmac(key: string, value: readonly unknown[]): string {
  return createHmac('sha256', Buffer.from(key, 'hex')).update(canonicalJson(value)).digest('hex');
}
