import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Locator, Page } from '@playwright/test';
import { defaultSettings } from '../../app/contract/settings.ts';
import { buildVerifier } from '../../build/verifier.ts';
import { look } from './screens.ts';
import { expect, goTo, lacksChromium, noChromium, test } from './with-lethe.ts';

/* The officer's way from the request to the certificate, on the real engine and the real ledger. */

test.skip(lacksChromium(), noChromium);

const sample = fileURLToPath(new URL('../../app/sample', import.meta.url));
/** A run on all of the sample takes half a minute on two idle cores. */
const run = { timeout: 240_000 };

/** Few pictures of few people: for runs that need not come to a good result. */
function fewPictures(folder: string): string {
  const few = join(folder, 'few');
  for (const [split, count] of [
    ['train', 8],
    ['test', 4],
  ] as const) {
    for (const person of readdirSync(join(sample, 'pictures', split))
      .toSorted()
      .slice(0, 6)) {
      const from = join(sample, 'pictures', split, person);
      const to = join(few, split, person);
      mkdirSync(to, { recursive: true });
      for (const picture of readdirSync(from).toSorted().slice(0, count)) {
        cpSync(join(from, picture), join(to, picture));
      }
    }
  }
  return few;
}

function heading(page: Page): Locator {
  return page.getByRole('heading', { level: 1 });
}

async function next(page: Page, name = 'Continue'): Promise<void> {
  await page.getByRole('main').getByRole('button', { name, exact: true }).click();
}

async function confirm(page: Page, name: string): Promise<void> {
  await page.getByRole('dialog').getByRole('button', { name, exact: true }).click();
}

async function usePath(page: Page, path: string): Promise<void> {
  await page.getByLabel('Where it is').fill(path);
  await page.getByRole('button', { name: 'Use this' }).click();
}

async function choose(page: Page, ...names: string[]): Promise<void> {
  for (const name of names) await page.getByRole('option', { name }).click();
}

/** Opens the sample, gives it few pictures, and goes on to where whom to forget is chosen. */
async function prepareSample(page: Page, folder: string): Promise<void> {
  await page.getByRole('button', { name: 'Try the sample' }).click();
  await expect(heading(page)).toHaveText('What was asked?');
  await next(page);
  await expect(page.getByText('It recognises 24 people')).toBeVisible();
  await next(page);
  await expect(page.getByText('pictures to learn from')).toBeVisible();
  await page.getByRole('button', { name: 'Choose another…' }).click();
  await usePath(page, fewPictures(folder));
  await expect(page.getByText(/The model recognises [\d.]+% of the test pictures/)).toBeVisible(
    run,
  );
  await next(page);
  await expect(heading(page)).toHaveText('Whom should the model forget?');
}

/** Waits until the model is being changed. */
async function waitForErasing(page: Page): Promise<void> {
  await expect(
    page.getByText(/Learning what is least like|^Erasing$|Repairing what is kept/),
  ).toBeVisible(run);
}

