import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import type { Entry } from '../ledger/entry.ts';
import { readLedger, verifyLedger } from '../ledger/ledger.ts';
import type { Certificate } from './certificate.ts';
import { readCertificateJson, type ReadCertificate } from './json.ts';
import { modelDigest } from './model-digest.ts';
import { attachedCertificate, isPdf, pdfSignatureHolds } from './pdf-signature.ts';

export interface Check {
  readonly name: 'form' | 'signature' | 'document' | 'ledger' | 'entry' | 'issued' | 'model';
  readonly outcome: 'passed' | 'failed' | 'not-run';
  /** What was found, or why it was not looked at. */
  readonly sentence: string;
}

export interface CertificateReport {
  /** True when no check failed. */
  readonly ok: boolean;
  /** Null when the file could not be read as one. What it says is only as good as the checks. */
  readonly certificate: Certificate | null;
  readonly checks: readonly Check[];
}

/** What a certificate can be compared with, besides itself. */
export interface CertificateContext {
  /** The folder of the ledger it should be in. */
  readonly ledgerFolder?: string;
  /** The erased model it should be about. */
  readonly modelPath?: string;
}

/** Far more than any certificate; so that another file, given by mistake, is not read whole. */
const largestFile = 64 << 20;

/**
 * Checks a certificate, offline and without changing anything. Never throws for what a file holds.
 * @param file the JSON or the PDF
 */
export function verifyCertificate(
  file: string,
  { ledgerFolder, modelPath }: CertificateContext = {},
): CertificateReport {
  const bytes = readCertificateFile(file);
  if (typeof bytes === 'string') return reportOf(null, [failed('form', bytes)]);
  const pdf = isPdf(bytes);
  const read = pdf ? readAttached(bytes) : readCertificateJson(bytes);
  if ('fault' in read) return reportOf(null, [failed('form', read.fault)]);

  const { certificate, signed } = read;
  const { id, ledger } = certificate;
  const checks = [
    passed('form', `It is certificate ${id} of case ${certificate.case.id}.`),
    signed
      ? passed('signature', `It is as it was signed with the key ${ledger.fingerprint}.`)
      : failed('signature', 'It was changed after it was signed, or signed with another key.'),
  ];
  if (pdf) {
    checks.push(
      pdfSignatureHolds(bytes, ledger.publicKey)
        ? passed('document', 'Every byte of the PDF is as it was signed.')
        : failed(
            'document',
            'The PDF was changed after it was signed: its pages may say anything.',
          ),
    );
  }
  checks.push(...againstLedger(certificate, bytes, pdf ? 'pdf' : 'json', ledgerFolder));
  checks.push(againstModel(certificate, modelPath));
  return reportOf(certificate, checks);
}

/** @returns the bytes, or a sentence why there are none */
function readCertificateFile(file: string): Buffer | string {
  try {
    if (statSync(file).size > largestFile) return `${file} is too large to be a certificate.`;
    return readFileSync(file);
  } catch {
    return `There is no file ${file} that can be read.`;
  }
}

function readAttached(bytes: Buffer): ReadCertificate {
  const json = attachedCertificate(bytes);
  return json === null
    ? { fault: 'No certificate is attached to this PDF: it was changed, or is another document.' }
    : readCertificateJson(json);
}

function againstLedger(
  certificate: Certificate,
  bytes: Buffer,
  form: 'json' | 'pdf',
  folder: string | undefined,
): Check[] {
  const { origin, publicKey, fingerprint, entry } = certificate.ledger;
  if (folder === undefined) {
    return [
      notRun(
        'ledger',
        `No ledger was given to compare it with. Whose key ${fingerprint.slice(0, 16)}… is, the file alone cannot tell.`,
      ),
    ];
  }
  const report = verifyLedger(folder);
  if (!report.ok) return [failed('ledger', `The ledger does not verify. ${report.sentence}`)];
  const isOwnKey = report.keys.some((key) => key.publicKey === publicKey);
  if (report.identity.origin !== origin || !isOwnKey) {
    return [failed('ledger', 'It was issued from another ledger than the one given.')];
  }
  const entries = entriesOfCase(folder, certificate.case.id);
  const closing = entries.find(({ sequence }) => sequence === entry.sequence);
  const issued = entries.find(
    (other) => other.kind === 'certificate-issued' && other.payload.certificate === certificate.id,
  );
  const isIssued =
    issued?.kind === 'certificate-issued' &&
    'json' in issued.payload &&
    issued.payload[form] === sha256(bytes);
  return [
    passed('ledger', `The ledger given verifies, and it is the one named.`),
    closing?.kind === 'run-finished' && closing.hash === entry.hash
      ? passed('entry', `The run is entry ${String(entry.sequence)} of the ledger, as named.`)
      : failed('entry', `Entry ${String(entry.sequence)} of the ledger is not the run named.`),
    isIssued
      ? passed('issued', 'The ledger has this very file on record as issued.')
      : failed('issued', 'The ledger does not have this very file on record as issued.'),
  ];
}

function entriesOfCase(folder: string, id: string): Entry[] {
  const reader = readLedger(folder);
  try {
    return [...reader.entries(id)];
  } finally {
    reader.close();
  }
}

function againstModel(certificate: Certificate, path: string | undefined): Check {
  if (path === undefined) return notRun('model', 'No erased model was given to compare it with.');
  let digest: string;
  try {
    digest = modelDigest(path);
  } catch (thrown) {
    return failed('model', `The model at ${path} cannot be read (${String(thrown)}).`);
  }
  if (digest === certificate.model.sha256After) {
    return passed('model', 'The model given is the erased model it is about.');
  }
  return digest === certificate.model.sha256Before
    ? failed('model', 'The model given is the one from before the erasure.')
    : failed('model', 'The model given is not the erased model it is about, or was changed since.');
}

function reportOf(certificate: Certificate | null, checks: readonly Check[]): CertificateReport {
  return { ok: checks.every(({ outcome }) => outcome !== 'failed'), certificate, checks };
}

function passed(name: Check['name'], sentence: string): Check {
  return { name, outcome: 'passed', sentence };
}

function failed(name: Check['name'], sentence: string): Check {
  return { name, outcome: 'failed', sentence };
}

function notRun(name: Check['name'], sentence: string): Check {
  return { name, outcome: 'not-run', sentence };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
