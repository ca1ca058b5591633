import { join } from 'node:path';
import { encode } from 'uqr';
import type { BadEntry, EntryView, LedgerCheck, LedgerIdentity } from '../contract/ledger.ts';
import { writingInto } from '../files/user-files.ts';
import { writeDurably } from '../ledger/durable-file.ts';
import { compareLedger, verifyLedger, type Ledger, type ListedEntry } from '../ledger/ledger.ts';
import { fingerprintOf } from '../ledger/signing.ts';
import { spokenFingerprint } from '../ledger/spoken-fingerprint.ts';

/* The ledger as the renderer is told of it. */

export function entryViewOf({ entry, clockRanBack, evidence }: ListedEntry): EntryView {
  const { sequence, time, kind, hash, previous, signature, payload } = entry;
  return {
    sequence,
    time,
    kind,
    case: entry.case,
    hash,
    previous,
    signature,
    clockRanBack,
    evidence: evidence && { by: evidence.by, time: evidence.time },
    payload: JSON.stringify(payload, null, 2),
  };
}

export function identityOf(ledger: Ledger): LedgerIdentity {
  const keys = ledger.keys();
  const { publicKey, since } = keys[keys.length - 1];
  const checkpoint = ledger.checkpoint();
  return {
    origin: ledger.identity.origin,
    fingerprint: fingerprintOf(publicKey),
    keySince: since,
    keys: keys.length,
    protection: ledger.protection(),
    checkpoint,
    spoken: spokenFingerprint(checkpoint),
    qrCode: encode(checkpoint, { ecc: 'M', border: 2 }).data,
  };
}

/** @returns the first bad entry; null where there is none, as in a ledger that is whole, or of a newer Lethe */
export function badEntryIn(folder: string): BadEntry | null {
  const report = verifyLedger(folder);
  if (report.ok || report.entry === null) return null;
  return { entry: report.entry, sentence: report.sentence };
}

/** @param checkpoint one kept elsewhere, as text; null for none */
export function checkLedger(
  folder: string,
  checkpoint: string | null,
): Omit<LedgerCheck, 'entries'> {
  const { report, disagreement } = compareLedger(folder, checkpoint ?? undefined);
  return {
    verified: new Date().toISOString(),
    fault: report.ok ? null : { entry: report.entry, sentence: report.sentence },
    disagreement: disagreement?.sentence ?? null,
  };
}

/** @returns the path of the file */
export function exportCheckpoint(ledger: Ledger, folder: string): string {
  const day = new Date().toISOString().slice(0, 10);
  const path = join(folder, `lethe-checkpoint-${ledger.identity.origin.slice(0, 8)}-${day}.txt`);
  const checkpoint = ledger.checkpoint();
  writingInto(folder, () => {
    writeDurably(path, checkpoint, 0o644);
  });
  return path;
}
