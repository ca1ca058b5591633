import { cpSync, existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { certificatePaths, type CertificatePaths } from '../certificate/certificate-paths.ts';
import type { CertificateForm } from '../contract/cases.ts';
import { writingInto } from '../files/user-files.ts';
import type { Entry } from '../ledger/entry.ts';
import { ProblemError } from '../../engine/protocol/problem.ts';

/** What a case leaves on the disk: the erased model, and certificates beside it. */

/** Certificates issued since a case was accepted last, of all its entries in order. */
export function certificatesOf(entries: Iterable<Entry>): string[] {
  let certificates: string[] = [];
  for (const { kind, payload } of entries) {
    if (kind === 'case-accepted' || kind === 'case-reopened') certificates = [];
    else if (kind === 'certificate-issued') certificates.push(payload.certificate);
  }
  return certificates;
}

/** @throws ProblemError `no-such-file` */
export function issuedCertificate(
  folder: string,
  certificate: string,
  form: CertificateForm,
): CertificatePaths {
  const paths = certificatePaths(folder, certificate, form);
  if (existsSync(paths.pdf) && existsSync(paths.json)) return paths;
  throw new ProblemError(
    'no-such-file',
    `Certificate ${certificate} is not in ${folder} any more. Put it back there, or issue another one.`,
  );
}

/**
 * A run's folder holds one model, and what was written beside it.
 * @throws ProblemError `no-such-file`
 */
export function erasedModel(folder: string): string {
  const name = existsSync(folder)
    ? readdirSync(folder).find((file) => /-erased(\.onnx)?$/.test(file))
    : undefined;
  if (name !== undefined) return join(folder, name);
  throw new ProblemError(
    'no-such-file',
    `The erased model is not in ${folder} any more. Put it back there, or run the case again.`,
  );
}

/**
 * Copies files and folders into a folder.
 * @returns where they are now
 * @throws ProblemError `output-exists` before anything is copied, `disk-failed`
 */
export function copyInto(folder: string, sources: readonly string[]): string[] {
  const targets = sources.map((source) => join(folder, basename(source)));
  const taken = targets.find((target) => existsSync(target));
  if (taken !== undefined) {
    throw new ProblemError(
      'output-exists',
      `There is something at ${taken} already, and nothing is overwritten. Choose another folder.`,
    );
  }
  writingInto(folder, () => {
    sources.forEach((source, index) => {
      cpSync(source, targets[index], { recursive: true, errorOnExist: true, force: false });
    });
  });
  return targets;
}
