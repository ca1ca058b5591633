import { createPrivateKey, type KeyObject } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { canonicalJson } from './canonical-json.ts';
import { destroyFile, writeDurably } from './durable-file.ts';
import { sha256Schema } from './entry.ts';
import {
  protectedKeySchema,
  unprotected,
  type KeyProtection,
  type ProtectionName,
} from './key-protection.ts';
import { LedgerFault } from './ledger-fault.ts';
import { fingerprintOf, publicKeyOf, signerOf, type Signer } from './signing.ts';

/*
 * The ledger's private keys: a file for each, named after the key, in the folder `keys`. There is one but for the moments
 * in which a key replaces another: the new one is on the disk before the ledger names it, and the old one is destroyed
 * after that; whatever happens in between, the ledger says which of the two is its key.
 */

const keyFileSchema = z.strictObject({
  publicKey: sha256Schema,
  key: protectedKeySchema,
});

export interface KeyStore {
  readonly protection: KeyProtection;
  keep(key: KeyObject): Signer;
  /** @throws LedgerFault when it is not here, or cannot be read */
  signer(publicKey: string): Signer;
  /** Overwrites and removes the files of all keys but one. */
  destroyAllBut(publicKey: string): void;
}

/** The keys of the ledger in `folder`. @param protection of keys that are kept from now on */
export function openKeyStore(folder: string, protection: KeyProtection): KeyStore {
  const store: KeyStore = {
    protection,
    keep(key) {
      mkdirSync(keyFolder(folder), { recursive: true, mode: 0o700 });
      const signer = signerOf(key);
      writeKey(folder, signer.publicKey, key, protection);
      return signer;
    },
    signer(publicKey) {
      const file = readKeyFile(folder, publicKey);
      if (file === null) {
        throw new LedgerFault(
          null,
          `The ledger's key is missing from ${keyFolder(folder)}, or not as Lethe made it, so nothing can be added. The ledger can still be read and verified.`,
        );
      }
      return signerOf(fromSecret(protection.reveal(file, publicKey), publicKey));
    },
    destroyAllBut(publicKey) {
      const kept = fileName(publicKey);
      for (const name of readdirSync(keyFolder(folder))) {
        if (name !== kept) destroyFile(join(keyFolder(folder), name));
      }
    },
  };
  adoptFirstFormsKey(folder);
  return store;
}

/** How a key that is here is protected; null when it is not here. */
export function protectionOf(folder: string, publicKey: string): ProtectionName | null {
  return readKeyFile(folder, publicKey)?.protection ?? null;
}

/** A ledger of form 1 had one key, in PEM and without protection. */
function adoptFirstFormsKey(folder: string): void {
  const path = join(folder, 'ledger-key.pem');
  if (!existsSync(path)) return;
  let key: KeyObject;
  try {
    key = createPrivateKey(readFileSync(path));
  } catch (cause) {
    throw new LedgerFault(null, `The ledger's key, ${path}, cannot be read.`, { cause });
  }
  mkdirSync(keyFolder(folder), { recursive: true, mode: 0o700 });
  writeKey(folder, publicKeyOf(key), key, unprotected);
  destroyFile(path);
}

function writeKey(
  folder: string,
  publicKey: string,
  key: KeyObject,
  protection: KeyProtection,
): void {
  const secret = key.export({ type: 'pkcs8', format: 'der' });
  const file = { publicKey, key: protection.protect(secret, publicKey) };
  writeDurably(join(keyFolder(folder), fileName(publicKey)), `${canonicalJson(file)}\n`, 0o600);
}

function readKeyFile(folder: string, publicKey: string): z.infer<typeof protectedKeySchema> | null {
  try {
    const text = readFileSync(join(keyFolder(folder), fileName(publicKey)), 'utf8');
    const file = keyFileSchema.parse(JSON.parse(text));
    return file.publicKey === publicKey ? file.key : null;
  } catch {
    return null;
  }
}

function fromSecret(secret: Buffer, publicKey: string): KeyObject {
  try {
    const key = createPrivateKey({ key: secret, type: 'pkcs8', format: 'der' });
    if (publicKeyOf(key) === publicKey) return key;
  } catch {
    // Said below, as for a key that is another one.
  }
  throw new LedgerFault(null, "The key's file holds another key than the ledger's.");
}

function keyFolder(folder: string): string {
  return join(folder, 'keys');
}

function fileName(publicKey: string): string {
  return `${fingerprintOf(publicKey).slice(0, 16)}.json`;
}
