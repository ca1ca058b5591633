import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultSettings } from '../../app/contract/settings.ts';
import {
  choose,
  confirm,
  entries,
  heading,
  next,
  prepareSample,
  run,
  waitForErasing,
} from '../e2e/officer.ts';
import { look } from '../e2e/screens.ts';
import { expect, goTo, lacksChromium, noChromium, test } from '../e2e/with-lethe.ts';
import { copyFewPictures } from '../sample.ts';

/* The officer's way where it goes wrong, by the keyboard, and in German; each with runs of the real engine. */

test.skip(lacksChromium(), noChromium);

test('says why a run cannot begin, stops one, says what came of it, and runs it again', async ({
  page,
  folder,
  start,
  complaints,
}) => {
  await page.goto(await start().address);
  await prepareSample(page, folder);
  await choose(page, 'Elif T');
  await next(page);
  await page.getByText('Other settings').click();
  await page.getByRole('radio', { name: 'A model that Lethe trains without it' }).click();
  await next(page, 'Erase now');
  await expect(page.getByRole('alert')).toContainText('no training images of "Goran S"', run);
  await expect(page.getByText('so nothing is on record')).toBeVisible();
  await look(page, 'run-refused');
  await page.getByText('Other settings').click();
  await page.getByRole('radio', { name: 'The model as it is now' }).click();
  await next(page, 'Run again');
  await waitForErasing(page);
  await next(page, 'Stop');
  await expect(page.getByRole('dialog')).toContainText('The original model is as it was');
  await confirm(page, 'Stop the run');
  await expect(heading(page)).toHaveText('The run was stopped', run);
  await expect(page.getByText('the ledger has the run on record')).toBeVisible();
  await look(page, 'run-stopped');
  await next(page, 'Run again');
  await expect(heading(page)).toHaveText('The run is finished', run);
  await next(page, 'See the result');
  await page.getByRole('button', { name: 'Reject…' }).click();
  await page.getByLabel('What is wrong with it').fill('Too few pictures');
  await look(page, 'review-rejecting');
  await confirm(page, 'Reject');
  await expect(page.getByRole('main')).toContainText('This result was rejected');
  await page.getByRole('button', { name: 'All requests' }).click();
  await goTo(page, 'Ledger');
  await expect(entries(page).getByText('Run stopped')).toBeVisible();
  await expect(entries(page).getByText('Result rejected')).toBeVisible();
  expect(complaints).toEqual([]);
});

test('explains that the engine was lost in the middle of erasing three, and runs again', async ({
  page,
  folder,
  start,
}) => {
  const lethe = start();
  await page.goto(await lethe.address);
  await prepareSample(page, folder);
  await choose(page, 'Elif T', 'Amara O', 'Finn W');
  await next(page);
  await next(page, 'Erase now');
  await waitForErasing(page);
  lethe.killEngines();
  await expect(heading(page)).toHaveText('The run was interrupted', run);
  await expect(page.getByRole('alert')).toContainText('The original model is as it was');
  await look(page, 'run-interrupted');
  await next(page, 'Run again');
  await expect(heading(page)).toHaveText('The run is finished', run);
  await next(page, 'See the result');
  await expect(page.getByText('Recognises what was erased in')).toBeVisible();
  await page.getByRole('button', { name: 'All requests' }).click();
  await goTo(page, 'Ledger');
  await expect(entries(page).getByText('Run interrupted')).toBeVisible();
  await expect(entries(page).getByText('Run finished')).toBeVisible();
});

