import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import manifest from '../../package.json' with { type: 'json' };
import { ProblemError } from '../../engine/protocol/problem.ts';
import type { CaseRecord } from '../cases/case-record.ts';
import type { Cases } from '../cases/cases.ts';
import { canonicalJson } from '../ledger/canonical-json.ts';
import { stageFile, type StagedFile } from '../ledger/durable-file.ts';
import type { DocumentSigner, Ledger } from '../ledger/ledger.ts';
import { checkedEvidence, earliestFor, type TimeEvidence } from '../ledger/time-evidence.ts';
import { buildDigest } from '../program/build-digest.ts';
import {
  certificateJson,
  newSalt,
  recordOf,
  signCertificate,
  type CertificateFile,
} from './certificate-file.ts';
import { certificatePaths, type CertificatePaths } from './certificate-paths.ts';
import type { Certificate, Names } from './certificate.ts';
import { certificateOf, entriesForCertificate, namesOf, type CaseEntries } from './compose.ts';
import type { Language } from './messages/language.ts';
import { certificatePdf } from './pdf.ts';

export interface IssuedCertificate extends CertificatePaths {
  readonly id: string;
  /** The form without names; the other paths are of the form with names, or of this one where there is no other. */
  readonly withoutNames: CertificatePaths;
}

/**
 * Issues a certificate of a case whose last run finished: enters it as `certificate-issued`, signs it, and writes both its forms
 * as JSON and PDF into `folder` (made when missing). A case whose names are gone has the form without names only.
 * A certificate holds the proof of its own entry, so the entry is made first: if the files cannot be written then, the ledger
 * knows of a certificate that nobody has, and another one is to be issued.
 * @throws ProblemError `bad-command` for a case that is not finished, `ledger-failed`, `disk-failed`
 */
export async function issueCertificate(
  cases: Cases,
  id: string,
  folder: string,
  language: Language = 'en',
): Promise<IssuedCertificate> {
  const { ledger } = cases;
  const record = cases.record(id);
  const entries = entriesForCertificate(record, [...ledger.entries(id)]);
  if (entries === null) {
    throw new ProblemError(
      'bad-command',
      `The last run of case ${id} is not finished, so there is nothing to certify.`,
    );
  }
  const names = namesFrom(record);
  const certificate = certificateOf({
    id: `${id}-${randomBytes(4).toString('hex')}`,
    issued: new Date().toISOString(),
    language,
    software: { version: manifest.version, build: buildDigest() },
    origin: ledger.identity.origin,
    entries,
    state: record.state,
    evidence: await evidenceFor(ledger, entries.finished.sequence),
    names,
  });

  const withoutNames = certificatePaths(folder, certificate.id, 'without-names');
  const withNames = certificatePaths(folder, certificate.id, 'with-names');
  const forms = [
    ...(names === null ? [] : [{ names, paths: withNames }]),
    { names: null, paths: withoutNames },
  ];
  const staged: StagedFile[] = [];
  try {
    mkdirSync(folder, { recursive: true });
    const { file, signer } = enter(ledger, certificate, entries);
    for (const { names: shown, paths } of forms) {
      const whole: CertificateFile = { ...file, names: shown };
      const json = certificateJson(whole);
      const pdf = await certificatePdf(whole, json, signer);
      staged.push(stageFile(paths.json, json, 0o644), stageFile(paths.pdf, pdf, 0o644));
    }
    for (const file of staged) file.publish();
  } catch (cause) {
    for (const file of staged) file.discard();
    if (cause instanceof ProblemError) throw cause;
    throw new ProblemError(
      'disk-failed',
      `The certificate could not be written to ${folder}. Make room there, or choose another folder, and issue one again.`,
      String(cause),
      { cause },
    );
  }
  return { id: certificate.id, ...forms[0].paths, withoutNames };
}

/** Puts the certificate on record, and signs it with the key that is in force then. */
function enter(
  ledger: Ledger,
  certificate: Certificate,
  { started, finished, request, signOffs, closed }: CaseEntries,
): { file: Omit<CertificateFile, 'names'>; signer: DocumentSigner } {
  const content = createHash('sha256').update(canonicalJson(certificate)).digest('hex');
  const issued = ledger.append({
    kind: 'certificate-issued',
    case: certificate.case.id,
    payload: { certificate: certificate.id, content },
  });
  const signer = ledger.signer();
  const proofs = [request, started, finished, ...signOffs, closed, issued]
    .flatMap((entry) => entry?.sequence ?? [])
    .sort((one, other) => one - other)
    .map((sequence) => ledger.prove(sequence));
  const signature = signCertificate(certificate, signer);
  return { file: { certificate, record: recordOf(proofs), signature }, signer };
}

/** @returns null where the case file does not say them any more */
function namesFrom({ details, runs, signOffs }: CaseRecord): Names | null {
  const run = runs.at(-1)?.file ?? null;
  if (details === null || run === null) return null;
  const { model, classNames } = run;
  return namesOf({
    salt: newSalt(),
    details,
    model: basename(model) === 'model.json' ? basename(dirname(model)) : basename(model),
    classNames,
    signOffs: signOffs.map(({ name }) => name),
  });
}

async function evidenceFor(ledger: Ledger, sequence: number): Promise<TimeEvidence | null> {
  const evidence = await Promise.all(ledger.evidence().map(checkedEvidence));
  return earliestFor(
    sequence,
    evidence.filter((found) => typeof found !== 'string'),
  );
}
