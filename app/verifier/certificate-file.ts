import schema from '../../docs/certificate.schema.json' with { type: 'json' };
import { canonicalJson, memberOf, parseCanonicalJson } from './canonical-json.ts';
import { characters, textOf, utf8, type Bytes } from './encoding.ts';
import { isSignedFor } from './ed25519.ts';
import type { ProvenEntry } from './ledger-record.ts';
import { misfit } from './schema.ts';

/** Those members of a certificate's file that are looked at one by one; the schema knows all of them. */
export interface CertificateFile {
  readonly certificate: {
    readonly id: string;
    readonly ledger: {
      readonly origin: string;
      readonly started: EntryName;
      readonly finished: EntryName;
    };
    readonly case: {
      readonly id: string;
      readonly request: { readonly entry: EntryName; readonly onRecord: unknown } | null;
      readonly signOffs: readonly {
        readonly entry: EntryName;
        readonly time: string;
        readonly role: string;
      }[];
      readonly closed: {
        readonly entry: EntryName;
        readonly time: string;
        readonly outcome: string;
      } | null;
    };
    readonly names: string | null;
    readonly time: { readonly started: string; readonly finished: string };
    readonly plan: {
      readonly model: { readonly sha256: string };
      readonly thresholds?: {
        readonly limits: readonly { readonly name: string; readonly threshold: unknown }[];
      };
    };
    readonly result: {
      readonly erased: { readonly sha256: string };
      readonly findings?: readonly {
        readonly name: string;
        readonly outcome: string;
        readonly threshold: unknown;
      }[];
      readonly verdict?: { readonly value: 'PASS' | 'FAIL' | 'INCONCLUSIVE' };
    };
  };
  readonly names?: unknown;
  readonly record: { readonly checkpoint: string; readonly entries: readonly ProvenEntry[] };
  readonly signature: { readonly publicKey: string; readonly value: string };
}

/** An entry by its number, and the hash that it has. */
export interface EntryName {
  readonly sequence: number;
  readonly hash: string;
}

/** Why bytes are no certificate. */
export type Flaw =
  | { readonly flaw: 'too-large' | 'no-attachment' | 'no-text' | 'not-canonical' | 'first-form' }
  | { readonly flaw: 'another-form'; readonly place: string };

export interface ReadFile {
  readonly file: CertificateFile;
  /** The certificate in it as canonical JSON: what is signed, and what the ledger holds the digest of. */
  readonly content: Bytes;
  /** The whole PDF, if it is one. */
  readonly pdf: Bytes | null;
}

/** Far more than any certificate. */
const largestFile = 64 * 2 ** 20;

/** @param bytes of the JSON, or of a PDF with the JSON attached */
export function readCertificateFile(bytes: Bytes): ReadFile | Flaw {
  if (bytes.length > largestFile) return { flaw: 'too-large' };
  const isPdf = characters(bytes.slice(0, 5)) === '%PDF-';
  const json = isPdf ? attachedJson(bytes) : bytes;
  if (json === null) return { flaw: 'no-attachment' };
  const text = textOf(json);
  if (text === null) return { flaw: 'no-text' };
  const content = parseCanonicalJson(text);
  if (content === null) return { flaw: 'not-canonical' };
  if (isFirstForm(content.value)) return { flaw: 'first-form' };
  const place = misfit(schema, content.value);
  if (!isCertificateFile(content.value, place)) return { flaw: 'another-form', place: place ?? '' };
  return {
    file: content.value,
    content: utf8(canonicalJson(content.value.certificate)),
    pdf: isPdf ? bytes : null,
  };
}

function isCertificateFile(value: unknown, misfit: string | null): value is CertificateFile {
  return typeof value === 'object' && misfit === null;
}

function isFirstForm(value: unknown): boolean {
  const form = memberOf(memberOf(value, 'certificate'), 'schema');
  return form === 'lethe-certificate/1';
}

/** A certificate is signed as `lethe/certificate/v1`, a zero byte, and its canonical JSON. */
export function isCertificateSigned({ file: { signature }, content }: ReadFile): Promise<boolean> {
  return isSignedFor('certificate', content, signature.publicKey, signature.value);
}

// ------------------------------------------------------------------------------------------------ PDF

/** The attached JSON stands in the PDF as it is, on a line of its own. Null unless there is exactly one. */
function attachedJson(pdf: Bytes): Bytes | null {
  const text = characters(pdf);
  const opening = '\nstream\n{"certificate":';
  const start = text.indexOf(opening);
  if (start === -1 || start !== text.lastIndexOf(opening)) return null;
  const from = start + '\nstream\n'.length;
  const to = text.indexOf('\nendstream', from);
  return to === -1 ? null : pdf.slice(from, to);
}

const mark = '(lethe-ed25519:';
const digits = 128;

/**
 * A PDF is signed as a whole: in its Info dictionary stand, after a mark, 128 hexadecimal digits. They are the signature of
 * the file in which each of these digits is 0.
 */
export async function isPdfSigned(pdf: Bytes, publicKey: string): Promise<boolean> {
  const text = characters(pdf);
  const start = text.indexOf(mark);
  if (start === -1 || start !== text.lastIndexOf(mark)) return false;
  const from = start + mark.length;
  const blank = pdf.slice();
  blank.fill('0'.charCodeAt(0), from, from + digits);
  return isSignedFor('certificate-pdf', blank, publicKey, text.slice(from, from + digits));
}
