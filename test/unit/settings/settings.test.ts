import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defaultSettings, settingsSchema, type Settings } from '../../../app/contract/settings.ts';
import { readSettings, writeSettings } from '../../../app/settings/settings.ts';
import { problemOf } from '../../problem-of.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

const changed: Settings = {
  ...defaultSettings,
  language: 'de',
  controller: 'Meridian Portraits Ltd',
  accelerator: 'onnxruntime',
};

test('keeps settings, for this account only', () => {
  const folder = temporaryFolder();
  writeSettings(folder, changed);
  expect(readSettings(folder)).toEqual(changed);
  expect(statSync(join(folder, 'settings.json')).mode & 0o777).toBe(0o600);
});

test('begins with the defaults', () => {
  expect(readSettings(temporaryFolder())).toEqual(defaultSettings);
});

test('takes the default for what is missing, and leaves out what it does not know', () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'settings.json'), JSON.stringify({ theme: 'dark', speed: 11 }));
  expect(readSettings(folder)).toEqual({ ...defaultSettings, theme: 'dark' });
});

test('keeps what makes sense of settings of another version', () => {
  const folder = temporaryFolder();
  writeFileSync(
    join(folder, 'settings.json'),
    JSON.stringify({ ...changed, theme: 'sepia', accelerator: 'abacus' }),
  );
  expect(readSettings(folder)).toEqual({ ...changed, theme: 'system', accelerator: null });
});

test('starts whatever the file holds', () => {
  const folder = temporaryFolder();
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (content) => {
      writeFileSync(join(folder, 'settings.json'), content);
      expect(settingsSchema.safeParse(readSettings(folder)).success).toBe(true);
    }),
  );
});

test('says that the disk does not take them', () => {
  const { code } = problemOf(() => {
    writeSettings('/nowhere/at/all', changed);
  });
  expect(code).toBe('disk-failed');
});
