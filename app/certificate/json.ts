import { z } from 'zod';
import { canonicalJson, parseCanonicalJson } from '../ledger/canonical-json.ts';
import { sha256Schema } from '../ledger/entry.ts';
import type { DocumentSigner } from '../ledger/ledger.ts';
import { signatureHolds } from '../ledger/signing.ts';
import { certificateSchema, type Certificate } from './certificate.ts';

const signatureSchema = z.string().regex(/^[0-9a-f]{128}$/);

/** The file: this, as canonical JSON (RFC 8785) in UTF-8, and not a byte more. */
const envelopeSchema = z.strictObject({
  certificate: certificateSchema,
  signature: z.strictObject({
    /** Over `lethe/certificate/v1`, a zero byte, and the certificate as canonical JSON. */
    algorithm: z.literal('Ed25519'),
    publicKey: sha256Schema,
    value: signatureSchema,
  }),
});

export function certificateJson(certificate: Certificate, sign: DocumentSigner['sign']): Buffer {
  const value = sign('certificate', Buffer.from(canonicalJson(certificate)));
  const { publicKey } = certificate.ledger;
  return Buffer.from(
    canonicalJson({ certificate, signature: { algorithm: 'Ed25519', publicKey, value } }),
  );
}

/** What a JSON certificate says and whether its signature holds; or, as a sentence, why it is none. */
export type ReadCertificate =
  { readonly certificate: Certificate; readonly signed: boolean } | { readonly fault: string };

export function readCertificateJson(bytes: Uint8Array): ReadCertificate {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { fault: 'It is no text in UTF-8: bytes of it were changed, or it is no certificate.' };
  }
  const content = parseCanonicalJson(text);
  if (content === null) {
    return {
      fault: 'It is no JSON in canonical form: bytes of it were changed, or it is no certificate.',
    };
  }
  const envelope = envelopeSchema.safeParse(content.value);
  if (!envelope.success) {
    const where = envelope.error.issues[0].path.join('.');
    return { fault: `It does not have the form of a certificate, at "${where}".` };
  }
  const { certificate, signature } = envelope.data;
  const signed =
    signature.publicKey === certificate.ledger.publicKey &&
    signatureHolds(
      signature.publicKey,
      'certificate',
      Buffer.from(canonicalJson(certificate)),
      signature.value,
    );
  return { certificate, signed };
}
