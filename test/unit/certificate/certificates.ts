import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCases, stagingFolder, type Cases } from '../../../app/cases/cases.ts';
import { issueCertificate, type IssuedCertificate } from '../../../app/certificate/issue.ts';
import { emptyDetails, type CaseDetails } from '../../../app/contract/cases.ts';
import type { Finding } from '../../../engine/protocol/finding.ts';
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

/** All that a case must have, and a recipient to tell. */
export const details: CaseDetails = {
  ...emptyDetails,
  request: 'DSR-2026-81',
  received: '2026-11-02',
  channel: 'letter',
  law: 'gdpr',
  ground: 'Article 17(1)(b)',
  subject: 'file 81',
  controller: 'Example Inc',
  officer: 'Ada Example',
  reviewer: 'Bo Example',
  twoPersonSignOff: true,
  recipients: [{ name: 'Example Ltd', notified: null, remark: '' }],
  locations: [{ kind: 'backup', place: 'tape 7', decision: 'overwritten in May' }],
};

/**
 * @param caseId that it is a run of; without one, it opens a case of its own
 * @param found besides what every sample run finds
 * @returns the case's identifier
 */
export function finishCase(
  { cases, output }: Desk,
  classNames: readonly string[],
  forget: readonly number[],
  caseId?: string,
  found: readonly Finding[] = [],
): string {
  const staging = stagingFolder(output);
  const erasedPath = join(staging, 'erased');
  const { plan, result } = sampleRun(classNames, forget, { erasedPath });
  const model = '/models/faces.onnx';
  const id = cases.start({ caseId, plan, model, data: '/pictures', staging, output });
  writeFileSync(erasedPath, 'weights');
  cases.finish(id, { ...result, findings: [...result.findings, ...found] });
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
