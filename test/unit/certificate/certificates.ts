import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { issueCertificate, type IssuedCertificate } from '../../../app/certificate/issue.ts';
import { openCases, stagingFolder, type Cases } from '../../../app/cases/cases.ts';
import { sampleRun } from '../cases/sample-runs.ts';

/** A folder with a ledger, in which finished cases can be made. */
export interface Desk {
  readonly root: string;
  readonly ledger: string;
  readonly output: string;
  readonly cases: Cases;
  clear(): void;
}

export function makeDesk(): Desk {
  const root = mkdtempSync(join(tmpdir(), 'lethe-certificate-'));
  const ledger = join(root, 'ledger');
  const cases = openCases(ledger, '0.1.0');
  const clear = (): void => {
    cases.close();
    rmSync(root, { recursive: true, force: true });
  };
  return { root, ledger, output: join(root, 'out'), cases, clear };
}

/** @returns the case's identifier */
export function finishCase(
  { cases, output }: Desk,
  classNames: readonly string[],
  forget: readonly number[],
): string {
  const staging = stagingFolder(output);
  const erasedPath = join(staging, 'erased');
  const { plan, result } = sampleRun(classNames, forget, { erasedPath });
  const id = cases.start({ plan, model: '/models/faces.onnx', data: '/pictures', staging, output });
  writeFileSync(erasedPath, 'weights');
  cases.finish(id, result);
  rmSync(join(output, 'erased'));
  return id;
}

export async function issueFor(
  desk: Desk,
  classNames: readonly string[],
  forget: readonly number[],
): Promise<IssuedCertificate> {
  return issueCertificate(desk.cases, finishCase(desk, classNames, forget), desk.output);
}
