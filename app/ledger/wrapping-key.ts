import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { canonicalJson } from './canonical-json.ts';
import { destroyFile, writeDurably } from './durable-file.ts';
import { protectedKeySchema, type KeyProtection, type ProtectedKey } from './key-protection.ts';
import { LedgerFault, toFault } from './ledger-fault.ts';

/*
 * One key of 32 bytes that other keys beside the ledger are encrypted with, so that a passphrase is stretched once for all
 * of them. It is protected as the ledger's own key is, stays the same when the protection changes, and lies in the folder
 * `wrapping-key`: one file, but for the moments in which another protection takes over, when there is one for each.
 */

const keyFileSchema = z.strictObject({ key: protectedKeySchema });

/** What the protection binds it to, where the ledger's own keys have their public half. */
const boundTo = 'wrapping-key';

/**
 * Made when missing. To be called once the ledger's own key was opened with this protection, as then it is the one in
 * force: what other protections left is destroyed.
 * @returns 32 bytes
 * @throws LedgerFault when the protection does not open it
 */
export function openWrappingKey(folder: string, protection: KeyProtection): Buffer {
  const found = reveal(folder, protection);
  if (found === null) return keepWrappingKey(folder, randomBytes(32), protection).secret;
  if (found.protection !== protection.name) {
    changeWrappingKeyProtection(folder, protection, protection, () => undefined);
  } else destroyAllBut(folder, found.name);
  return found.secret;
}

/**
 * @returns 32 bytes; null when there is none
 * @throws LedgerFault when the protection does not open it
 */
export function readWrappingKey(folder: string, protection: KeyProtection): Buffer | null {
  return reveal(folder, protection)?.secret ?? null;
}

/**
 * Does nothing with a ledger that has no wrapping key.
 * @param takeOver changes the protection of the ledger's own key: until it has, the old one still opens this one, too
 */
export function changeWrappingKeyProtection(
  folder: string,
  old: KeyProtection,
  next: KeyProtection,
  takeOver: () => void,
): void {
  const found = reveal(folder, old);
  const kept = found && keepWrappingKey(folder, found.secret, next);
  takeOver();
  if (kept !== null) destroyAllBut(folder, kept.name);
}

interface Revealed {
  readonly name: string;
  readonly protection: ProtectedKey['protection'];
  readonly secret: Buffer;
}

function reveal(folder: string, protection: KeyProtection): Revealed | null {
  const faults: unknown[] = [];
  for (const { name, key } of keyFiles(folder)) {
    try {
      const secret = protection.reveal(key, boundTo);
      if (secret.length !== 32) throw new LedgerFault(null, 'The wrapping key is too short.');
      return { name, protection: key.protection, secret };
    } catch (thrown) {
      faults.push(thrown);
    }
  }
  if (faults.length > 0) throw toFault(faults[0]);
  return null;
}

function keepWrappingKey(folder: string, secret: Buffer, protection: KeyProtection): Revealed {
  const name = `${randomBytes(8).toString('hex')}.json`;
  mkdirSync(keyFolder(folder), { recursive: true, mode: 0o700 });
  const text = canonicalJson({ key: protection.protect(secret, boundTo) });
  writeDurably(join(keyFolder(folder), name), `${text}\n`, 0o600);
  return { name, protection: protection.name, secret };
}

function destroyAllBut(folder: string, kept: string): void {
  for (const name of readdirSync(keyFolder(folder))) {
    if (name !== kept) destroyFile(join(keyFolder(folder), name));
  }
}

function keyFiles(folder: string): { name: string; key: ProtectedKey }[] {
  if (!existsSync(keyFolder(folder))) return [];
  return readdirSync(keyFolder(folder))
    .filter((name) => name.endsWith('.json'))
    .map((name) => {
      const path = join(keyFolder(folder), name);
      try {
        return { name, key: keyFileSchema.parse(JSON.parse(readFileSync(path, 'utf8'))).key };
      } catch (cause) {
        throw new LedgerFault(
          null,
          `The key that the names in cases are locked with, ${path}, was changed or is damaged. Put it back from a copy, or move it away to go on without those names.`,
          { cause },
        );
      }
    });
}

function keyFolder(folder: string): string {
  return join(folder, 'wrapping-key');
}