test('guides from the request to a certificate that the stand-alone verifier accepts', async ({
  page,
  folder,
  start,
  complaints,
}) => {
  const home = join(folder, 'home');
  mkdirSync(home);
  await page.goto(await start({ home }).address);
  await expect(heading(page)).toHaveText('Make a model forget, and prove it');
  await look(page, 'start-empty');

  await page.getByRole('button', { name: 'New request' }).click();
  await expect(heading(page)).toHaveText('What was asked?');
  await page.getByLabel('Reference', { exact: true }).fill('2026-0114');
  await page.getByLabel('How it came').selectOption({ label: 'By letter' });
  await page.getByLabel('Ground').fill('Article 17(1)(b): consent withdrawn');
  await expect(page.getByText('To be answered by')).toBeVisible();
  await page.getByLabel('Pseudonymous reference').fill('Elif Example');
  await expect(page.getByText('looks like a name')).toBeVisible();
  await page.getByLabel('Pseudonymous reference').fill('Visitor 4471-B');
  await expect(page.getByText('looks like')).toBeHidden();
  await page.getByLabel('Controller').fill('Meridian Portraits Ltd');
  await page.getByLabel('Officer').fill('Margarethe Ode');
  await page.getByRole('switch', { name: 'A second person signs too' }).click();
  await page.getByLabel('Reviewer').fill('Jun Park');
  await expect(page.getByText('All that the record needs is here.')).toBeVisible();
  await look(page, 'request');
  await next(page);

  await expect(heading(page)).toHaveText('Which model should forget?');
  await look(page, 'model-empty');
  await usePath(page, join(sample, 'README.md'));
  await expect(page.getByRole('alert')).toContainText('no model that Lethe can open');
  await look(page, 'model-refused');
  await usePath(page, join(sample, 'model'));
  await expect(page.getByText('It recognises 24 people in 48×48 colour pictures.')).toBeVisible();
  await page.getByText('Show details').click();
  await look(page, 'model');
  await next(page);

  await expect(heading(page)).toHaveText('Which pictures do you have?');
  await usePath(page, join(sample, 'pictures'));
  await expect(page.getByText('The model recognises 100% of the test pictures.')).toBeVisible(run);
  await expect(page.getByText('it can be INCONCLUSIVE at best')).toBeVisible();
  await look(page, 'data');
  await next(page);

  await expect(heading(page)).toHaveText('Whom should the model forget?');
  await expect(page.getByRole('button', { name: 'Continue' })).toBeDisabled();
  await page.getByRole('searchbox').fill('noor');
  await expect(page.getByRole('option')).toHaveCount(1);
  await page.getByRole('searchbox').fill('');
  await choose(page, 'Amara O', 'Elif T', 'Noor F', 'Amara O');
  await look(page, 'classes');
  await next(page);

  await expect(heading(page)).toHaveText('Ready to erase Elif T and Noor F');
  await look(page, 'run-ready');
  await next(page, 'Erase now');
  await waitForErasing(page);
  await expect(page.getByRole('progressbar')).toBeVisible();
  // Leaving and coming back loses nothing.
  await page.getByRole('button', { name: 'All requests' }).click();
  await expect(page.getByText('Running', { exact: true })).toBeVisible();
  await page.getByRole('button', { name: '2026-0114' }).click();
  await expect(heading(page)).toHaveText('Erasing Elif T and Noor F');
  await expect(page.getByText('Repairing what is kept')).toBeVisible(run);
  await look(page, 'run');
  await expect(heading(page)).toHaveText('The run is finished', run);
  await look(page, 'run-finished');
  await next(page, 'See the result');

  await expect(heading(page)).toContainText('Elif T and Noor F');
  await expect(page.getByRole('img', { name: 'Elif T' }).first()).toBeVisible(run);
  await expect(page.getByText('read while erasing: 0')).toBeVisible();
  await look(page, 'review');
  await page.getByText('Recognises Elif T and Noor F in').click();
  await look(page, 'review-finding');
  await page.getByText('Recognises Elif T and Noor F in').click();
  await page.getByText('What it says now').evaluate((title) => {
    title.scrollIntoView();
  });
  await look(page, 'review-says');
  await page.getByRole('button', { name: /Accept result|Go on to signing/ }).click();

  await expect(heading(page)).toHaveText('Sign it off');
  await page.getByRole('button', { name: 'Original model' }).click();
  await page.getByLabel('What was decided').fill('Deleted, backup expires on 1 March');
  await page.getByRole('button', { name: 'Somebody to tell' }).click();
  await page.getByLabel('Who received the data').fill('Nord Access GmbH');
  await look(page, 'certificate-sign');
  await next(page, 'Sign as officer');
  await confirm(page, 'Sign as officer');
  await next(page, 'Sign as reviewer');
  await confirm(page, 'Sign as reviewer');
  await expect(heading(page)).toHaveText('The certificate');
  await expect(page.getByRole('heading', { name: 'Certificate of erasure' })).toBeVisible(run);
  await look(page, 'certificate');
  for (const what of ['Certificate, with names', 'The new model', 'A checkpoint of the ledger']) {
    const kept = page.getByRole('listitem').filter({ hasText: what });
    await kept.getByRole('button', { name: 'Save…' }).click();
    await expect(page.getByRole('dialog').getByText(home)).toBeVisible();
    if (what === 'The new model') await look(page, 'choose-folder');
    await confirm(page, 'Choose this folder');
    await expect(page.getByText('Saved', { exact: true })).toBeVisible();
  }
  await next(page, 'Close the request');
  await confirm(page, 'Close the request');
  await expect(page.getByText('Closed. Its names are kept until')).toBeVisible();
  await page.getByRole('main').getByRole('button', { name: 'All requests' }).click();
  await page.getByText('Closed (1)').click();
  await look(page, 'start');
  expect(complaints).toEqual([]);

  await buildVerifier(folder);
  const files = readdirSync(home);
  const saved = (pattern: RegExp): string => {
    const name = files.find((file) => pattern.test(file));
    if (name === undefined) throw new Error(`${files.join(', ')}: none is ${String(pattern)}`);
    return join(home, name);
  };
  for (const certificate of [saved(/^certificate.*\.json$/), saved(/^certificate.*\.pdf$/)]) {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [
        join(folder, 'lethe-verify.mjs'),
        ...['--model', saved(/-erased$/), '--checkpoint', saved(/^lethe-checkpoint/)],
        ...['--memory', join(folder, 'memory.json'), certificate],
      ],
      { encoding: 'utf8' },
    );
    expect(status, stdout + stderr).toBe(0);
  }
});

test('stops a run, says what came of it, and runs it again', async ({
  page,
  folder,
  start,
  complaints,
}) => {
  await page.goto(await start().address);
  await prepareSample(page, folder);
  await choose(page, 'Elif T');
  await next(page);
  await next(page, 'Erase now');
  await waitForErasing(page);
  await next(page, 'Stop');
  await expect(page.getByRole('dialog')).toContainText('The original model is as it was');
  await confirm(page, 'Stop the run');
  await expect(heading(page)).toHaveText('The run was stopped', run);
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
  await expect(page.getByText('Run stopped')).toBeVisible();
  await expect(page.getByText('Result rejected')).toBeVisible();
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
  await expect(page.getByText('Run interrupted')).toBeVisible();
  await expect(page.getByText('Run finished')).toBeVisible();
});

test('can be gone through by the keyboard alone', async ({ page, folder, start, complaints }) => {
  const { keyboard } = page;
  const pictures = fewPictures(folder);
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
  await page.getByRole('textbox').fill(fewPictures(folder));
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
