import { test as base, type Page } from '@playwright/test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCases } from '../../app/cases/cases.ts';
import { passphraseProtection, unprotected } from '../../app/ledger/key-protection.ts';
import { emptyDetails, type CaseDetails } from '../../app/contract/cases.ts';
import { findChromium } from '../../build/checks/programs.ts';
import { RunningLethe, type StartOptions } from './running-lethe.ts';

interface Fixtures {
  /** Of ledger, cases and settings. */
  readonly folder: string;
  /** Starts Lethe on the folder, until the test is over. */
  readonly start: (options?: StartOptions) => RunningLethe;
  /** What the page complains of: errors, and violations of its content security policy. */
  readonly complaints: string[];
}

export const test = base.extend<Fixtures>({
  // Playwright reads from the first parameter which fixtures a fixture needs.
  // eslint-disable-next-line no-empty-pattern
  folder: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'lethe-e2e-'));
    await use(folder);
    rmSync(folder, { recursive: true, force: true });
  },
  start: async ({ folder }, use) => {
    const started: RunningLethe[] = [];
    await use((options) => {
      const lethe = new RunningLethe(folder, options);
      started.push(lethe);
      return lethe;
    });
    await Promise.all(started.map((lethe) => lethe.stop()));
  },
  complaints: async ({ page }, use) => {
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (message.type() !== 'log') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('dialog', (dialog) => complaints.push(`a dialog: ${dialog.message()}`));
    await use(complaints);
  },
});

export { expect } from '@playwright/test';

export const noChromium =
  'there is no Chromium on this machine: install one, or name its path in CHROMIUM_PATH';

export function lacksChromium(): boolean {
  return findChromium() === undefined && process.env.CI === undefined;
}

/** Writes cases into a folder that no Lethe is at work on. */
export function writeCases(
  folder: string,
  all: readonly Partial<CaseDetails>[],
  passphrase = '',
): void {
  const protection = passphrase === '' ? unprotected : passphraseProtection(passphrase);
  const cases = openCases(folder, '0.1.0', { protection });
  for (const details of all) cases.open({ ...emptyDetails, ...details });
  cases.close();
}

/** Goes to one of the screens of the main navigation. */
export async function goTo(page: Page, name: string): Promise<void> {
  await page
    .getByRole('navigation', { name: 'Main' })
    .getByRole('button', { name, exact: true })
    .click();
}
