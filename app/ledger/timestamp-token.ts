import { hash, X509Certificate } from 'node:crypto';
import { Certificate, ContentInfo, SignedData, TimeStampResp, TSTInfo } from 'pkijs';

/*
 * Time-stamp tokens (RFC 3161), made elsewhere over a checkpoint's file: an authority's signature over the file's SHA-256
 * and a time.
 */

export interface TimestampToken {
  /** genTime: when the authority saw the digest. */
  readonly time: Date;
  /** SHA-256 that it saw; null for a digest of another kind. */
  readonly digest: Buffer | null;
  readonly signed: SignedData;
}

/** The authority that a token names in the certificate that it carries. */
export interface TimestampAuthority {
  /** The certificate's subject, on one line. */
  readonly name: string;
  /** SHA-256 of the certificate, as hexadecimal digits. */
  readonly certificate: string;
}

const sha256Identifier = '2.16.840.1.101.3.4.2.1';
const tokenType = '1.2.840.113549.1.9.16.1.4';
const timeStamping = '1.3.6.1.5.5.7.3.8';
/** ESSCertID and ESSCertIDv2 (RFC 5035, RFC 5816): which certificate signed, by its hash, among what is signed. */
const signingCertificate = ['1.2.840.113549.1.9.16.2.12', '1.2.840.113549.1.9.16.2.47'];

/** @param bytes DER: a token, or an authority's response that holds one. @returns null when they are neither */
export function readToken(bytes: Uint8Array): TimestampToken | null {
  const content = contentIn(bytes);
  if (content === null) return null;
  try {
    const signed = new SignedData({ schema: content.content });
    const info = signed.encapContentInfo.eContent;
    if (signed.encapContentInfo.eContentType !== tokenType || info === undefined) return null;
    const { genTime, messageImprint } = TSTInfo.fromBER(info.getValue());
    const isSha256 = messageImprint.hashAlgorithm.algorithmId === sha256Identifier;
    const digest = Buffer.from(messageImprint.hashedMessage.getValue());
    return { time: genTime, digest: isSha256 ? digest : null, signed };
  } catch {
    return null;
  }
}

export function isTokenFor(token: TimestampToken, file: string): boolean {
  return token.digest?.equals(hash('sha256', file, 'buffer')) ?? false;
}

/**
 * Checks the token's signature against the certificate that it carries, and that this is one for time-stamping, valid at
 * the time. Whether that certificate is to be trusted is for people to judge.
 * @returns the authority, or a sentence why nothing can be said of it
 */
export async function authorityOf(
  { signed, time }: TimestampToken,
  file: string,
): Promise<TimestampAuthority | string> {
  try {
    const data = new Uint8Array(Buffer.from(file)).buffer;
    const { signatureVerified, signerCertificate } = await signed.verify({
      signer: 0,
      data,
      extendedMode: true,
    });
    if (signatureVerified !== true || !(signerCertificate instanceof Certificate)) {
      return 'The signature of the time-stamp is wrong.';
    }
    const certificate = new X509Certificate(Buffer.from(signerCertificate.toSchema().toBER()));
    if (!isNamedIn(signed, certificate)) {
      return 'The time-stamp does not name the certificate that it carries as the one it was signed with.';
    }
    if (!certificate.keyUsage.includes(timeStamping)) {
      return 'The time-stamp was signed with a certificate that is not one for time-stamping.';
    }
    if (time < certificate.validFromDate || time > certificate.validToDate) {
      return 'The certificate of the time-stamping authority was not valid at the time of the time-stamp.';
    }
    return {
      name: certificate.subject.split('\n').join(', '),
      certificate: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    };
  } catch (thrown) {
    return signed.certificates === undefined
      ? 'The time-stamp carries no certificate, so its signature could not be checked. Ask the authority to include it.'
      : `The signature of the time-stamp does not hold (${String(thrown)}).`;
  }
}

/** Without this, another certificate with the same key would do. */
function isNamedIn(signed: SignedData, { raw }: X509Certificate): boolean {
  const attributes = signed.signerInfos[0]?.signedAttrs?.attributes ?? [];
  const names = attributes
    .filter(({ type }) => signingCertificate.includes(type))
    .map((attribute) => Buffer.from(attribute.toSchema().toBER()));
  return ['sha1', 'sha256', 'sha384', 'sha512'].some((algorithm) => {
    const digest = hash(algorithm, raw, 'buffer');
    const octetString = Buffer.concat([Buffer.of(4, digest.length), digest]);
    return names.some((name) => name.includes(octetString));
  });
}

function contentIn(bytes: Uint8Array): ContentInfo | null {
  try {
    const token = TimeStampResp.fromBER(bytes).timeStampToken;
    return token ?? null;
  } catch {
    // It may be a token by itself.
  }
  try {
    return ContentInfo.fromBER(bytes);
  } catch {
    return null;
  }
}
