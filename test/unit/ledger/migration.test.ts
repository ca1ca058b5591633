import Database from 'better-sqlite3';
import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openLedger, readLedger, verifyLedger } from '../../../app/ledger/ledger.ts';
import { listCases } from '../../../app/cases/cases.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

/** A ledger as the first Lethe left it: form 1, two cases, and no word of which device computed. */
function firstForm(): string {
  const folder = temporaryFolder();
  cpSync(join(import.meta.dirname, 'form-1'), folder, { recursive: true });
  return folder;
}

function recordsOf(folder: string): unknown[] {
  const reader = readLedger(folder);
  try {
    return [...reader.entries()];
  } finally {
    reader.close();
  }
}

const clock = (): Date => new Date('2026-11-25T12:00:00.000Z');

describe('a ledger of the first form', () => {
  it('is read and verified as it is, its seal included', () => {
    const folder = firstForm();
    expect(recordsOf(folder)).toHaveLength(5);
    expect(listCases(folder)).toMatchObject([
      { state: 'review', names: 'missing', runs: [{ outcome: 'finished' }] },
      { state: 'interrupted', names: 'missing', runs: [{ outcome: 'cancelled' }] },
    ]);
    expect(verifyLedger(folder)).toMatchObject({
      ok: true,
      entries: 5,
      checkpoint: null,
      sealed: true,
    });
    const reader = readLedger(folder);
    expect(() => reader.checkpoint()).toThrow(/form of an older Lethe/);
    expect(() => reader.prove(1)).toThrow(/form of an older Lethe/);
    reader.close();
  });

  it('is brought to this form by the first writer, with a copy beside it', () => {
    const folder = firstForm();
    const before = recordsOf(folder);
    const bytes = readFileSync(join(folder, 'ledger.sqlite'));
    openLedger(folder, '0.2.0', { clock }).close();
    expect(recordsOf(folder)).toEqual(before);
    expect(verifyLedger(folder)).toMatchObject({ ok: true, entries: 5, sealed: true });
    const copy = readdirSync(folder).find((name) => name.startsWith('ledger-form-1'));
    expect(copy).toBe('ledger-form-1-with-5-entries.sqlite');
    expect(readFileSync(join(folder, copy ?? '')).equals(bytes)).toBe(true);
    const reader = readLedger(folder);
    expect(reader.prove(2).index).toBe(1);
    reader.close();
  });

  it('goes on with its old key, which no longer lies in the open folder', () => {
    const folder = firstForm();
    const ledger = openLedger(folder, '0.2.0', { clock });
    ledger.append({ kind: 'run-cancelled', case: '2026-0003', payload: {} });
    expect(ledger.keys()[0].publicKey).toBe(ledger.identity.publicKey);
    ledger.close();
    expect(existsSync(join(folder, 'ledger-key.pem'))).toBe(false);
    expect(readdirSync(join(folder, 'keys'))).toHaveLength(1);
    expect(verifyLedger(folder)).toMatchObject({ ok: true });
    openLedger(folder, '0.2.0', { clock }).close();
  });

  it('is left as it is when it does not verify', () => {
    const folder = firstForm();
    const file = join(folder, 'ledger.sqlite');
    const database = new Database(file);
    const trigger = "SELECT sql FROM sqlite_schema WHERE name = 'entry_not_changed'";
    const sql = database.prepare(trigger).pluck().get();
    database.exec('DROP TRIGGER entry_not_changed');
    database.exec(
      'UPDATE entry SET signature = (SELECT signature FROM entry WHERE sequence = 1) WHERE sequence = 3',
    );
    database.exec(String(sql));
    database.close();
    expect(() => openLedger(folder, '0.2.0')).toThrow(/Entry 3 was not written by the holder/);
    const left = new Database(file, { readonly: true });
    expect(left.pragma('user_version', { simple: true })).toBe(1);
    left.close();
  });

  it('is refused in a form that this Lethe does not know', () => {
    const folder = temporaryFolder();
    openLedger(folder, '0.1.0').close();
    const database = new Database(join(folder, 'ledger.sqlite'));
    database.pragma('user_version = 3');
    database.close();
    expect(verifyLedger(folder)).toMatchObject({ ok: false, entry: null });
    expect(() => openLedger(folder, '0.1.0')).toThrow(/form 3.*A newer Lethe wrote it/);
  });
});
