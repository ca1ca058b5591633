import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson, parseCanonicalJson } from '../ledger/canonical-json.ts';
import { caseIdSchema, sha256Schema, timeSchema } from '../ledger/entry.ts';
import type { DocumentSigner, EntryProof } from '../ledger/ledger.ts';
import { certificateSchema, namesSchema, type Certificate, type Names } from './certificate.ts';
import { firstFormSchema, type FirstForm } from './first-form.ts';
import { isCertificateSigned, signatureSchema, type Signature } from './signature.ts';

/*
 * A certificate as a file: canonical JSON (RFC 8785) in UTF-8, and not a byte more. With names or without, the certificate in
 * it, its signature and its record are the same bytes: the certificate holds a digest of the names, and the form for
 * whoever may read them holds the names as well. So one entry of the ledger stands for both, and once the names are
 * destroyed the form without them is as good as before.
 */

const hexadecimal = (digits: number): z.ZodString =>
  z.string().regex(new RegExp(`^[0-9a-f]{${String(digits)}}$`));

/** An entry of the ledger, and what proves it (RFC 9162, section 2.1.3). */
const provenEntrySchema = z.strictObject({
  entry: z.strictObject({
    case: caseIdSchema,
    hash: sha256Schema,
    kind: z.string(),
    payload: z.record(z.string(), z.unknown()),
    previous: sha256Schema,
    sequence: z.int().positive(),
    signature: hexadecimal(128),
    time: timeSchema,
  }),
  /** Among the leaves, from 0. */
  index: z.int().nonnegative(),
  /** From the leaf to the root. */
  path: z.array(sha256Schema),
});

const recordSchema = z.strictObject({
  /** The ledger's own, over all entries that it had when this was issued: one signature, by the key that signed the certificate. */
  checkpoint: z
    .string()
    .regex(
      /^lethe-ledger\/[0-9a-f]{32}\n[1-9]\d{0,9}\n[A-Za-z0-9+/]{43}=\n\n— lethe-ledger\/[0-9a-f]{32} [A-Za-z0-9+/]{91}=\n$/,
    ),
  /** Of the case, in their order: those that the certificate names, and last the one that says that it was issued. */
  entries: z.array(provenEntrySchema).min(3),
});
export type CertificateRecord = z.infer<typeof recordSchema>;

/** What {@link CertificateFile} is made of, to be published as JSON Schema. */
export const certificateFileSchema = z.strictObject({
  certificate: certificateSchema,
  names: namesSchema.optional(),
  record: recordSchema,
  signature: signatureSchema,
});

export interface CertificateFile {
  readonly certificate: Certificate;
  /** Null in the form without names. */
  readonly names: Names | null;
  readonly record: CertificateRecord;
  readonly signature: Signature;
}

/** 32 bytes that nobody can guess, as hexadecimal digits. */
export function newSalt(): string {
  return randomBytes(32).toString('hex');
}

export function signCertificate(certificate: Certificate, signer: DocumentSigner): Signature {
  const value = signer.sign('certificate', Buffer.from(canonicalJson(certificate)));
  return { algorithm: 'Ed25519', publicKey: signer.publicKey, value };
}

/** @param proofs against one checkpoint */
export function recordOf(proofs: readonly EntryProof[]): CertificateRecord {
  return recordSchema.parse({
    checkpoint: proofs[0]?.checkpoint,
    entries: proofs.map(({ record, index, path }) => ({
      entry: JSON.parse(record) as unknown,
      index,
      path,
    })),
  });
}

export function certificateJson({ names, ...rest }: CertificateFile): Buffer {
  return Buffer.from(canonicalJson(names === null ? rest : { ...rest, names }));
}

/** What a JSON certificate holds, and whether its signature does; or, as a sentence, why it is none. */
export type ReadCertificate =
  | { readonly form: 2; readonly file: CertificateFile; readonly signed: boolean }
  | {
      readonly form: 1;
      readonly certificate: FirstForm;
      readonly publicKey: string;
      readonly signed: boolean;
    }
  | { readonly fault: string };

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
  const first = firstFormSchema.safeParse(content.value);
  if (first.success) {
    const { certificate, signature } = first.data;
    const { publicKey } = certificate.ledger;
    const signed = signature.publicKey === publicKey && isCertificateSigned(certificate, signature);
    return { form: 1, certificate, publicKey, signed };
  }
  const second = certificateFileSchema.safeParse(content.value);
  if (!second.success) {
    const where = second.error.issues[0].path.join('.');
    return { fault: `It does not have the form of a certificate, at "${where}".` };
  }
  const { names = null, ...rest } = second.data;
  const signed = isCertificateSigned(rest.certificate, rest.signature);
  return { form: 2, file: { ...rest, names }, signed };
}
