import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { rendererFiles } from '../../../app/main/renderer-files.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

function builtRenderer(): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'renderer', 'assets'), { recursive: true });
  writeFileSync(join(folder, 'renderer', 'index.html'), '<!doctype html>');
  writeFileSync(join(folder, 'renderer', 'assets', 'index.js'), 'export {};');
  writeFileSync(join(folder, 'secret.key'), 'secret');
  return join(folder, 'renderer');
}

test('serves the page at the root, under a policy that starts from nothing', async () => {
  const response = await rendererFiles(builtRenderer())('/');
  expect(await response.text()).toBe('<!doctype html>');
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none'; /);
});

test('serves a file in a folder, as what it is', async () => {
  const response = await rendererFiles(builtRenderer())('/assets/index.js');
  expect(await response.text()).toBe('export {};');
  expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
});

test.each([
  '/../secret.key',
  '/..%2fsecret.key',
  '/%2e%2e/secret.key',
  '/..\\secret.key',
  '//secret.key',
  '/assets',
  '/assets/',
  '/nothing.js',
  '',
])('answers %j with 404', async (path) => {
  const response = await rendererFiles(builtRenderer())(path);
  expect(response.status).toBe(404);
  expect(await response.text()).toBe('');
});
