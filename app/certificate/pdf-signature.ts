import type { DocumentSigner } from '../ledger/ledger.ts';
import { signatureHolds } from '../ledger/signing.ts';

/*
 * How a PDF is signed: its Info dictionary has an entry `LetheSignature` whose value is `lethe-ed25519:` and 128
 * hexadecimal digits. They are an Ed25519 signature over `lethe/certificate-pdf/v1`, a zero byte, and the whole file with
 * each of the 128 digits set to 0. The key is that of the attached JSON certificate. So no byte can change, be added or
 * go missing, the digits included.
 */

const mark = 'lethe-ed25519:';
const digits = 128;

/** What stands in a PDF until it is signed. */
export const unsigned = mark + '0'.repeat(digits);

/** @param pdf with {@link unsigned} in it, once */
export function signPdf(pdf: Buffer, sign: DocumentSigner['sign']): Buffer {
  const place = placeOfSignature(pdf);
  if (place === null) throw new Error('the PDF has no place for a signature, or several');
  const signed = Buffer.from(pdf);
  signed.write(sign('certificate-pdf', pdf), place, 'latin1');
  return signed;
}

export function pdfSignatureHolds(pdf: Buffer, publicKey: string): boolean {
  const place = placeOfSignature(pdf);
  if (place === null) return false;
  const signature = pdf.toString('latin1', place, place + digits);
  if (!/^[0-9a-f]{128}$/.test(signature)) return false;
  const blank = Buffer.from(pdf);
  blank.fill('0', place, place + digits);
  return signatureHolds(publicKey, 'certificate-pdf', blank, signature);
}

export function isPdf(bytes: Buffer): boolean {
  return bytes.subarray(0, 5).toString('latin1') === '%PDF-';
}

/** The JSON certificate attached to a PDF: a stream, not compressed, on one line. Null unless there is exactly one. */
export function attachedCertificate(pdf: Buffer): Buffer | null {
  const start = onlyPlaceOf(pdf, '\nstream\n{"certificate":');
  if (start === null) return null;
  const from = start + '\nstream\n'.length;
  const to = pdf.indexOf('\nendstream', from);
  return to === -1 ? null : pdf.subarray(from, to);
}

function placeOfSignature(pdf: Buffer): number | null {
  const start = onlyPlaceOf(pdf, `(${mark}`);
  return start === null ? null : start + 1 + mark.length;
}

function onlyPlaceOf(bytes: Buffer, text: string): number | null {
  const start = bytes.indexOf(text, 0, 'latin1');
  return start !== -1 && start === bytes.lastIndexOf(text, undefined, 'latin1') ? start : null;
}
