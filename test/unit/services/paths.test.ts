import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { findByName, listFolder } from '../../../app/services/paths.ts';
import { problemOfAsync } from '../../problem-of.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

function folderWith(...files: string[]): string {
  const folder = temporaryFolder();
  for (const file of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), '');
  }
  return folder;
}

test('lists folders before files, in the order of people, and nothing hidden', async () => {
  const folder = folderWith('b.onnx', 'a10.onnx', 'a9.onnx', '.hidden', 'z/x', '.git/x');
  const { path, parent, entries, more } = await listFolder(folder);
  expect(path).toBe(folder);
  expect(parent).toBe(dirname(folder));
  expect(entries.map(({ name, kind }) => `${kind} ${name}`)).toEqual([
    'folder z',
    'file a9.onnx',
    'file a10.onnx',
    'file b.onnx',
  ]);
  expect(more).toBe(0);
});

test('follows links to what they stand for, and leaves out what stands for nothing', async () => {
  const folder = folderWith('real/x');
  symlinkSync(join(folder, 'real'), join(folder, 'link'));
  symlinkSync(join(folder, 'gone'), join(folder, 'broken'));
  const { entries } = await listFolder(folder);
  expect(entries.map(({ name, kind }) => `${kind} ${name}`)).toEqual([
    'folder link',
    'folder real',
  ]);
});

test('lists the first two thousand of many, and says how many more there are', async () => {
  const folder = folderWith(...Array.from({ length: 2003 }, (_, index) => `f${String(index)}`));
  const { entries, more } = await listFolder(folder);
  expect([entries.length, more]).toEqual([2000, 3]);
});

test('begins at home, and has no folder above the root', async () => {
  expect((await listFolder(null)).places.map(({ name }) => name)).toContain('home');
  expect((await listFolder('/')).parent).toBeNull();
});

test.each(['/nowhere', 'relative', '/etc/hostname'])('refuses %s', async (folder) => {
  expect((await problemOfAsync(() => listFolder(folder))).code).toBe('no-such-file');
});

test('finds what was dropped by its name, the nearest first', async () => {
  const folder = folderWith('deep/er/still/faces.onnx', 'Downloads/faces.onnx', 'x/faces/m');
  expect(await findByName('faces.onnx', 'file', folder)).toEqual([
    join(folder, 'Downloads/faces.onnx'),
    join(folder, 'deep/er/still/faces.onnx'),
  ]);
  expect(await findByName('faces', 'folder', folder)).toEqual([join(folder, 'x/faces')]);
});

test('looks into nothing hidden, and no further than a few levels', async () => {
  const folder = folderWith('.cache/m.onnx', 'node_modules/m.onnx', 'a/b/c/d/e/f/g/m.onnx');
  expect(await findByName('m.onnx', 'file', folder)).toEqual([]);
});
