import { readFileSync } from 'node:fs';
import {
  certificateJson,
  readCertificateJson,
  type CertificateFile,
} from '../../../app/certificate/certificate-file.ts';
import { parseCheckpoint } from '../../../app/ledger/checkpoint.ts';
import { exportLines } from '../../../app/ledger/ledger-export.ts';
import { readLedger } from '../../../app/ledger/ledger.ts';
import { verify, type Material, type Report } from '../../../app/verifier/verifier.ts';
import { words } from '../../../app/verifier/words.ts';
import type { Desk } from '../certificate/certificates.ts';

export function bytesOf(path: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(readFileSync(path));
}

export function fileIn(path: string): CertificateFile {
  const read = readCertificateJson(readFileSync(path));
  if ('fault' in read || read.form === 1) throw new Error('unreadable');
  return read.file;
}

export function bytesOfFile(file: CertificateFile): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(certificateJson(file));
}

export function check(
  certificate: Uint8Array<ArrayBuffer>,
  material: Partial<Material> = {},
): Promise<Report> {
  return verify({ remembered: null, ...material, certificate }, words.en);
}

/** Names of the checks with this outcome. */
export function named(report: Report, outcome: Report['checks'][number]['outcome']): string[] {
  return report.checks.filter((one) => one.outcome === outcome).map(({ name }) => name);
}

export function exported({ ledger }: Desk, caseId?: string): string[] {
  const reader = readLedger(ledger);
  try {
    return [...exportLines(reader, caseId)];
  } finally {
    reader.close();
  }
}

export function rootIn(checkpoint: string): { size: number; root: string } {
  const read = parseCheckpoint(checkpoint);
  if (read === null) throw new Error('no checkpoint');
  return { size: read.size, root: read.root.toString('hex') };
}
