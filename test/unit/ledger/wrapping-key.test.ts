import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { passphraseProtection, unprotected } from '../../../app/ledger/key-protection.ts';
import { openLedger, type LedgerSettings } from '../../../app/ledger/ledger.ts';
import {
  changeWrappingKeyProtection,
  openWrappingKey,
  readWrappingKey,
} from '../../../app/ledger/wrapping-key.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

const locked = passphraseProtection('correct horse');
const files = (folder: string): string[] => readdirSync(join(folder, 'wrapping-key'));

function wrappingKeyOf(folder: string, settings: LedgerSettings = {}): Buffer {
  const ledger = openLedger(folder, '0.1.0', settings);
  try {
    return ledger.wrappingKey();
  } finally {
    ledger.close();
  }
}

describe('the wrapping key', () => {
  it('is made once and stays the same', () => {
    const folder = temporaryFolder();
    expect(readWrappingKey(folder, unprotected)).toBeNull();
    const key = wrappingKeyOf(folder);
    expect(key).toHaveLength(32);
    expect(wrappingKeyOf(folder)).toEqual(key);
    expect(readWrappingKey(folder, unprotected)).toEqual(key);
    expect(files(folder)).toHaveLength(1);
  });

  it('comes under the passphrase of the ledger’s key with it, and nothing else opens it then', () => {
    const folder = temporaryFolder();
    const key = wrappingKeyOf(folder);
    openLedger(folder, '0.1.0', { protection: locked }).close();
    expect(files(folder)).toHaveLength(1);
    expect(readFileSync(join(folder, 'wrapping-key', files(folder)[0]), 'utf8')).not.toContain(
      key.toString('base64'),
    );
    expect(readWrappingKey(folder, locked)).toEqual(key);
    expect(() => readWrappingKey(folder, unprotected)).toThrow(/locked with a passphrase/);
    expect(() => readWrappingKey(folder, passphraseProtection('another'))).toThrow(/not the one/);
  });

  it('goes with the key from one passphrase to another', () => {
    const folder = temporaryFolder();
    const key = wrappingKeyOf(folder, { protection: locked });
    const next = passphraseProtection('battery staple');
    const ledger = openLedger(folder, '0.1.0', { protection: locked });
    ledger.rotateKey(next);
    ledger.close();
    expect(wrappingKeyOf(folder, { protection: next })).toEqual(key);
    expect(() => readWrappingKey(folder, locked)).toThrow(/not the one/);
  });

  it.each(['before', 'after'])(
    'is opened by the passphrase in force when changing it was cut short %s the key changed hands',
    (moment) => {
      const folder = temporaryFolder();
      const key = openWrappingKey(folder, locked);
      const next = passphraseProtection('battery staple');
      expect(() => {
        changeWrappingKeyProtection(folder, locked, next, () => {
          throw new Error('cut short');
        });
      }).toThrow('cut short');
      expect(files(folder)).toHaveLength(2);
      const inForce = moment === 'before' ? locked : next;
      expect(openWrappingKey(folder, inForce)).toEqual(key);
      expect(files(folder)).toHaveLength(1);
      expect(readWrappingKey(folder, inForce)).toEqual(key);
    },
  );

  it('is not made anew where it is damaged', () => {
    const folder = temporaryFolder();
    wrappingKeyOf(folder);
    const path = join(folder, 'wrapping-key', files(folder)[0]);
    cpSync(path, join(folder, 'copy'));
    writeFileSync(path, '{}');
    expect(() => wrappingKeyOf(folder)).toThrow(/Put it back from a copy/);
    cpSync(join(folder, 'copy'), path);
    expect(() => wrappingKeyOf(folder)).not.toThrow();
  });
});
