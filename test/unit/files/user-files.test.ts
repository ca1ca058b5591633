import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  readUserFile,
  readUserText,
  writeUserFile,
  writingInto,
} from '../../../app/files/user-files.ts';
import { problemOf } from '../../problem-of.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

test('writes a file, and reads it', () => {
  const file = join(temporaryFolder(), 'kept.txt');
  writeUserFile(file, 'Größe', 0o600);
  expect(readUserText(file)).toBe('Größe');
  expect(readUserFile(file)).toEqual(readFileSync(file));
});

test.each([readUserFile, readUserText])('names the file that cannot be read', (read) => {
  const missing = join(temporaryFolder(), 'missing.txt');
  expect(problemOf(() => read(missing))).toMatchObject({
    code: 'no-such-file',
    sentence: `There is no file ${missing} that can be read.`,
  });
});

test('names the file that cannot be written', () => {
  const file = join(temporaryFolder(), 'no such folder', 'file.txt');
  expect(problemOf(() => writeUserFile(file, '', 0o600))).toMatchObject({
    code: 'disk-failed',
    sentence: `Nothing can be written to ${file}. Choose another place, or make room there.`,
  });
});

test('names the folder that nothing can be written into', () => {
  const write = (): never => {
    throw new Error('no space left');
  };
  expect(problemOf(() => writingInto('/full', write))).toMatchObject({
    code: 'disk-failed',
    sentence: 'Nothing can be written to /full. Choose another folder, or make room there.',
    detail: 'Error: no space left',
  });
});
