import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';

const setUp = fileURLToPath(new URL('../../build/run.mjs', import.meta.url));

test('npm start without a window says why, and points to the demo', () => {
  test.skip(process.platform !== 'linux', 'only Linux has a variable that takes the screen away');
  const { DISPLAY: _x11, WAYLAND_DISPLAY: _wayland, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, [setUp, 'start'], {
    env,
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^The window of Lethe was not opened: .+\.\n/);
  expect(stdout).toContain('npm run demo');
  expect(status).toBe(0);
});

test('the set-up refuses a program that it does not know', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [setUp, 'sing'], {
    encoding: 'utf8',
  });
  expect(stderr).toMatch(/^Say which to run: start, demo, .+\.\n$/);
  expect(stdout).toBe('');
  expect(status).toBe(2);
});
