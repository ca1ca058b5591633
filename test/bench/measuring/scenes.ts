import type { Page } from '@playwright/test';
import { choose, heading, next, waitForErasing } from '../../e2e/officer.ts';
import { goTo } from '../../e2e/with-lethe.ts';

/** Something that an officer does, while the frames of it are measured. */
export interface Scene {
  readonly title: string;
  /** Only there while a run is under way. */
  readonly needsRun?: true;
  /** Goes to where it begins, from any screen. */
  readonly begin: (page: Page) => Promise<void>;
  readonly act: (page: Page) => Promise<void>;
}

/** The request whose model has 1,000 classes. */
export const largeRequest = 'A thousand';
export const sampleRequest = 'Sample request';

/** Quicker than anybody types. */
const betweenKeys = { delay: 60 };
const betweenTurns = 50;
/** Of 1,000 visitors, a hundred. */
const searched = 'visitor 07';

export const scenes: readonly Scene[] = [
  {
    title: 'Ledger: scrolling, filtering, leafing',
    begin: async (page) => {
      await leave(page);
      await goTo(page, 'Ledger');
      await page.getByText('To read aloud').waitFor();
    },
    act: async (page) => {
      await scroll(page, 1);
      await scroll(page, -1);
      const kinds = page.getByLabel('What happened');
      await kinds.selectOption({ label: 'Request opened' });
      await page.getByRole('button', { name: 'Older' }).click();
      await kinds.selectOption({ label: 'Everything' });
      await scroll(page, 1);
    },
  },
  {
    title: 'A new request: typing, scrolling',
    begin: async (page) => {
      await leave(page);
      await page.getByRole('button', { name: 'New request' }).click();
      await page.getByLabel('Pseudonymous reference').waitFor();
    },
    act: async (page) => {
      await type(page, 'Reference', '2026-0114, by registered letter');
      await type(page, 'Ground', 'Article 17(1)(b): consent withdrawn');
      await type(page, 'Pseudonymous reference', 'Visitor 4471-B');
      await type(page, 'Controller', 'Meridian Portraits Ltd');
      await scroll(page, 1);
      await scroll(page, -1);
    },
  },
  {
    title: 'The run itself: its curves, scrolling',
    needsRun: true,
    begin: async (page) => {
      await openRequest(page, sampleRequest);
      await page.getByRole('progressbar').waitFor();
    },
    act: async (page) => {
      for (let turn = 0; turn < 3; turn++) {
        await scroll(page, 1);
        await scroll(page, -1);
      }
    },
  },
  {
    title: 'A model of 1,000 classes: scrolling, searching',
    begin: openLargeRequest,
    act: async (page) => {
      for (let turn = 0; turn < 4; turn++) await scroll(page, 1);
      await scroll(page, -1);
      await page.getByRole('searchbox').pressSequentially(searched, betweenKeys);
      await scroll(page, 1);
      await page.getByRole('searchbox').focus();
      for (const _key of searched) await page.keyboard.press('Backspace', betweenKeys);
    },
  },
];

/** Goes to where whom to forget is chosen of 1,000. */
export async function openLargeRequest(page: Page): Promise<void> {
  await openRequest(page, largeRequest);
  const steps = page.getByRole('list', { name: 'Steps of this request' });
  await steps.getByRole('button', { name: 'Data' }).click();
  // What it says in the end of a model that has learned nothing: then the engine is done with looking.
  await page.getByText('does not recognise these images').waitFor({ timeout: 240_000 });
  await steps.getByRole('button', { name: 'Classes' }).click();
  await page.getByRole('option').nth(1).locator('img').waitFor();
}

/** Makes the sample forget somebody, up to where the model is being changed. */
export async function startRun(page: Page): Promise<void> {
  await leave(page);
  await page.getByRole('button', { name: 'Try the sample' }).click();
  await next(page);
  await page.getByText('It recognises 24 people').waitFor();
  await next(page);
  await page.getByText('of the test pictures.').waitFor({ timeout: 240_000 });
  await next(page);
  await choose(page, 'Elif T', 'Noor F');
  await next(page);
  await next(page, 'Erase now');
  await waitForErasing(page);
}

/** Whether a run is under way. */
export async function isRunning(page: Page): Promise<boolean> {
  await leave(page);
  return page.getByText('Running', { exact: true }).isVisible();
}

/** Goes to the list of requests. */
async function leave(page: Page): Promise<void> {
  await page.getByRole('navigation').getByRole('button', { name: 'Lethe', exact: true }).click();
  await page.getByRole('button', { name: 'Try the sample' }).waitFor();
}

async function openRequest(page: Page, name: string): Promise<void> {
  await leave(page);
  await page.getByRole('main').getByRole('button', { name }).last().click();
  await heading(page).waitFor();
}

async function type(page: Page, label: string, text: string): Promise<void> {
  await page.getByLabel(label, { exact: true }).pressSequentially(text, betweenKeys);
}

/** By turns of a mouse's wheel. */
async function scroll(page: Page, direction: 1 | -1): Promise<void> {
  await page.mouse.move(700, 400);
  for (let turn = 0; turn < 12; turn++) {
    await page.mouse.wheel(0, direction * 120);
    await page.waitForTimeout(betweenTurns);
  }
}
