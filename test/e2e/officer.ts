import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { copyFewPictures } from '../sample.ts';
import { expect } from './with-lethe.ts';

/* What the officer does on one screen after the other. */

/** A run on all of the sample takes half a minute on two idle cores. */
export const run = { timeout: 240_000 };

export function heading(page: Page): Locator {
  return page.getByRole('heading', { level: 1 });
}

/** The entries of the ledger's list, apart from the choices of what to list. */
export function entries(page: Page): Locator {
  return page.locator('ol');
}

export async function next(page: Page, name = 'Continue'): Promise<void> {
  await page.getByRole('main').getByRole('button', { name, exact: true }).click();
}

export async function confirm(page: Page, name: string): Promise<void> {
  await page.getByRole('dialog').getByRole('button', { name, exact: true }).click();
}

export async function usePath(page: Page, path: string): Promise<void> {
  await page.getByLabel('Where it is').fill(path);
  await page.getByRole('button', { name: 'Use this' }).click();
}

export async function choose(page: Page, ...names: string[]): Promise<void> {
  for (const name of names) await page.getByRole('option', { name }).click();
}

/** Opens the sample, gives it few pictures, and goes on to where whom to forget is chosen. */
export async function prepareSample(page: Page, folder: string): Promise<void> {
  await page.getByRole('button', { name: 'Try the sample' }).click();
  await expect(heading(page)).toHaveText('What was asked?');
  await next(page);
  await expect(page.getByText('It recognises 24 people')).toBeVisible();
  await next(page);
  await expect(page.getByText('pictures to learn from')).toBeVisible();
  await page.getByRole('button', { name: 'Choose another…' }).click();
  await usePath(page, copyFewPictures(join(folder, 'few')));
  await expect(page.getByText(/The model recognises [\d.]+% of the test pictures/)).toBeVisible(
    run,
  );
  await next(page);
  await expect(heading(page)).toHaveText('Whom should the model forget?');
}

/** Waits until the model is being changed. */
export async function waitForErasing(page: Page): Promise<void> {
  await expect(
    page.getByText(/Learning what is least like|^Erasing$|Repairing what is kept/),
  ).toBeVisible(run);
}
