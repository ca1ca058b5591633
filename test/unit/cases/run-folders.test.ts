import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  destroyReferences,
  destroyRunFolders,
  newRunFolder,
  referencesFolder,
} from '../../../app/cases/run-folders.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

const kept = ['certificate-1-without-names.json', 'certificate-1-without-names.pdf'];

function makeRun(ledger: string, id: string, run: number): string {
  const folder = newRunFolder(ledger, id, run);
  mkdirSync(join(folder, 'model-erased'), { recursive: true });
  for (const name of [
    'certificate-1.json',
    'certificate-1.pdf',
    'model-erased/model.json',
    ...kept,
  ])
    writeFileSync(join(folder, name), 'Elif T');
  return folder;
}

describe('the folders that the runs of a window leave', () => {
  it('are new ones for each run', () => {
    const ledger = temporaryFolder();
    expect(makeRun(ledger, '2026-0001', 1)).toBe(join(ledger, 'erased', '2026-0001-1'));
    expect(newRunFolder(ledger, '2026-0001', 1)).toBe(join(ledger, 'erased', '2026-0001-2'));
  });

  it('keep of a forgotten case nothing but certificates without names, and of others everything', () => {
    const ledger = temporaryFolder();
    const own = [makeRun(ledger, '2026-0001', 1), makeRun(ledger, '2026-0001', 2)];
    const others = [makeRun(ledger, '2026-0002', 1), makeRun(ledger, '2026-00011', 1)];
    destroyRunFolders(ledger, '2026-0001');
    destroyRunFolders(ledger, '2026-0001');
    for (const folder of own) expect(readdirSync(folder).toSorted()).toEqual(kept);
    for (const folder of others)
      expect(existsSync(join(folder, 'model-erased/model.json'))).toBe(true);
  });

  it('need not be there', () => {
    expect(() => {
      destroyRunFolders(join(temporaryFolder(), 'nowhere'), '2026-0001');
    }).not.toThrow();
  });
});

it('models to compare with are destroyed with all they hold, where there are any', () => {
  const ledger = temporaryFolder();
  destroyReferences(ledger);
  const model = join(referencesFolder(ledger), 'a1b2');
  mkdirSync(model, { recursive: true });
  writeFileSync(join(model, 'model.json'), 'Elif T');
  writeFileSync(join(referencesFolder(ledger), 'c3d4.onnx'), 'Elif T');
  destroyReferences(ledger);
  expect(readdirSync(ledger)).toEqual([]);
});