test('can be gone through by the keyboard alone', async ({ page, folder, start, complaints }) => {
  const { keyboard } = page;
  const pictures = copyFewPictures(join(folder, 'few'));
  await page.goto(await start().address);
  await expect(heading(page)).toBeFocused();

  /** Tabs on to what has this name. */
  const reach = async (name: string | RegExp): Promise<void> => {
    const wanted = page
      .locator(':focus')
      .and(
        page
          .getByRole('button', { name })
          .or(page.getByRole('textbox', { name }))
          .or(page.getByRole('listbox', { name })),
      );
    for (let tabs = 0; tabs < 80; tabs++) {
      await keyboard.press('Tab');
      if ((await wanted.count()) > 0) return;
    }
    throw new Error(`the keyboard does not reach ${String(name)}`);
  };
  const press = async (name: string | RegExp): Promise<void> => {
    await reach(name);
    await keyboard.press('Enter');
  };

  await press('Try the sample');
  await expect(heading(page)).toHaveText('What was asked?');
  await expect(heading(page)).toBeFocused();
  await press('Continue');
  await expect(page.getByText('It recognises 24 people')).toBeVisible();
  await press('Continue');
  await expect(page.getByText('pictures to learn from')).toBeVisible();
  await press('Choose another…');
  await reach('Where it is');
  await keyboard.type(pictures);
  await keyboard.press('Enter');
  await expect(page.getByText('The model recognises')).toBeVisible(run);
  await press('Continue');
  await reach('What the model recognises');
  await keyboard.press('End');
  await keyboard.press('Home');
  for (let steps = 0; steps < 4; steps++) await keyboard.press('ArrowRight');
  await keyboard.press('Space');
  await expect(page.getByRole('option', { selected: true })).toContainText('Elif T');
  await press('Continue');
  await press('Erase now');
  await expect(heading(page)).toHaveText('The run is finished', run);
  await press('See the result');
  await press(/Accept result|Go on to signing/);
  await press('Sign as officer');
  await expect(page.getByRole('dialog')).toBeVisible();
  await press('Sign as officer');
  await expect(page.getByRole('heading', { name: 'Certificate of erasure' })).toBeVisible(run);
  await press('Close the request');
  await expect(page.getByRole('dialog')).toBeVisible();
  await press('Close the request');
  await expect(page.getByText('Closed. Its names are kept until')).toBeVisible();
  expect(complaints).toEqual([]);
});

test('speaks German from the request to the certificate', async ({
  page,
  folder,
  start,
  complaints,
}) => {
  const settings = JSON.stringify({ ...defaultSettings, language: 'de' });
  writeFileSync(join(folder, 'settings.json'), settings);
  const forward = page.getByRole('main').locator('button').last();
  await page.goto(await start().address);
  await page.getByRole('button', { name: /Beispiel/ }).click();
  await expect(page.locator('html')).toHaveAttribute('lang', 'de');
  await expect(page.getByText('DSGVO')).toBeVisible();
  await look(page, 'german-request');
  await forward.click();
  await expect(page.getByText('Es erkennt 24 Personen')).toBeVisible();
  await forward.click();
  await expect(page.getByText('960')).toBeVisible();
  await page.getByRole('button', { name: /Ander/ }).click();
  await page.getByRole('textbox').fill(copyFewPictures(join(folder, 'few')));
  await page.keyboard.press('Enter');
  await expect(page.getByText(/Das Modell erkennt .* Testbilder/)).toBeVisible(run);
  await look(page, 'german-data');
  await forward.click();
  await choose(page, 'Elif T');
  await look(page, 'german-classes');
  await forward.click();
  await look(page, 'german-run-ready');
  await forward.click();
  await page.getByRole('button', { name: 'Zum Ergebnis' }).click(run);
  await expect(heading(page)).toContainText('Elif T');
  await expect(page.getByRole('img', { name: 'Elif T' }).first()).toBeVisible(run);
  await look(page, 'german-review');
  await forward.click();
  await look(page, 'german-certificate-sign');
  await forward.click();
  await page.getByRole('dialog').locator('button').last().click();
  await expect(page.getByRole('heading', { name: 'Löschzertifikat' })).toBeVisible(run);
  await look(page, 'german-certificate');
  expect(complaints).toEqual([]);
});
