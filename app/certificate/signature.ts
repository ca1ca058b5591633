import { z } from 'zod';
import { canonicalJson } from '../ledger/canonical-json.ts';
import { sha256Schema } from '../ledger/entry.ts';
import { signatureHolds } from '../ledger/signing.ts';

/** Over `lethe/certificate/v1`, a zero byte, and the certificate as canonical JSON. */
export const signatureSchema = z.strictObject({
  algorithm: z.literal('Ed25519'),
  publicKey: sha256Schema,
  value: z.string().regex(/^[0-9a-f]{128}$/),
});
export type Signature = z.infer<typeof signatureSchema>;

export function isCertificateSigned(certificate: unknown, signature: Signature): boolean {
  const bytes = Buffer.from(canonicalJson(certificate));
  return signatureHolds(signature.publicKey, 'certificate', bytes, signature.value);
}
