import fc from 'fast-check';
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { newCaseFile, type CaseFile } from '../../../app/cases/case-file.ts';
import { openCaseVault, readCaseVault } from '../../../app/cases/case-vault.ts';
import { openBox, sealBox } from '../../../app/cases/sealed-box.ts';
import { passphraseProtection, unprotected } from '../../../app/ledger/key-protection.ts';
import { openWrappingKey } from '../../../app/ledger/wrapping-key.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { sampleDetails } from './sample-details.ts';

const id = '2026-0001';
const key = Buffer.alloc(32, 7);
const file: CaseFile = { ...newCaseFile(id), details: [sampleDetails] };

describe('a box', () => {
  it('gives back what was put in, to whoever has the key and says what it is', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.string(), (content, label) => {
        const box = sealBox(key, label, Buffer.from(content));
        expect(openBox(key, label, box)).toEqual(Buffer.from(content));
        expect(() => openBox(key, `${label}.`, box)).toThrow();
        expect(() => openBox(Buffer.alloc(32, 8), label, box)).toThrow();
      }),
    );
  });

  it('does not open after any of its bits was turned', () => {
    const box = sealBox(key, 'label', Buffer.from('content'));
    const parsed = z.record(z.string(), z.string()).parse(JSON.parse(box));
    for (const [name, text] of Object.entries(parsed)) {
      const bytes = Buffer.from(text, 'base64');
      for (let at = 0; at < bytes.length * 8; at++) {
        const turned = Buffer.from(bytes);
        turned[at >> 3] ^= 1 << (at & 7);
        const changed = JSON.stringify({ ...parsed, [name]: turned.toString('base64') });
        expect(() => openBox(key, 'label', changed)).toThrow();
      }
    }
  });

  it('is another one each time', () => {
    expect(sealBox(key, 'label', Buffer.from('x'))).not.toBe(
      sealBox(key, 'label', Buffer.from('x')),
    );
  });
});

describe('a case file', () => {
  it('is read back as it was written, and holds nothing in the clear', () => {
    const folder = temporaryFolder();
    const vault = openCaseVault(folder, key);
    vault.write(file);
    expect(vault.read(id)).toEqual(file);
    expect(vault.ids()).toEqual([id]);
    for (const name of readdirSync(join(folder, 'cases'))) {
      const text = readFileSync(join(folder, 'cases', name), 'latin1');
      expect(text).not.toMatch(/Ode|S-0044|Meridian/);
      expect(text).not.toContain(file.key);
    }
  });

  it('keeps its key when it is written again', () => {
    const folder = temporaryFolder();
    const vault = openCaseVault(folder, key);
    vault.write(file);
    const before = readFileSync(join(folder, 'cases', `${id}.key`));
    vault.write({ ...file, reasons: ['another'] });
    expect(readFileSync(join(folder, 'cases', `${id}.key`))).toEqual(before);
    expect(vault.read(id)?.reasons).toEqual(['another']);
  });

  it('cannot stand for another case', () => {
    const folder = temporaryFolder();
    const vault = openCaseVault(folder, key);
    vault.write(file);
    for (const part of ['case', 'key']) {
      renameSync(
        join(folder, 'cases', `${id}.${part}`),
        join(folder, 'cases', `2026-0002.${part}`),
      );
    }
    expect(vault.read('2026-0002')).toBeNull();
  });

  it('is destroyed with its key, which is overwritten first', () => {
    const folder = temporaryFolder();
    const vault = openCaseVault(folder, key);
    vault.write(file);
    // What a writer that died in the middle leaves behind.
    writeFileSync(join(folder, 'cases', `.${id}.case.0011aabb.tmp`), 'half');
    const before = readFileSync(join(folder, 'cases', `${id}.key`));
    // A second name for the same bytes on the disk.
    linkSync(join(folder, 'cases', `${id}.key`), join(folder, 'same-bytes'));
    vault.destroy(id);
    expect(readdirSync(join(folder, 'cases'))).toEqual([]);
    const after = readFileSync(join(folder, 'same-bytes'));
    expect(after).toHaveLength(before.length);
    expect(after.equals(before)).toBe(false);
    expect(vault.read(id)).toBeNull();
    expect(() => {
      vault.destroy(id);
    }).not.toThrow();
  });

  it('is locked for a reader without the passphrase, and a wrong one is told', () => {
    const folder = temporaryFolder();
    const locked = passphraseProtection('correct horse');
    openCaseVault(folder, openWrappingKey(folder, locked)).write(file);
    expect(readCaseVault(folder, unprotected)).toMatchObject({ isLocked: true });
    expect(readCaseVault(folder, unprotected).read(id)).toBeNull();
    expect(readCaseVault(folder, locked).read(id)).toEqual(file);
    expect(() => readCaseVault(folder, passphraseProtection('wrong'))).toThrow(/not the one/);
  });
});

describe('a case file of an older Lethe', () => {
  const plain = {
    id,
    key: 'ab'.repeat(32),
    classNames: ['Elif T.', 'Noor F.'],
    forget: [0],
    dataClasses: [0, 1],
    model: '/models/faces.onnx',
    data: '/pictures',
    staging: '/out/.lethe-staging-00',
    output: '/out',
  };

  function olderFolder(): { folder: string; path: string } {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'cases'));
    const path = join(folder, 'cases', `${id}.json`);
    writeFileSync(path, JSON.stringify(plain));
    return { folder, path };
  }

  it('is read as it lies there', () => {
    const { folder, path } = olderFolder();
    const { id: _id, key: plainKey, ...run } = plain;
    expect(readCaseVault(folder, unprotected).read(id)).toMatchObject({
      key: plainKey,
      runs: [run],
    });
    expect(existsSync(path)).toBe(true);
  });

  it('is locked up by the next writer, and what lay there is overwritten', () => {
    const { folder, path } = olderFolder();
    linkSync(path, join(folder, 'same-bytes'));
    const vault = openCaseVault(folder, key);
    expect(readdirSync(join(folder, 'cases')).toSorted()).toEqual([`${id}.case`, `${id}.key`]);
    expect(vault.read(id)?.runs[0].classNames).toEqual(plain.classNames);
    expect(readFileSync(join(folder, 'same-bytes'), 'latin1')).not.toContain('Elif');
  });

  it('is destroyed even when it cannot be read', () => {
    const { folder, path } = olderFolder();
    writeFileSync(path, 'Elif T., and something broken');
    const vault = openCaseVault(folder, key);
    expect(vault.read(id)).toBeNull();
    vault.destroy(id);
    expect(readdirSync(join(folder, 'cases'))).toEqual([]);
  });
});
