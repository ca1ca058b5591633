import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from './with-lethe.ts';

const setUp = fileURLToPath(new URL('../../build/run.mjs', import.meta.url));

test('npm start without a window says why, and serves a browser until it is stopped', async ({
  folder,
}) => {
  test.skip(process.platform !== 'linux', 'only Linux has a variable that takes the screen away');
  const { DISPLAY: _x11, WAYLAND_DISPLAY: _wayland, ...env } = process.env;
  const started = spawn(process.execPath, [setUp, 'start'], {
    env: { ...env, LETHE_LEDGER: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own, to be stopped as a whole, as a terminal does it.
    detached: true,
  });
  const closed = once(started, 'close');
  const group = started.pid;
  if (group === undefined) throw new Error('npm start did not start');
  let [output, errors] = ['', ''];
  started.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  await new Promise<void>((resolve) => {
    started.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (/^Open Lethe at /m.test(output)) resolve();
    });
    void closed.then(() => {
      resolve();
    });
  });
  expect(output).toMatch(
    /^The window of Lethe cannot be opened, so it opens in a browser: .+\.\nOpen Lethe at http:\/\/127\.0\.0\.1:\d+\/enter\?token=/,
  );
  process.kill(-group, 'SIGTERM');
  await closed;
  expect(errors).toBe('');
});

test('the set-up refuses a program that it does not know', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [setUp, 'sing'], {
    encoding: 'utf8',
  });
  expect(stderr).toMatch(/^Say which to run: start, .+\.\n$/);
  expect(stdout).toBe('');
  expect(status).toBe(2);
});
