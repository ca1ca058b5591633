import { canonicalJson } from '../ledger/canonical-json.ts';
import type { CaseFile } from './case-file.ts';
import type { CaseRecord } from './case-record.ts';
import type { CaseVault } from './case-vault.ts';
import { publishStaged, removeStaging } from './staging.ts';

/* Brings the disk in line with the ledger, after whatever ended the last writer. */

/** @param records all that the ledger tells of, none of them running */
export function recover(vault: CaseVault, records: readonly CaseRecord[]): void {
  const byId = new Map(records.map((record) => [record.id, record]));
  for (const id of vault.ids()) {
    try {
      recoverCase(vault, id, byId.get(id) ?? null);
    } catch {
      // A disk that is not there, say, must not keep Lethe from starting: the next opening tries again.
    }
  }
}

/** Takes out of a case's file what the ledger never heard of, or hears of no more. */
export function tidyFile(vault: CaseVault, { id, details, runs }: CaseRecord): void {
  const file = vault.read(id);
  if (file === null) return;
  const tidy: CaseFile = {
    ...file,
    isOnRecord: true,
    details: details === null || file.details.length === 0 ? file.details : [details],
    runs: file.runs.slice(0, runs.length),
  };
  if (canonicalJson(tidy) !== canonicalJson(file)) vault.write(tidy);
}

function recoverCase(vault: CaseVault, id: string, record: CaseRecord | null): void {
  if (record !== null && record.forgotten !== null) vault.destroy(id);
  const file = vault.read(id);
  if (file === null) return;
  for (const [place, { staging, output }] of file.runs.entries()) {
    if (record?.runs[place]?.outcome === 'finished') publishStaged(staging, output);
    else removeStaging(staging);
  }
  if (record !== null) tidyFile(vault, record);
  else if (!file.isOnRecord) vault.destroy(id);
}
