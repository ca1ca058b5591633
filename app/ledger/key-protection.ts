import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from './canonical-json.ts';
import { LedgerFault } from './ledger-fault.ts';

/* How a private key is kept from whoever can read the ledger's folder, when its file lies there. */

const bytesSchema = z.base64();

/** A private key as its file holds it. Bytes are in Base64. */
export const protectedKeySchema = z.discriminatedUnion('protection', [
  z.strictObject({ protection: z.literal('none'), secret: bytesSchema }),
  z.strictObject({
    protection: z.literal('passphrase'),
    /** RFC 7914. Bounded, so that a changed file cannot ask for all the memory there is: at most 1 GiB. */
    scrypt: z.strictObject({
      cost: z.union([z.literal(2 ** 17), z.literal(2 ** 18), z.literal(2 ** 19)]),
      blockSize: z.int().min(8).max(16),
      parallelization: z.int().min(1).max(4),
      salt: bytesSchema,
    }),
    /** AES-256-GCM. */
    nonce: bytesSchema,
    ciphertext: bytesSchema,
    tag: bytesSchema,
  }),
  z.strictObject({ protection: z.literal('system'), ciphertext: bytesSchema }),
]);
export type ProtectedKey = z.infer<typeof protectedKeySchema>;
export type ProtectionName = ProtectedKey['protection'];

export interface KeyProtection {
  readonly name: ProtectionName;
  /** @param publicKey 32 bytes as hexadecimal digits: what the secret belongs to */
  protect(secret: Buffer, publicKey: string): ProtectedKey;
  /** @throws LedgerFault when this protection cannot give the secret back */
  reveal(key: ProtectedKey, publicKey: string): Buffer;
}

/** For unattended use: whoever can read the file can sign. */
export const unprotected: KeyProtection = {
  name: 'none',
  protect: (secret) => ({ protection: 'none', secret: secret.toString('base64') }),
  reveal: (key) => (key.protection === 'none' ? fromBase64(key.secret) : refuse(key)),
};

/** 128 MiB and some tenths of a second for each try. */
const scryptCost = { cost: 2 ** 17, blockSize: 8, parallelization: 1 } as const;

/** scrypt and AES-256-GCM. @param passphrase not empty */
export function passphraseProtection(passphrase: string): KeyProtection {
  if (passphrase === '') throw new LedgerFault(null, 'The passphrase is empty.');
  return {
    name: 'passphrase',
    protect(secret, publicKey) {
      const scrypt = { ...scryptCost, salt: randomBytes(16).toString('base64') };
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', derived(passphrase, scrypt), nonce);
      cipher.setAAD(boundTo(publicKey, scrypt));
      const ciphertext = Buffer.concat([cipher.update(secret), cipher.final()]);
      return {
        protection: 'passphrase',
        scrypt,
        nonce: nonce.toString('base64'),
        ciphertext: ciphertext.toString('base64'),
        tag: cipher.getAuthTag().toString('base64'),
      };
    },
    reveal(key, publicKey) {
      if (key.protection === 'none') return unprotected.reveal(key, publicKey);
      if (key.protection !== 'passphrase') return refuse(key);
      try {
        const decipher = createDecipheriv(
          'aes-256-gcm',
          derived(passphrase, key.scrypt),
          fromBase64(key.nonce),
          { authTagLength: 16 },
        );
        decipher.setAAD(boundTo(publicKey, key.scrypt));
        decipher.setAuthTag(fromBase64(key.tag));
        return Buffer.concat([decipher.update(fromBase64(key.ciphertext)), decipher.final()]);
      } catch (cause) {
        throw new LedgerFault(
          null,
          "The passphrase is not the one of the ledger's key, or the key's file was changed.",
          { cause },
        );
      }
    },
  };
}

/** What Electron's `safeStorage` offers: encryption under a secret of the account's keychain. */
export interface SafeStorage {
  isEncryptionAvailable(): boolean;
  encryptString(text: string): Buffer;
  decryptString(encrypted: Buffer): string;
  /** On Linux only. */
  getSelectedStorageBackend?(): string;
}

/** @throws LedgerFault when the system has no keychain, or only one that keeps its secret in the open */
export function systemProtection(storage: SafeStorage): KeyProtection {
  if (!storage.isEncryptionAvailable() || storage.getSelectedStorageBackend?.() === 'basic_text') {
    throw new LedgerFault(
      null,
      'This system offers no keychain to keep the key of the ledger in. Choose a passphrase instead.',
    );
  }
  return {
    name: 'system',
    protect: (secret) => ({
      protection: 'system',
      ciphertext: storage.encryptString(secret.toString('base64')).toString('base64'),
    }),
    reveal(key, publicKey) {
      if (key.protection === 'none') return unprotected.reveal(key, publicKey);
      if (key.protection !== 'system') return refuse(key);
      try {
        return fromBase64(storage.decryptString(fromBase64(key.ciphertext)));
      } catch (cause) {
        throw new LedgerFault(
          null,
          "The system's keychain does not open the key of the ledger: it belongs to another account or machine.",
          { cause },
        );
      }
    },
  };
}

function refuse({ protection }: ProtectedKey): never {
  throw new LedgerFault(
    null,
    protection === 'passphrase'
      ? 'The key of the ledger is locked with a passphrase. Give it in the variable LETHE_PASSPHRASE, or in a file by --passphrase-file.'
      : "The key of the ledger is locked by the system's keychain, which only the Lethe application opens. Use that.",
  );
}

type ScryptParameters = Extract<ProtectedKey, { protection: 'passphrase' }>['scrypt'];

function derived(passphrase: string, parameters: ScryptParameters): Buffer {
  const { cost, blockSize, parallelization, salt } = parameters;
  return scryptSync(passphrase.normalize('NFKC'), fromBase64(salt), 32, {
    cost,
    blockSize,
    parallelization,
    maxmem: 256 * cost * blockSize,
  });
}

/** What the cipher vouches for besides the secret. */
function boundTo(publicKey: string, scrypt: ScryptParameters): Buffer {
  return Buffer.from(canonicalJson({ publicKey, scrypt }));
}

function fromBase64(text: string): Buffer {
  return Buffer.from(text, 'base64');
}
