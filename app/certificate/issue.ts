import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ProblemError } from '../../engine/protocol/problem.ts';
import { forgetNames, readCaseFile } from '../cases/case-file.ts';
import type { Cases } from '../cases/cases.ts';
import { stageFile, type StagedFile } from '../ledger/durable-file.ts';
import type { DocumentSigner } from '../ledger/ledger.ts';
import { fingerprintOf } from '../ledger/signing.ts';
import { certificateOf, type Certificate } from './certificate.ts';
import { certificateJson } from './json.ts';
import { certificatePdf } from './pdf.ts';

export interface IssuedCertificate {
  readonly id: string;
  /** Paths of the two files. */
  readonly json: string;
  readonly pdf: string;
}

/**
 * Writes the certificate of a finished case as JSON and PDF into `folder` (made when missing) and enters it as
 * `certificate-issued`. Both files are on the disk in full before the entry is made, and get their names after it, so
 * that no certificate is seen that the ledger does not know.
 * @throws ProblemError `ledger-failed`, `disk-failed`
 */
export async function issueCertificate(
  cases: Cases,
  id: string,
  folder: string,
): Promise<IssuedCertificate> {
  const { ledger } = cases;
  const signer = ledger.signer();
  const certificate = certificateFor(cases, id, signer);
  const sign: DocumentSigner['sign'] = (purpose, bytes) => signer.sign(purpose, bytes);
  const json = certificateJson(certificate, sign);
  const pdf = await certificatePdf(certificate, json, sign);

  const paths = {
    json: join(folder, `certificate-${certificate.id}.json`),
    pdf: join(folder, `certificate-${certificate.id}.pdf`),
  };
  const staged: StagedFile[] = [];
  try {
    mkdirSync(folder, { recursive: true });
    staged.push(stageFile(paths.json, json, 0o644), stageFile(paths.pdf, pdf, 0o644));
    ledger.append({
      kind: 'certificate-issued',
      case: id,
      payload: { certificate: certificate.id, json: sha256(json), pdf: sha256(pdf) },
    });
    for (const file of staged) file.publish();
  } catch (cause) {
    for (const file of staged) file.discard();
    if (cause instanceof ProblemError) throw cause;
    throw new ProblemError(
      'disk-failed',
      `The certificate could not be written to ${folder}. Make room there, or choose another folder.`,
      String(cause),
      { cause },
    );
  }
  return { id: certificate.id, ...paths };
}

function certificateFor(
  { folder, ledger }: Cases,
  id: string,
  { publicKey }: DocumentSigner,
): Certificate {
  const entries = [...ledger.entries(id)];
  const started = entries.find((entry) => entry.kind === 'run-started');
  const finished = entries.find((entry) => entry.kind === 'run-finished');
  if (started === undefined || finished === undefined) {
    throw new Error(`case ${id} is not finished, so there is nothing to certify`);
  }
  const file = readCaseFile(folder, id);
  if (file === null || forgetNames(file, started.payload).includes(null)) {
    throw new ProblemError(
      'ledger-failed',
      `The file of case ${id}, which holds the names, is gone or was changed. A certificate with names cannot be issued any more.`,
    );
  }
  return certificateOf({
    id: `${id}-${randomBytes(4).toString('hex')}`,
    issued: new Date().toISOString(),
    identity: { ...ledger.identity, publicKey, fingerprint: fingerprintOf(publicKey) },
    started,
    finished,
    modelName:
      basename(file.model) === 'model.json' ? basename(dirname(file.model)) : basename(file.model),
    classNames: file.classNames,
  });
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
