import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test as base } from '@playwright/test';
import type { IssuedCertificate } from '../../app/certificate/issue.ts';
import { exportLines } from '../../app/ledger/ledger-export.ts';
import { findChromium } from '../../build/checks/programs.ts';
import { buildVerifier } from '../../build/verifier.ts';
import { issueFor, makeDesk, type Desk } from '../unit/certificate/certificates.ts';

/** The verifier's page, opened from the disk, and what it complains of. */
const test = base.extend<{ complaints: string[] }>({
  complaints: async ({ page }, use) => {
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => {
      if (!request.url().startsWith(pathToFileURL(folder).href)) complaints.push(request.url());
    });
    await page.goto(pathToFileURL(join(folder, 'lethe-verify.html')).href);
    await use(complaints);
  },
});

test.skip(
  findChromium() === undefined && process.env.CI === undefined,
  'there is no Chromium on this machine: install one, or name its path in CHROMIUM_PATH',
);

let folder: string;
let desk: Desk;
let [first, second]: IssuedCertificate[] = [];

test.beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lethe-page-'));
  await buildVerifier(folder);
  desk = makeDesk();
  first = await issueFor(desk, ['cat', 'dog', '<img src=x onerror=alert(1)>'], [1]);
  second = await issueFor(desk, ['cat', 'dog', 'frog'], [0]);
  writeFileSync(
    join(folder, 'export'),
    [...exportLines(desk.cases.ledger)].map((line) => `${line}\n`).join(''),
  );
});
test.afterAll(() => {
  desk.clear();
  rmSync(folder, { recursive: true });
});

test('checks a PDF from the disk, without a network, and complains of nothing', async ({
  page,
  complaints,
}) => {
  await expect(page.getByRole('button', { name: 'Check', exact: true })).toBeDisabled();
  await page.getByLabel('Certificate').setInputFiles(first.pdf);
  await page.getByRole('button', { name: 'Check', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'The certificate holds' })).toBeFocused();
  await expect(page.getByText('Not a byte of the PDF was changed')).toBeVisible();
  await expect(page.getByText('Its verdict on the erasure is INCONCLUSIVE')).toBeVisible();

  await page.getByRole('button', { name: 'Deutsch' }).click();
  await expect(page.getByRole('heading', { name: 'Das Zertifikat hält stand' })).toBeVisible();
  expect(complaints).toEqual([]);
});

test('refuses a changed file in words', async ({ page, complaints }) => {
  const bytes = readFileSync(first.json);
  bytes[Math.floor(bytes.length / 2)] ^= 1;
  await page.getByLabel('Certificate').setInputFiles({
    name: 'changed.json',
    mimeType: 'application/json',
    buffer: bytes,
  });
  await page.getByRole('button', { name: 'Check', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'does not hold' })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'False' })).toBeVisible();
  expect(complaints).toEqual([]);
});

test('remembers a ledger, demands to be shown that it grew, and takes export and model', async ({
  page,
  complaints,
}) => {
  const check = page.getByRole('button', { name: 'Check', exact: true });
  await page.getByLabel('Certificate').setInputFiles(first.withoutNames.json);
  await check.click();
  await expect(page.getByRole('heading', { name: 'The certificate holds' })).toBeVisible();

  // A browser writes down what a page keeps a moment after the page has said so.
  await expect(async () => {
    await page.reload();
    await expect(page.getByRole('button', { name: 'Forget all ledgers' })).toBeVisible({
      timeout: 2000,
    });
  }).toPass();
  await page.getByLabel('Certificate').setInputFiles(second.pdf);
  await check.click();
  await expect(page.getByRole('heading', { name: 'cannot be shown' })).toBeVisible();

  const model = join(folder, 'erased.onnx');
  writeFileSync(model, 'erased');
  await page.getByText('More to check it with').click();
  await page.getByLabel('Export of the ledger').setInputFiles(join(folder, 'export'));
  await page.getByLabel('Model', { exact: true }).setInputFiles(model);
  await check.click();
  await expect(page.getByRole('heading', { name: 'The certificate holds' })).toBeVisible();
  await expect(page.getByText('The model given is the erased model')).toBeVisible();

  await page.reload();
  await page.getByRole('button', { name: 'Forget all ledgers' }).click();
  await expect(page.getByText('All ledgers are forgotten.')).toBeVisible();
  expect(complaints).toEqual([]);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`can be used by everyone, ${colorScheme}`, async ({ page, complaints }) => {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width: 640, height: 430 });
    await page.getByLabel('Certificate').setInputFiles(first.pdf);
    await page.getByText('More to check it with').click();
    await page.getByRole('button', { name: 'Check', exact: true }).click();
    await expect(page.getByRole('heading', { name: 'The certificate holds' })).toBeVisible();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(640);
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
    const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
    expect(violations).toEqual([]);
    expect(complaints).toEqual([]);
  });
}
