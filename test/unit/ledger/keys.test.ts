import {
  cpSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../app/ledger/canonical-json.ts';
import {
  passphraseProtection,
  systemProtection,
  unprotected,
  type SafeStorage,
} from '../../../app/ledger/key-protection.ts';
import { openLedger, readLedger, verifyLedger } from '../../../app/ledger/ledger.ts';
import type { LedgerSettings } from '../../../app/ledger/ledger.ts';
import { signatureHolds } from '../../../app/ledger/signing.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

function append(folder: string, settings: LedgerSettings = {}): void {
  const ledger = openLedger(folder, '0.1.0', settings);
  ledger.append({ kind: 'run-cancelled', case: '2026-0001', payload: {} });
  ledger.close();
}

function keyFiles(folder: string): string[] {
  return readdirSync(join(folder, 'keys'));
}

function keyText(folder: string): string {
  return readFileSync(join(folder, 'keys', keyFiles(folder)[0]), 'utf8');
}

const at = (time: string) => () => new Date(time);

describe('a key', () => {
  it('signs for one day: the next day’s replaces it, on an entry that it signs itself', () => {
    const folder = temporaryFolder();
    append(folder, { clock: at('2026-11-25T22:00:00.000Z') });
    const [first] = keyFiles(folder);
    append(folder, { clock: at('2026-11-25T23:59:59.999Z') });
    expect(keyFiles(folder)).toEqual([first]);
    append(folder, { clock: at('2026-11-26T00:00:00.000Z') });
    expect(keyFiles(folder)).toHaveLength(1);
    expect(keyFiles(folder)).not.toEqual([first]);

    const reader = readLedger(folder);
    const entries = [...reader.entries()];
    const keys = reader.keys();
    reader.close();
    expect(entries.map(({ kind }) => kind)).toEqual([
      ...['ledger-opened', 'run-cancelled', 'run-cancelled', 'key-replaced', 'run-cancelled'],
    ]);
    expect(keys.map(({ from, to }) => [from, to])).toEqual([
      [1, 4],
      [5, null],
    ]);
    for (const { sequence, hash, signature } of entries) {
      const signed = keys.map(({ publicKey }) =>
        signatureHolds(publicKey, 'ledger-entry', Buffer.from(hash, 'hex'), signature),
      );
      expect(signed).toEqual([sequence <= 4, sequence > 4]);
    }
    const report = verifyLedger(folder);
    expect(report).toMatchObject({ ok: true, entries: 5, sealed: true });
  });

  it('is overwritten before its file is removed', () => {
    const folder = temporaryFolder();
    append(folder);
    const [name] = keyFiles(folder);
    const before = readFileSync(join(folder, 'keys', name));
    // A second name for the same bytes on the disk.
    mkdirSync(join(folder, 'elsewhere'));
    linkSync(join(folder, 'keys', name), join(folder, 'elsewhere', name));
    const ledger = openLedger(folder, '0.1.0');
    ledger.rotateKey();
    ledger.close();
    const after = readFileSync(join(folder, 'elsewhere', name));
    expect(after).toHaveLength(before.length);
    expect(after.includes('publicKey')).toBe(false);
  });

  it('is still in force when its successor was kept but never named', () => {
    const folder = temporaryFolder();
    append(folder);
    const [name] = keyFiles(folder);
    writeFileSync(join(folder, 'keys', '0123456789abcdef.json'), 'a successor');
    append(folder);
    expect(keyFiles(folder)).toEqual([name]);
    expect(verifyLedger(folder)).toMatchObject({ ok: true, entries: 3 });
  });

  it('is out of force when its successor was named but it was not destroyed', () => {
    const folder = temporaryFolder();
    append(folder);
    const [old] = keyFiles(folder);
    cpSync(join(folder, 'keys', old), join(folder, 'old'));
    const ledger = openLedger(folder, '0.1.0');
    ledger.rotateKey();
    ledger.close();
    const [current] = keyFiles(folder);
    renameSync(join(folder, 'old'), join(folder, 'keys', old));
    append(folder);
    expect(keyFiles(folder)).toEqual([current]);
    expect(verifyLedger(folder)).toMatchObject({ ok: true, entries: 4 });
  });

  it('is replaced on demand, and what the old one signed stays valid', () => {
    const folder = temporaryFolder();
    append(folder);
    const ledger = openLedger(folder, '0.1.0');
    const before = ledger.signer();
    const signature = before.sign('certificate', Buffer.from('text'));
    ledger.rotateKey();
    expect(ledger.signer().publicKey).not.toBe(before.publicKey);
    expect(ledger.keys().map(({ publicKey }) => publicKey)).toEqual([
      before.publicKey,
      ledger.signer().publicKey,
    ]);
    expect(signatureHolds(before.publicKey, 'certificate', Buffer.from('text'), signature)).toBe(
      true,
    );
    ledger.close();
    expect(verifyLedger(folder)).toMatchObject({ ok: true, entries: 3 });
  });
});

describe('a passphrase', () => {
  const secret = passphraseProtection('correct horse');

  it('locks the key: without it nothing is added, and everything still verifies', () => {
    const folder = temporaryFolder();
    append(folder, { protection: secret });
    append(folder, { protection: passphraseProtection('correct horse') });
    expect(keyText(folder)).toContain('"protection":"passphrase"');
    expect(() => append(folder)).toThrow(/locked with a passphrase/);
    expect(() => append(folder, { protection: passphraseProtection('wrong') })).toThrow(
      /passphrase is not the one/,
    );
    expect(verifyLedger(folder)).toMatchObject({ ok: true, entries: 3, protection: 'passphrase' });
  });

  it('is the same however its characters are composed', () => {
    const folder = temporaryFolder();
    append(folder, { protection: passphraseProtection('Z\u00fcrich') });
    append(folder, { protection: passphraseProtection('Zu\u0308rich') });
    expect(verifyLedger(folder)).toMatchObject({ ok: true, entries: 3 });
  });

  it('that is given for an unlocked key replaces that key: it was there to be read', () => {
    const folder = temporaryFolder();
    append(folder);
    expect(verifyLedger(folder)).toMatchObject({ protection: 'none' });
    append(folder, { protection: secret });
    expect(keyFiles(folder)).toHaveLength(1);
    expect(verifyLedger(folder)).toMatchObject({ ok: true, entries: 4, protection: 'passphrase' });
  });

  it('can be given up', () => {
    const folder = temporaryFolder();
    const ledger = openLedger(folder, '0.1.0', { protection: secret });
    ledger.rotateKey(unprotected);
    expect(ledger.protection()).toBe('none');
    ledger.close();
    append(folder);
    expect(verifyLedger(folder)).toMatchObject({ ok: true, entries: 3, protection: 'none' });
  });

  it('does not open a key whose file was changed, nor one that asks for endless work', () => {
    const folder = temporaryFolder();
    append(folder, { protection: secret });
    const path = join(folder, 'keys', keyFiles(folder)[0]);
    const text = keyText(folder);
    const change = (from: RegExp, to: string): void => {
      writeFileSync(path, text.replace(from, to));
    };
    change(/"tag":"..../, '"tag":"AAAA');
    expect(() => append(folder, { protection: secret })).toThrow(/passphrase is not the one/);
    change(/"cost":131072/, '"cost":262144');
    expect(() => append(folder, { protection: secret })).toThrow(/passphrase is not the one/);
    change(/"cost":131072/, '"cost":1073741824');
    expect(() => append(folder, { protection: secret })).toThrow(/key is missing from/);
    writeFileSync(path, text);
    append(folder, { protection: secret });
  });

  it('is not empty', () => {
    expect(() => passphraseProtection('')).toThrow(/empty/);
  });
});

/** In place of Electron's, which only Electron has: it hides nothing. */
function storage(backend?: string, available = true): SafeStorage {
  return {
    isEncryptionAvailable: () => available,
    encryptString: (text) => Buffer.from(`sealed:${text}`).reverse(),
    decryptString: (bytes) => {
      const text = Buffer.from(bytes).reverse().toString();
      if (!text.startsWith('sealed:')) throw new Error('not ours');
      return text.slice('sealed:'.length);
    },
    ...(backend === undefined ? {} : { getSelectedStorageBackend: () => backend }),
  };
}

describe("the system's keychain", () => {
  it('keeps the key, and only it opens it', () => {
    const folder = temporaryFolder();
    const protection = systemProtection(storage('gnome_libsecret'));
    append(folder, { protection });
    append(folder, { protection });
    expect(verifyLedger(folder)).toMatchObject({ ok: true, entries: 3, protection: 'system' });
    expect(() => append(folder)).toThrow(/keychain, which only the Lethe application opens/);
    expect(() => append(folder, { protection: passphraseProtection('secret') })).toThrow(
      /keychain/,
    );
    const path = join(folder, 'keys', keyFiles(folder)[0]);
    const file = Object(JSON.parse(keyText(folder)));
    writeFileSync(
      path,
      canonicalJson({ ...file, key: { protection: 'system', ciphertext: 'AAAA' } }),
    );
    expect(() => append(folder, { protection })).toThrow(/another account or machine/);
  });

  it('is not used where there is none, or one that hides nothing', () => {
    expect(() => systemProtection(storage(undefined, false))).toThrow(/no keychain/);
    expect(() => systemProtection(storage('basic_text'))).toThrow(/no keychain/);
  });
});
