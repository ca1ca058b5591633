import { canonicalJson } from '../ledger/canonical-json.ts';
import type { CaseFile } from './case-file.ts';
import type { CaseRecord } from './case-record.ts';
import type { CaseVault } from './case-vault.ts';
import { destroyReferences, destroyRunFolders } from './run-folders.ts';
import { publishStaged, removeStaging } from './staging.ts';

/* Brings the disk in line with the ledger, after whatever ended the last writer. */

/** Of a case that is forgotten. Its own file last: while it is there, the next opening knows that something is left to destroy. */
export function destroyNames(ledgerFolder: string, vault: CaseVault, id: string): void {
  destroyRunFolders(ledgerFolder, id);
  destroyReferences(ledgerFolder);
  vault.destroy(id);
}

/** @param records all that the ledger tells of, none of them running */
export function recover(
  ledgerFolder: string,
  vault: CaseVault,
  records: readonly CaseRecord[],
): void {
  const byId = new Map(records.map((record) => [record.id, record]));
  for (const id of vault.ids()) {
    try {
      const record = byId.get(id) ?? null;
      if (record !== null && record.forgotten !== null) destroyNames(ledgerFolder, vault, id);
      else recoverCase(vault, id, record);
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
  const file = vault.read(id);
  if (file === null) {
    // The writer died between the key and the file of a new case.
    if (record === null && !vault.has(id)) vault.destroy(id);
    return;
  }
  for (const [place, { staging, output }] of file.runs.entries()) {
    if (record?.runs[place]?.outcome === 'finished') publishStaged(staging, output);
    else removeStaging(staging);
  }
  if (record !== null) tidyFile(vault, record);
  else if (!file.isOnRecord) vault.destroy(id);
}
