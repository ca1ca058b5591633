import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { writeDurably } from './durable-file.ts';

/** What bytes are, said before they are hashed or signed, so that one thing never passes for another. */
export type Purpose = 'ledger-entry' | 'ledger-file' | 'certificate' | 'certificate-pdf';

export interface Signer {
  /** Ed25519, 32 bytes as hexadecimal digits. */
  readonly publicKey: string;
  /** @returns 64 bytes as hexadecimal digits */
  sign(purpose: Purpose, bytes: Uint8Array): string;
}

/** SHA-256 of the purpose and the bytes, as hexadecimal digits. */
export function purposeHash(purpose: Purpose, bytes: Uint8Array): string {
  return createHash('sha256').update(labelled(purpose, bytes)).digest('hex');
}

/** SHA-256 of a public key's 32 bytes: what people compare. */
export function fingerprintOf(publicKey: string): string {
  return createHash('sha256').update(publicKey, 'hex').digest('hex');
}

/** @returns false also for a key or a signature that is none */
export function signatureHolds(
  publicKey: string,
  purpose: Purpose,
  bytes: Uint8Array,
  signature: string,
): boolean {
  try {
    const x = Buffer.from(publicKey, 'hex').toString('base64url');
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
    return verify(null, labelled(purpose, bytes), key, Buffer.from(signature, 'hex'));
  } catch {
    return false;
  }
}

/** The private key in a PEM file that only its owner can read; the file is made when missing. */
export function signerFromFile(path: string): Signer {
  if (!existsSync(path)) {
    const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });
    writeDurably(path, pem, 0o600);
  }
  const key = createPrivateKey(readFileSync(path));
  if (key.asymmetricKeyType !== 'ed25519') throw new Error(`${path} holds no Ed25519 key`);
  return {
    publicKey: publicKeyOf(key),
    sign: (purpose, bytes) => sign(null, labelled(purpose, bytes), key).toString('hex'),
  };
}

function publicKeyOf(key: KeyObject): string {
  const { x } = createPublicKey(key).export({ format: 'jwk' });
  if (x === undefined) throw new Error('the key has no public part');
  return Buffer.from(x, 'base64url').toString('hex');
}

function labelled(purpose: Purpose, bytes: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`lethe/${purpose}/v1\0`), bytes]);
}
