import { AxeBuilder } from '@axe-core/playwright';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openCases } from '../../app/cases/cases.ts';
import { emptyDetails } from '../../app/contract/cases.ts';
import { passphraseProtection } from '../../app/ledger/key-protection.ts';
import { tamperWithDatabase } from '../tamper-with-database.ts';
import { look } from './screens.ts';
import { expect, goTo, lacksChromium, noChromium, test, writeCases } from './with-lethe.ts';

test.skip(lacksChromium(), noChromium);

const requests = (number: number): { request: string }[] =>
  Array.from({ length: number }, (_, place) => ({ request: `2026-${String(100 + place)}` }));

test('says that the ledger is whole, and again when it is asked', async ({
  page,
  folder,
  start,
  complaints,
}) => {
  writeCases(folder, requests(3));
  await page.goto(await start().address);
  await goTo(page, 'Ledger');
  await expect(page.getByText('The ledger is whole')).toBeVisible();
  await expect(page.getByText(/All 4 entries are in their place and signed/)).toBeVisible();
  await page.getByRole('button', { name: 'Verify now' }).click();
  await expect(page.getByRole('button', { name: 'Verify now' })).toBeEnabled();
  await expect(page.getByText('The ledger is whole')).toBeVisible();
  expect(complaints).toEqual([]);
});

test('names the first bad entry of a ledger that was changed while it was open', async ({
  page,
  folder,
  start,
}) => {
  writeCases(folder, requests(6));
  await page.goto(await start().address);
  await goTo(page, 'Ledger');
  await expect(page.getByText('The ledger is whole')).toBeVisible();
  tamperWithDatabase(join(folder, 'ledger.sqlite'), (database) => {
    database.exec(`UPDATE entry SET time = '2020-01-01T00:00:00.000Z' WHERE sequence = 4`);
  });
  await page.getByRole('button', { name: 'Verify now' }).click();
  await expect(page.getByText('The ledger does not verify').first()).toBeVisible();
  await expect(page.getByText('The first bad entry is number 4.')).toBeVisible();
  await goTo(page, 'Requests');
  await expect(page.getByRole('alert').first()).toContainText('The first bad entry is number 4.');
});

