import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { issuedCertificate, copyInto, erasedModel } from '../../../app/services/documents.ts';
import { problemOf } from '../../problem-of.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

test.each(['faces-erased.onnx', 'faces-erased'])('finds the erased model %s', (name) => {
  const folder = temporaryFolder();
  for (const file of [name, 'certificate-2026-0001-00000000.json', '.lethe-staging-1']) {
    writeFileSync(join(folder, file), '');
  }
  expect(erasedModel(folder)).toBe(join(folder, name));
});

test('says that the erased model is gone', () => {
  expect(problemOf(() => erasedModel(temporaryFolder())).code).toBe('no-such-file');
  expect(problemOf(() => erasedModel('/nowhere')).code).toBe('no-such-file');
});

test('tells the two forms of a certificate apart', () => {
  const folder = temporaryFolder();
  const id = '2026-0001-00000000';
  for (const name of [id, `${id}-without-names`]) {
    for (const type of ['pdf', 'json']) {
      writeFileSync(join(folder, `certificate-${name}.${type}`), '');
    }
  }
  expect(issuedCertificate(folder, id, 'with-names').pdf).toBe(
    join(folder, `certificate-${id}.pdf`),
  );
  expect(issuedCertificate(folder, id, 'without-names').json).toBe(
    join(folder, `certificate-${id}-without-names.json`),
  );
  const gone = problemOf(() => issuedCertificate(folder, '2026-0002-00000000', 'with-names'));
  expect(gone.code).toBe('no-such-file');
});

test('copies files and folders, and overwrites nothing', () => {
  const [from, to] = [temporaryFolder(), temporaryFolder()];
  mkdirSync(join(from, 'model'));
  writeFileSync(join(from, 'model', 'weights.bin'), 'weights');
  writeFileSync(join(from, 'a.pdf'), 'pdf');
  const sources = [join(from, 'a.pdf'), join(from, 'model')];
  expect(copyInto(to, sources)).toEqual([join(to, 'a.pdf'), join(to, 'model')]);
  expect(readFileSync(join(to, 'model', 'weights.bin'), 'utf8')).toBe('weights');

  writeFileSync(join(from, 'b.pdf'), 'other');
  const again = problemOf(() => copyInto(to, [join(from, 'b.pdf'), join(from, 'a.pdf')]));
  expect(again.code).toBe('output-exists');
  expect(existsSync(join(to, 'b.pdf'))).toBe(false);
});

test('says that nothing can be written', () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'a.pdf'), '');
  const { code } = problemOf(() => copyInto(join(folder, 'a.pdf', 'x'), [join(folder, 'a.pdf')]));
  expect(code).toBe('disk-failed');
});
