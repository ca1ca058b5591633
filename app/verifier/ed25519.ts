import { fromHex, joined, utf8, type Bytes } from './encoding.ts';

/*
 * Ed25519 (RFC 8032) as Node and browsers have it in WebCrypto: Node from 20, Chromium from 137, Firefox from 129, Safari
 * from 17. Browsers have it on pages from the disk, too.
 */

/** The browser or Node has no Ed25519: nothing can be verified here. */
export class NoEd25519 extends Error {}

/**
 * @param publicKey 32 bytes. @param signature 64 bytes
 * @returns false also for a key or a signature that is none
 * @throws NoEd25519
 */
export async function isSigned(
  publicKey: Bytes,
  message: Bytes,
  signature: Bytes,
): Promise<boolean> {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  const subtle = globalThis.crypto?.subtle;
  if (subtle === undefined) throw new NoEd25519();
  try {
    const key = await subtle.importKey('raw', publicKey, 'Ed25519', false, ['verify']);
    return await subtle.verify('Ed25519', key, signature, message);
  } catch (thrown) {
    if (thrown instanceof Error && thrown.name === 'NotSupportedError') throw new NoEd25519();
    // No point of the curve.
    return false;
  }
}

/**
 * What is signed for a purpose begins with `lethe/`, the purpose, `/v1` and a zero byte, so that one thing never passes for
 * another.
 */
export async function isSignedFor(
  purpose: 'certificate' | 'certificate-pdf' | 'ledger-entry',
  bytes: Bytes,
  publicKey: string,
  signature: string,
): Promise<boolean> {
  const [key, value] = [fromHex(publicKey), fromHex(signature)];
  if (key === null || value === null) return false;
  return isSigned(key, joined(utf8(`lethe/${purpose}/v1\0`), bytes), value);
}