test('pages through entries, and shows those of one request or of one kind', async ({
  page,
  folder,
  start,
}) => {
  writeCases(folder, requests(44));
  await page.goto(await start().address);
  await goTo(page, 'Ledger');
  await expect(page.getByText('Entries 26 to 45')).toBeVisible();
  await page.getByRole('button', { name: 'Older' }).click();
  await expect(page.getByText('Entries 6 to 25')).toBeVisible();
  await page.getByRole('button', { name: 'Older' }).click();
  await expect(page.getByText('Entries 1 to 5')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Older' })).toBeDisabled();
  await page.getByRole('button', { name: 'Newer' }).click();
  await expect(page.getByText('Entries 6 to 25')).toBeVisible();
  await page.getByLabel('What happened').selectOption({ label: 'Ledger begun' });
  await expect(page.locator('ol details')).toHaveCount(1);
  await page.getByLabel('Request', { exact: true }).selectOption({ index: 1 });
  await expect(page.getByText('There is no such entry.')).toBeVisible();
  await page.getByRole('button', { name: 'Show all entries' }).click();
  await expect(page.getByText('Entries 26 to 45')).toBeVisible();
});

test('saves a checkpoint, and compares the ledger with it', async ({ page, folder, start }) => {
  writeCases(folder, requests(2));
  const home = join(folder, 'home');
  mkdirSync(home);
  await page.goto(await start({ home }).address);
  await goTo(page, 'Ledger');
  await expect(page.getByRole('img', { name: 'QR code of the checkpoint' })).toBeVisible();
  await expect(page.getByRole('list', { name: 'To read aloud' }).getByRole('listitem')).toHaveCount(
    8,
  );
  await page.getByRole('button', { name: 'Save as a file…' }).click();
  await page.getByRole('button', { name: 'Choose this folder' }).click();
  await expect(page.getByText(/^Saved as .+lethe-checkpoint/)).toBeVisible();
  const [name = ''] = readdirSync(home);
  expect(readFileSync(join(home, name), 'utf8')).toMatch(/^lethe/);
  await page.getByRole('button', { name: 'Compare with a checkpoint…' }).click();
  await page.getByRole('dialog').getByRole('button', { name }).click();
  await expect(page.getByText('The ledger agrees with the checkpoint')).toBeVisible();
});

test('says of a file that is no checkpoint that it does not agree, and of the ledger that it is whole', async ({
  page,
  folder,
  start,
}) => {
  writeCases(folder, requests(2));
  const home = join(folder, 'home');
  mkdirSync(home);
  writeFileSync(join(home, 'shopping.txt'), 'bread');
  await page.goto(await start({ home }).address);
  await goTo(page, 'Ledger');
  await page.getByRole('button', { name: 'Compare with a checkpoint…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'shopping.txt' }).click();
  await expect(page.getByText('The ledger does not agree with the checkpoint')).toBeVisible();
  await expect(page.getByText('The ledger is whole')).toBeVisible();
});

test('keeps settings', async ({ page, folder, start }) => {
  const lethe = start();
  await page.goto(await lethe.address);
  await goTo(page, 'Settings');
  await page.getByLabel('Controller').fill('Meridian Portraits Ltd');
  await page.getByLabel('Officer').fill('Margarethe Ode');
  await page.getByRole('switch', { name: 'A second person signs too' }).click();
  await page.getByRole('radio', { name: 'Dark' }).check();
  await expect(page.locator('html')).toHaveCSS('color-scheme', 'dark');
  await expect
    .poll(() => existsSync(join(folder, 'settings.json')) && savedSettings(folder))
    .toMatchObject({
      controller: 'Meridian Portraits Ltd',
      officer: 'Margarethe Ode',
      twoPersonSignOff: true,
      theme: 'dark',
    });
  await page.getByRole('radio', { name: 'Deutsch' }).check();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Einstellungen');
  await page.goto(await lethe.newAddress());
  await expect(page.locator('html')).toHaveAttribute('lang', 'de');
});

function savedSettings(folder: string): unknown {
  return JSON.parse(readFileSync(join(folder, 'settings.json'), 'utf8'));
}

test('keeps the key under a passphrase, and asks for it at the next start', async ({
  page,
  start,
}) => {
  const lethe = start();
  await page.goto(await lethe.address);
  await goTo(page, 'Settings');
  await page.getByRole('button', { name: 'Set a passphrase…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Passphrase').fill('correct horse battery');
  await dialog.getByLabel('Once more').fill('correct horse');
  await expect(dialog.getByText('These two are not the same.')).toBeVisible();
  await dialog.getByLabel('Once more').fill('correct horse battery');
  await dialog.getByRole('button', { name: 'Set the passphrase' }).click();
  await expect(page.getByText('The passphrase is set.')).toBeVisible();
  await lethe.stop();

  const next = start();
  await page.goto(await next.address);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Unlock the ledger');
  await page.keyboard.type('wrong horse');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert')).toContainText('The ledger did not open');
  await page.keyboard.type('correct horse battery');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible();
});

test('says why a ledger cannot be opened', async ({ page, folder, start }) => {
  writeCases(folder, requests(1));
  tamperWithDatabase(join(folder, 'ledger.sqlite'), (database) => {
    database.exec('PRAGMA user_version = 4711');
  });
  await page.goto(await start().address);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('The ledger cannot be opened');
  await expect(page.getByRole('alert')).toBeVisible();
  await expect(page.getByText(folder).first()).toBeVisible();
});

for (const passphrase of ['', 'a passphrase']) {
  const kept = passphrase === '' ? 'without' : 'under';
  test(`names the first bad entry of a ledger ${kept} a passphrase that was changed while it was closed`, async ({
    page,
    folder,
    start,
  }) => {
    writeCases(folder, requests(6), passphrase);
    tamperWithDatabase(join(folder, 'ledger.sqlite'), (database) => {
      database.exec('DELETE FROM entry WHERE sequence >= 6');
    });
    await page.goto(await start().address);
    if (passphrase !== '') {
      await expect(page.getByLabel('Passphrase')).toBeFocused();
      await page.keyboard.type(passphrase);
      await page.keyboard.press('Enter');
    }
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(
      'The ledger is not as Lethe left it',
    );
    await expect(page.getByRole('alert')).toContainText('The first bad entry is number 6.');
    await expect(page.getByRole('alert')).toContainText('The end was cut off.');
    await look(page, 'ledger-changed');
  });
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`keeps the rules of accessibility on ledger, settings and lock in the ${colorScheme} theme`, async ({
    page,
    folder,
    start,
    complaints,
  }) => {
    await page.emulateMedia({ colorScheme });
    const cases = openCases(folder, '0.1.0', { protection: passphraseProtection('a passphrase') });
    for (let number = 0; number < 25; number++)
      cases.open({ ...emptyDetails, request: '2026-0114' });
    cases.close();
    await page.goto(await start().address);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expectAccessible();
    await page.keyboard.type('a passphrase');
    await page.keyboard.press('Enter');
    await goTo(page, 'Ledger');
    await page.locator('ol details summary').first().click();
    await expect(page.getByRole('img', { name: 'QR code of the checkpoint' })).toBeVisible();
    await expectAccessible();
    await goTo(page, 'Settings');
    await page.getByText('Show details').click();
    await expect(page.getByText('In use since')).toBeVisible();
    await expectAccessible();
    expect(complaints).toEqual([]);

    /** At the smallest window there is, and enlarged to 200%, which halves it. */
    async function expectAccessible(): Promise<void> {
      for (const [width, height] of [
        [1024, 700],
        [640, 400],
      ] as const) {
        await page.setViewportSize({ width, height });
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
      }
      await page.setViewportSize({ width: 1280, height: 800 });
    }
  });
}
