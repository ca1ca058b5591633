import type Database from 'better-sqlite3';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CaseContent, Entry } from '../../../app/ledger/entry.ts';
import { openLedger, readLedger, type Ledger } from '../../../app/ledger/ledger.ts';
import { tamperWithDatabase } from '../../tamper-with-database.ts';

/** Does something in a folder that is gone afterwards. */
export function inFolder<T>(action: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'lethe-faults-'));
  try {
    return action(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Does something with a copy of a ledger. */
export function withCopy<T>(folder: string, action: (copy: string) => T): T {
  return inFolder((parent) => {
    const copy = join(parent, 'ledger');
    cpSync(folder, copy, { recursive: true });
    return action(copy);
  });
}

/** What happens in a case, again and again. */
export function contentAt(step: number): CaseContent {
  const id = `2026-${String(Math.floor(step / 3) + 1).padStart(4, '0')}`;
  const digest = 'ab'.repeat(32);
  switch (step % 3) {
    case 0:
      return { kind: 'run-failed', case: id, payload: { problem: 'out-of-memory' } };
    case 1:
      return {
        kind: 'certificate-issued',
        case: id,
        payload: { certificate: `${id}-0123abcd`, content: digest },
      };
    default:
      return { kind: 'run-cancelled', case: id, payload: {} };
  }
}

/**
 * Writes a ledger day by day, so that it has several keys.
 * @param days how many entries of cases there are on each
 * @param closed is told after each day, when nobody has the ledger open
 */
export function writeDays(
  folder: string,
  days: readonly number[],
  closed: (day: number) => void = () => undefined,
): void {
  let step = 0;
  for (const [day, count] of days.entries()) {
    let seconds = 0;
    const clock = (): Date => new Date(Date.UTC(2026, 10, 1 + day, 9, 0, seconds++));
    const ledger = openLedger(folder, '0.1.0', { clock });
    for (let entry = 0; entry < count; entry++) ledger.append(contentAt(step++));
    ledger.close();
    closed(day);
  }
}

export function checkpointOf(folder: string): string {
  const reader = readLedger(folder);
  try {
    return reader.checkpoint();
  } finally {
    reader.close();
  }
}

export function entriesIn(folder: string): Entry[] {
  const reader = readLedger(folder);
  try {
    return [...reader.entries()];
  } finally {
    reader.close();
  }
}

/** Adds an entry to a ledger that was mended, and closes it. */
export function goesOn(folder: string): boolean {
  let ledger: Ledger;
  try {
    ledger = openLedger(folder, '0.1.0');
  } catch {
    return false;
  }
  try {
    ledger.append(contentAt(0));
    return true;
  } finally {
    ledger.close();
  }
}

/** What someone does to a ledger who has its file and any SQLite tool; the seal is taken away. */
export function tamper(folder: string, action: (database: Database.Database) => void): void {
  tamperWithDatabase(join(folder, 'ledger.sqlite'), action);
  rmSync(join(folder, 'ledger.seal'), { force: true });
}
