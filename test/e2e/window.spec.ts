import { _electron as electron } from '@playwright/test';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findElectron } from '../../build/electron.ts';
import { choose, confirm, heading, next, prepareSample, run } from './officer.ts';
import { expect, test } from './with-lethe.ts';

/* The officer's way once more, in Lethe's own window. */

const found = findElectron();
test.skip(
  'obstacle' in found,
  'obstacle' in found ? `Electron cannot be started here: ${found.obstacle}.` : '',
);

test('goes from the request to a saved certificate in a window of its own', async ({ folder }) => {
  if ('obstacle' in found) throw new Error(found.obstacle);
  const home = join(folder, 'home');
  mkdirSync(home);
  const lethe = await electron.launch({
    executablePath: found.program,
    args: [fileURLToPath(new URL('../..', import.meta.url))],
    env: { ...process.env, LETHE_LEDGER: join(folder, 'data'), LETHE_PASSPHRASE: '' },
  });
  try {
    const page = await lethe.firstWindow();
    expect(page.url()).toMatch(/^app:/);
    await expect(heading(page)).toHaveText('Make a model forget, and prove it');
    await prepareSample(page, folder);
    await choose(page, 'Elif T');
    await next(page);
    await next(page, 'Erase now');
    await expect(heading(page)).toHaveText('The run is finished', run);
    await next(page, 'See the result');
    await page.getByRole('button', { name: /Accept result|Go on to signing/ }).click();
    await next(page, 'Sign as officer');
    await confirm(page, 'Sign as officer');
    await expect(page.getByRole('heading', { name: 'Certificate of erasure' })).toBeVisible(run);
    // The system's own dialog, which no test can press.
    await lethe.evaluate(({ dialog }, chosen) => {
      dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] });
    }, home);
    const kept = page.getByRole('listitem').filter({ hasText: 'Certificate, with names' });
    await kept.getByRole('button', { name: 'Save…' }).click();
    await expect(page.getByText('Saved', { exact: true })).toBeVisible();
  } finally {
    await lethe.close();
  }
});
