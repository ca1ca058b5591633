import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from '../ledger/canonical-json.ts';

/** AES-256-GCM: what was put in comes out, or nothing does. Bytes are in Base64. */
const boxSchema = z.strictObject({
  nonce: z.base64(),
  ciphertext: z.base64(),
  tag: z.base64(),
});

/**
 * @param key 32 bytes
 * @param label what it is, so that one box never passes for another
 * @returns the box as JSON
 */
export function sealBox(key: Buffer, label: string, content: Buffer): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(Buffer.from(label));
  const ciphertext = Buffer.concat([cipher.update(content), cipher.final()]);
  const box: z.infer<typeof boxSchema> = {
    nonce: nonce.toString('base64'),
    ciphertext: ciphertext.toString('base64'),
    tag: cipher.getAuthTag().toString('base64'),
  };
  return `${canonicalJson(box)}\n`;
}

/** @throws Error for another key or label, and for a box that was changed */
export function openBox(key: Buffer, label: string, box: string): Buffer {
  const { nonce, ciphertext, tag } = boxSchema.parse(JSON.parse(box));
  const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64'), {
    authTagLength: 16,
  });
  decipher.setAAD(Buffer.from(label));
  decipher.setAuthTag(Buffer.from(tag, 'base64'));
  return Buffer.concat([decipher.update(Buffer.from(ciphertext, 'base64')), decipher.final()]);
}
