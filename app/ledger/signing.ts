import {
  createPublicKey,
  generateKeyPairSync,
  hash,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto';

/** What bytes are, said before they are hashed or signed, so that one thing never passes for another. */
export type Purpose = 'ledger-entry' | 'ledger-file' | 'certificate' | 'certificate-pdf';

export interface Signer {
  /** Ed25519, 32 bytes as hexadecimal digits. */
  readonly publicKey: string;
  /** @returns 64 bytes as hexadecimal digits */
  readonly sign: (purpose: Purpose, bytes: Uint8Array) => string;
  /**
   * Signs the text of a note as it is. It cannot pass for anything that is signed for a purpose: a zero byte follows
   * each purpose, and a note has none.
   * @returns 64 bytes
   */
  readonly signNote: (text: string) => Buffer;
}

/** SHA-256 of the purpose and the bytes, as hexadecimal digits. */
export function purposeHash(purpose: Purpose, bytes: Uint8Array): string {
  return hash('sha256', labelled(purpose, bytes), 'hex');
}

/** SHA-256 of a public key's 32 bytes: what people compare. */
export function fingerprintOf(publicKey: string): string {
  return hash('sha256', Buffer.from(publicKey, 'hex'), 'hex');
}

/** @returns false also for a key or a signature that is none */
export function signatureHolds(
  publicKey: string,
  purpose: Purpose,
  bytes: Uint8Array,
  signature: string,
): boolean {
  return holds(publicKey, labelled(purpose, bytes), Buffer.from(signature, 'hex'));
}

/** Whether bytes that no purpose was said of, such as those of a note, are signed. */
export function bareSignatureHolds(
  publicKey: string,
  bytes: Uint8Array,
  signature: Uint8Array,
): boolean {
  return holds(publicKey, bytes, signature);
}

export function newPrivateKey(): KeyObject {
  return generateKeyPairSync('ed25519').privateKey;
}

/** @throws Error for a key that is not Ed25519 */
export function signerOf(key: KeyObject): Signer {
  if (key.asymmetricKeyType !== 'ed25519') throw new Error('the key is not an Ed25519 key');
  return {
    publicKey: publicKeyOf(key),
    sign: (purpose, bytes) => sign(null, labelled(purpose, bytes), key).toString('hex'),
    signNote: (text) => sign(null, Buffer.from(text), key),
  };
}

/** @returns 32 bytes as hexadecimal digits */
export function publicKeyOf(key: KeyObject): string {
  const { x } = createPublicKey(key).export({ format: 'jwk' });
  if (x === undefined) throw new Error('the key has no public part');
  return Buffer.from(x, 'base64url').toString('hex');
}

function holds(publicKey: string, bytes: Uint8Array, signature: Uint8Array): boolean {
  try {
    const x = Buffer.from(publicKey, 'hex').toString('base64url');
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
    return verify(null, bytes, key, signature);
  } catch {
    return false;
  }
}

function labelled(purpose: Purpose, bytes: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`lethe/${purpose}/v1\0`), bytes]);
}
