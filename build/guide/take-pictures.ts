import { chromium, type Page } from '@playwright/test';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import {
  choose,
  confirm,
  heading,
  next,
  run,
  usePath,
  waitForErasing,
} from '../../test/e2e/officer.ts';
import { RunningLethe } from '../../test/e2e/running-lethe.ts';
import { goTo } from '../../test/e2e/with-lethe.ts';
import { sampleModel, samplePictures } from '../../test/sample.ts';
import { bundle } from '../bundle.ts';
import { findChromium } from '../checks/programs.ts';

/** Takes the pictures of docs/guide.md, on the sample: `node build/guide/take-pictures.ts`. */

const pictures = fileURLToPath(new URL('../../docs/pictures/', import.meta.url));
const executablePath = findChromium();

await bundle('warn');
rmSync(pictures, { recursive: true, force: true });
mkdirSync(pictures);
const folder = mkdtempSync(join(tmpdir(), 'lethe-pictures-'));
const [model, data] = [join(folder, 'model'), join(folder, 'pictures')];
cpSync(sampleModel, model, { recursive: true });
cpSync(samplePictures, data, { recursive: true });
const browser = await chromium.launch(executablePath === undefined ? {} : { executablePath });
const lethe = new RunningLethe(join(folder, 'data'));
try {
  const page = await browser.newPage({
    viewport: { width: 1280, height: 800 },
    colorScheme: 'light',
    reducedMotion: 'reduce',
    locale: 'en-GB',
  });
  await page.goto(await lethe.address);
  await heading(page).waitFor();
  await take(page, 'start');
  await enterSettings(page);
  await enterRequest(page);
  await prepare(page);
  await erase(page);
  await review(page);
  await certify(page);
} finally {
  await lethe.stop();
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}

async function take(page: Page, name: string): Promise<void> {
  const picture = await page.screenshot({ caret: 'hide' });
  await sharp(picture)
    .webp({ quality: 88, effort: 6, smartSubsample: true })
    .toFile(join(pictures, `${name}.webp`));
}

async function enterSettings(page: Page): Promise<void> {
  await goTo(page, 'Settings');
  await page.getByLabel('Controller').fill('Meridian Portraits Ltd');
  await page.getByLabel('Officer').fill('Margarethe Ode');
  await page.getByRole('switch', { name: 'A second person signs too' }).click();
  await page.getByRole('button', { name: 'Set a passphrase…' }).waitFor();
  await take(page, 'settings');
  await goTo(page, 'Requests');
}

async function enterRequest(page: Page): Promise<void> {
  await next(page, 'New request');
  await page.getByLabel('Reference', { exact: true }).fill('2026-0114');
  await page.getByLabel('How it came').selectOption({ label: 'By letter' });
  await page.getByLabel('Ground').fill('Article 17(1)(b): consent withdrawn');
  await page.getByLabel('Pseudonymous reference').fill('Visitor 4471-B');
  await page.getByLabel('Reviewer').fill('Jun Park');
  await page.getByText('All that the record needs is here.').waitFor();
  await page.evaluate('scrollTo(0, 0)');
  await take(page, 'request');
  await next(page);
}

async function prepare(page: Page): Promise<void> {
  await usePath(page, model);
  await page.getByText('It recognises 24 people').waitFor();
  await take(page, 'model');
  await next(page);
  await usePath(page, data);
  await page.getByText('of the test pictures.').waitFor(run);
  await take(page, 'data');
  await next(page);
  await choose(page, 'Elif T', 'Noor F');
  await page.evaluate('scrollTo(0, 0)');
  await take(page, 'classes');
  await next(page);
}

async function erase(page: Page): Promise<void> {
  await next(page, 'Erase now');
  await waitForErasing(page);
  lethe.killEngines();
  await page.getByRole('heading', { name: 'The run was interrupted' }).first().waitFor(run);
  await take(page, 'run-interrupted');
  await next(page, 'Run again');
  await page.getByText('Measuring the result').waitFor(run);
  await take(page, 'run');
  await page.getByRole('button', { name: 'See the result' }).click(run);
}

async function review(page: Page): Promise<void> {
  await page.getByRole('img', { name: 'Elif T' }).first().waitFor(run);
  await page.evaluate('scrollTo(0, 0)');
  await take(page, 'review');
  await page.getByText('What it says now').scrollIntoViewIfNeeded();
  await take(page, 'review-says');
  await page.getByRole('button', { name: /Accept result|Go on to signing/ }).click();
}

async function certify(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Original model' }).click();
  await page.getByLabel('Where it is').fill('Server at the gate');
  await page.getByLabel('What was decided').fill('Deleted, backup expires on 1 March');
  await page.getByRole('button', { name: 'Somebody to tell' }).click();
  await page.getByLabel('Who received the data').fill('Nord Access GmbH');
  await page.evaluate('scrollTo(0, 0)');
  await take(page, 'certificate-sign');
  await next(page, 'Sign as officer');
  await confirm(page, 'Sign as officer');
  await next(page, 'Sign as reviewer');
  await confirm(page, 'Sign as reviewer');
  await page.getByRole('heading', { name: 'Certificate of erasure' }).waitFor(run);
  await page.evaluate('scrollTo(0, 0)');
  await take(page, 'certificate');
  await page.getByRole('button', { name: 'All requests' }).click();
  await goTo(page, 'Ledger');
  await page.getByText('The ledger is whole').waitFor();
  await take(page, 'ledger');
}
