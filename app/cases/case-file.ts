import { createHmac, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { canonicalJson } from '../ledger/canonical-json.ts';
import { writeDurably } from '../ledger/durable-file.ts';
import { caseIdSchema, type RunStarted } from '../ledger/entry.ts';

const classIndex = z.int().nonnegative();

/**
 * What a case knows that the ledger must not keep: names and paths, and the key to the ledger's HMACs. Without this file
 * the ledger verifies as before, and its entries name nobody.
 */
const caseFileSchema = z.strictObject({
  id: caseIdSchema,
  /** 32 bytes as hexadecimal digits. */
  key: z.string().regex(/^[0-9a-f]{64}$/),
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
export type CaseFile = z.infer<typeof caseFileSchema>;

export function newCaseKey(): string {
  return randomBytes(32).toString('hex');
}

/** HMAC-SHA256 of a class's index and name: it names the class to whoever has the key, and says nothing to others. */
export function classNameHmac(key: string, index: number, name: string): string {
  return createHmac('sha256', Buffer.from(key, 'hex'))
    .update(canonicalJson(['lethe/class-name/v1', index, name]))
    .digest('hex');
}

export function writeCaseFile(ledgerFolder: string, file: CaseFile): void {
  mkdirSync(join(ledgerFolder, 'cases'), { recursive: true, mode: 0o700 });
  writeDurably(caseFilePath(ledgerFolder, file.id), `${canonicalJson(file)}\n`, 0o600);
}

/** @returns null when it is gone, or is no longer what was written */
export function readCaseFile(ledgerFolder: string, id: string): CaseFile | null {
  try {
    const content: unknown = JSON.parse(readFileSync(caseFilePath(ledgerFolder, id), 'utf8'));
    const file = caseFileSchema.safeParse(content);
    return file.success && file.data.id === id ? file.data : null;
  } catch {
    return null;
  }
}

export function removeCaseFile(ledgerFolder: string, id: string): void {
  rmSync(caseFilePath(ledgerFolder, id), { force: true });
}

/** Cases that have a file, whatever the ledger says of them. */
export function caseFileIds(ledgerFolder: string): string[] {
  const folder = join(ledgerFolder, 'cases');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .map((name) => basename(name, '.json'))
    .filter((id) => caseIdSchema.safeParse(id).success);
}

/** Names of the forget classes; null for one that the file lacks, or has another name for than the entry was made with. */
export function forgetNames(
  file: CaseFile | null,
  { forget }: Pick<RunStarted, 'forget'>,
): (string | null)[] {
  return forget.map(({ index, nameHmac }) => {
    const name = file?.classNames[index];
    if (file === null || name === undefined) return null;
    return classNameHmac(file.key, index, name) === nameHmac ? name : null;
  });
}

function caseFilePath(ledgerFolder: string, id: string): string {
  return join(ledgerFolder, 'cases', `${id}.json`);
}
