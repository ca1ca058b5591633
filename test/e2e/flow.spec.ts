import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildVerifier } from '../../build/verifier.ts';
import { lacksStrace, noStrace, outwardConnections, tracing } from './connections.ts';
import { choose, confirm, heading, next, run, usePath, waitForErasing } from './officer.ts';
import { look } from './screens.ts';
import { expect, lacksChromium, noChromium, test } from './with-lethe.ts';
import { sample, sampleModel, samplePictures } from '../sample.ts';

/* The officer's way from the request to the certificate, on the real engine and the real ledger. */

test.skip(lacksChromium(), noChromium);

let outward: string[] | null = null;

test('guides from the request to a certificate that the stand-alone verifier accepts', async ({
  page,
  folder,
  start,
  complaints,
}) => {
  const home = join(folder, 'home');
  mkdirSync(home);
  const trace = join(folder, 'connections.txt');
  const lethe = start({ home, under: lacksStrace() ? [] : tracing(trace) });
  await page.goto(await lethe.address);
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
  await usePath(page, sampleModel);
  await expect(page.getByText('It recognises 24 people in 48×48 colour pictures.')).toBeVisible();
  await page.getByText('Show details').click();
  await look(page, 'model');
  await next(page);

  await expect(heading(page)).toHaveText('Which pictures do you have?');
  await usePath(page, samplePictures);
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
  await page.getByText('Other settings').click();
  await page.getByRole('radio', { name: 'A model that you have, trained without it' }).click();
  await expect(page.getByRole('button', { name: 'Erase now' })).toBeDisabled();
  await expect(page.getByText('Choose the model to compare with')).toBeVisible();
  await look(page, 'run-settings');
  await page.getByRole('radio', { name: 'The model as it is now' }).click();
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
  await page.getByText('What it says now').scrollIntoViewIfNeeded();
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
  await lethe.stop();
  if (!lacksStrace()) outward = outwardConnections(trace);
});

test('connects to nothing but this machine on all of that way', () => {
  test.skip(lacksStrace(), noStrace);
  expect(outward).toEqual([]);
});
