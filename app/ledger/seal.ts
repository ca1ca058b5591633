import { hash } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { canonicalJson } from './canonical-json.ts';
import { databaseName } from './database.ts';
import { syncFolder, writeDurably } from './durable-file.ts';
import { sha256Schema } from './entry.ts';
import { LedgerFault } from './ledger-fault.ts';
import { signatureHolds, type Signer } from './signing.ts';

/*
 * The entries vouch for themselves. The file has other bytes too (free space inside pages, counters of SQLite); so that
 * none of these can change unnoticed either, a writer that closes the ledger leaves a seal beside it: the file's digest,
 * signed. A seal made for another head than the ledger's says nothing: its writer died before it could make a new one.
 */

const sealName = 'ledger.seal';

const sealSchema = z.strictObject({
  /** Hash of the last entry in the sealed file. */
  head: sha256Schema,
  /** SHA-256 of the file. */
  file: sha256Schema,
  signature: z.string(),
});

/** Seals the ledger in `folder`, which nobody has open. */
export function sealFile(folder: string, head: string, signer: Signer): void {
  const file = hash('sha256', readFileSync(join(folder, databaseName)), 'hex');
  const signature = signer.sign('ledger-file', Buffer.from(canonicalJson({ head, file })));
  writeDurably(join(folder, sealName), canonicalJson({ head, file, signature }), 0o644);
}

/** To be done before the file changes in anything but its entries, which a seal names. */
export function removeSeal(folder: string): void {
  rmSync(join(folder, sealName), { force: true });
  syncFolder(folder);
}

/** A seal, and the file that it should be of, as they were at one moment. */
export interface SeenSeal {
  /** Null when there is none. */
  readonly text: string | null;
  /** SHA-256 of the file. */
  readonly file: string;
}

/** @param file the ledger's bytes, while nobody has it open for writing */
export function seeSeal(folder: string, file: Buffer): SeenSeal {
  const path = join(folder, sealName);
  const text = existsSync(path) ? readFileSync(path, 'utf8') : null;
  return { text, file: hash('sha256', file, 'hex') };
}

/**
 * Checks a seal.
 * @param publicKeys all that the ledger ever had: an older seal is by an older key
 * @returns whether there was one for this head
 * @throws LedgerFault
 */
export function requireSeal(
  { text, file }: SeenSeal,
  head: string,
  publicKeys: readonly string[],
): boolean {
  if (text === null) return false;
  const seal = parseSeal(text);
  if (seal === null) throw sealChanged();
  const { signature, ...sealed } = seal;
  const bytes = Buffer.from(canonicalJson(sealed));
  if (!publicKeys.some((key) => signatureHolds(key, 'ledger-file', bytes, signature))) {
    throw sealChanged();
  }
  if (sealed.head !== head) return false;
  if (sealed.file !== file) {
    throw new LedgerFault(
      null,
      'Every entry is as it was written, but the file around them was changed since Lethe closed it.',
    );
  }
  return true;
}

function parseSeal(text: string): z.infer<typeof sealSchema> | null {
  try {
    const seal = sealSchema.safeParse(JSON.parse(text));
    return seal.success && canonicalJson(seal.data) === text ? seal.data : null;
  } catch {
    return null;
  }
}

function sealChanged(): LedgerFault {
  return new LedgerFault(null, `The ledger's seal, ${sealName}, was changed.`);
}
