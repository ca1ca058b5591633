import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { canonicalJson } from '../ledger/canonical-json.ts';
import { isSignedBy, originLine, parseCheckpoint } from '../ledger/checkpoint.ts';
import type { Entry } from '../ledger/entry.ts';
import { readLedger, verifyLedger } from '../ledger/ledger.ts';
import { isIncluded, leafHash } from '../ledger/merkle-tree.ts';
import { fingerprintOf } from '../ledger/signing.ts';
import {
  readCertificateJson,
  type CertificateFile,
  type ReadCertificate,
} from './certificate-file.ts';
import { namesDigest } from './compose.ts';
import type { FirstForm } from './first-form.ts';
import { modelDigest } from './model-digest.ts';
import { attachedCertificate, isPdf, pdfSignatureHolds } from './pdf-signature.ts';

export interface Check {
  readonly name:
    'form' | 'signature' | 'document' | 'names' | 'proof' | 'ledger' | 'entry' | 'issued' | 'model';
  readonly outcome: 'passed' | 'failed' | 'not-run';
  /** What was found, or why it was not looked at. */
  readonly sentence: string;
}

export interface CertificateReport {
  /** True when no check failed. */
  readonly ok: boolean;
  /** Null when the file could not be read as one. What it says is only as good as the checks. */
  readonly certificate: CertificateFile | FirstForm | null;
  readonly checks: readonly Check[];
}

/** What a certificate can be compared with, besides itself. */
export interface CertificateContext {
  /** The folder of the ledger it should be in. */
  readonly ledgerFolder?: string;
  /** The erased model it should be about. */
  readonly modelPath?: string;
}

/** What both forms say, each in its own place. */
interface Claims {
  readonly id: string;
  readonly caseId: string;
  readonly origin: string;
  readonly publicKey: string;
  /** The entry that closed the run. */
  readonly finished: { readonly sequence: number; readonly hash: string };
  readonly modelBefore: string;
  readonly modelAfter: string;
  /** Whether the payload of `certificate-issued` is of this file. */
  readonly isIssuedAs: (payload: IssuedPayload) => boolean;
}

type IssuedPayload = Extract<Entry, { kind: 'certificate-issued' }>['payload'];

/** Far more than any certificate; so that another file, given by mistake, is not read whole. */
const largestFile = 64 << 20;

/**
 * Checks a certificate of any form, offline and without changing anything. Never throws for what a file holds.
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

  const claims = read.form === 1 ? claimsOfFirst(read.certificate, bytes) : claimsOf(read.file);
  const { id, caseId, publicKey } = claims;
  const checks = [
    passed('form', `It is certificate ${id} of case ${caseId}.`),
    read.signed
      ? passed('signature', `It is as it was signed with the key ${fingerprintOf(publicKey)}.`)
      : failed('signature', 'It was changed after it was signed, or signed with another key.'),
  ];
  if (pdf) {
    checks.push(
      pdfSignatureHolds(bytes, publicKey)
        ? passed('document', 'Every byte of the PDF is as it was signed.')
        : failed(
            'document',
            'The PDF was changed after it was signed: its pages may say anything.',
          ),
    );
  }
  if (read.form === 2) checks.push(againstNames(read.file), againstProof(read.file));
  checks.push(...againstLedger(claims, ledgerFolder), againstModel(claims, modelPath));
  return reportOf(read.form === 1 ? read.certificate : read.file, checks);
}

function claimsOf({ certificate, signature }: CertificateFile): Claims {
  const { id, ledger, plan, result } = certificate;
  const content = sha256(Buffer.from(canonicalJson(certificate)));
  return {
    id,
    caseId: certificate.case.id,
    origin: ledger.origin,
    publicKey: signature.publicKey,
    finished: ledger.finished,
    modelBefore: plan.model.sha256,
    modelAfter: result.erased.sha256,
    isIssuedAs: (payload) => 'content' in payload && payload.content === content,
  };
}

function claimsOfFirst(certificate: FirstForm, bytes: Buffer): Claims {
  const { id, ledger, model } = certificate;
  const form = isPdf(bytes) ? 'pdf' : 'json';
  const digest = sha256(bytes);
  return {
    id,
    caseId: certificate.case.id,
    origin: ledger.origin,
    publicKey: ledger.publicKey,
    finished: ledger.entry,
    modelBefore: model.sha256Before,
    modelAfter: model.sha256After,
    isIssuedAs: (payload) => 'json' in payload && payload[form] === digest,
  };
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

function againstNames({ certificate, names }: CertificateFile): Check {
  if (names === null) return passed('names', 'It is the form without names.');
  return namesDigest(names) === certificate.names
    ? passed('names', 'The names in it are those that it was issued with.')
    : failed('names', 'The names in it are not those that it was issued with.');
}

/** Every entry in the record is in the tree of the checkpoint, and the last one is that this certificate was issued. */
function againstProof(file: CertificateFile): Check {
  const { certificate, record, signature } = file;
  const checkpoint = parseCheckpoint(record.checkpoint);
  const isOwn =
    checkpoint?.origin === originLine(certificate.ledger.origin) &&
    isSignedBy(checkpoint, signature.publicKey);
  if (!isOwn) {
    return failed(
      'proof',
      'The checkpoint in it is of another ledger, or signed with another key.',
    );
  }
  const areIncluded = record.entries.every(
    ({ entry, index, path }) =>
      index === entry.sequence - 1 &&
      entry.case === certificate.case.id &&
      isIncluded(
        leafHash(Buffer.from(canonicalJson(entry))),
        index,
        checkpoint.size,
        path.map((hash) => Buffer.from(hash, 'hex')),
        checkpoint.root,
      ),
  );
  const isNamed = (
    { sequence, hash }: { sequence: number; hash: string },
    payload: unknown,
  ): boolean =>
    record.entries.some(
      ({ entry }) =>
        entry.sequence === sequence &&
        entry.hash === hash &&
        canonicalJson(entry.payload) === canonicalJson(payload),
    );
  const { entry: issued } = record.entries[record.entries.length - 1];
  const holds =
    areIncluded &&
    isNamed(certificate.ledger.started, certificate.plan) &&
    isNamed(certificate.ledger.finished, certificate.result) &&
    issued.kind === 'certificate-issued' &&
    issued.payload.certificate === certificate.id &&
    issued.payload.content === sha256(Buffer.from(canonicalJson(certificate)));
  return holds
    ? passed(
        'proof',
        `It is entry ${String(issued.sequence)} of ${String(checkpoint.size)} in the ledger’s tree.`,
      )
    : failed(
        'proof',
        'The entries in it are not shown to be in the ledger, or are of another one.',
      );
}

function againstLedger(claims: Claims, folder: string | undefined): Check[] {
  const { origin, publicKey, finished } = claims;
  if (folder === undefined) {
    return [
      notRun(
        'ledger',
        `No ledger was given to compare it with. Whose key ${fingerprintOf(publicKey).slice(0, 16)}… is, the file alone cannot tell.`,
      ),
    ];
  }
  const report = verifyLedger(folder);
  if (!report.ok) return [failed('ledger', `The ledger does not verify. ${report.sentence}`)];
  const isOwnKey = report.keys.some((key) => key.publicKey === publicKey);
  if (report.identity.origin !== origin || !isOwnKey) {
    return [failed('ledger', 'It was issued from another ledger than the one given.')];
  }
  const entries = entriesOfCase(folder, claims.caseId);
  const closing = entries.find(({ sequence }) => sequence === finished.sequence);
  const isIssued = entries.some(
    ({ kind, payload }) =>
      kind === 'certificate-issued' &&
      payload.certificate === claims.id &&
      claims.isIssuedAs(payload),
  );
  return [
    passed('ledger', `The ledger given verifies, and it is the one named.`),
    closing?.kind === 'run-finished' && closing.hash === finished.hash
      ? passed('entry', `The run is entry ${String(finished.sequence)} of the ledger, as named.`)
      : failed('entry', `Entry ${String(finished.sequence)} of the ledger is not the run named.`),
    isIssued
      ? passed('issued', 'The ledger has this very certificate on record as issued.')
      : failed('issued', 'The ledger does not have this very certificate on record as issued.'),
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

function againstModel({ modelBefore, modelAfter }: Claims, path: string | undefined): Check {
  if (path === undefined) return notRun('model', 'No erased model was given to compare it with.');
  let digest: string;
  try {
    digest = modelDigest(path);
  } catch (thrown) {
    return failed('model', `The model at ${path} cannot be read (${String(thrown)}).`);
  }
  if (digest === modelAfter) {
    return passed('model', 'The model given is the erased model it is about.');
  }
  return digest === modelBefore
    ? failed('model', 'The model given is the one from before the erasure.')
    : failed('model', 'The model given is not the erased model it is about, or was changed since.');
}

function reportOf(
  certificate: CertificateReport['certificate'],
  checks: readonly Check[],
): CertificateReport {
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
