import { fileURLToPath } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test as base } from '@playwright/test';
import { rendererFiles } from '../../app/main/renderer-files.ts';
import { findChromium } from '../../build/checks/chromium.ts';

const address = 'https://lethe.test';

/** The built renderer in a Chromium, answered with the very responses that Electron gives it. */
const test = base.extend<{ complaints: string[] }>({
  complaints: async ({ page }, use) => {
    const respond = rendererFiles(fileURLToPath(new URL('../../dist/renderer', import.meta.url)));
    await page.route('**/*', async (route) => {
      const url = new URL(route.request().url());
      if (url.origin !== address) return route.abort();
      const response = await respond(url.pathname);
      return route.fulfill({
        status: response.status,
        headers: Object.fromEntries(response.headers),
        body: Buffer.from(await response.arrayBuffer()),
      });
    });
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (message.type() !== 'log') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('requestfailed', (request) => complaints.push(`failed: ${request.url()}`));
    await page.goto(address);
    await use(complaints);
  },
});

test.skip(
  findChromium() === undefined && process.env.CI === undefined,
  'there is no Chromium on this machine: install one, or name its path in CHROMIUM_PATH',
);

test('says truthfully what there is, and complains of nothing', async ({ page, complaints }) => {
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(
    'The guided interface is not built yet',
  );
  await expect(page.getByRole('textbox', { name: 'See it work' })).toHaveValue('npm run demo');
  await page.waitForLoadState('networkidle');
  expect(complaints).toEqual([]);
});

test('takes the keyboard to each command, ready to be copied', async ({ page, complaints }) => {
  for (const command of ['npm run demo', 'npm run lethe -- --help']) {
    await page.keyboard.press('Tab');
    const field = page.locator('input:focus');
    await expect(field).toHaveValue(command);
    expect(await page.evaluate('getSelection().toString()')).toBe(command);
  }
  expect(complaints).toEqual([]);
});

test('fits a window of half the width, as at 200% zoom', async ({ page, complaints }) => {
  await page.setViewportSize({ width: 640, height: 430 });
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(640);
  expect(complaints).toEqual([]);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`keeps the rules of accessibility in the ${colorScheme} theme`, async ({
    page,
    complaints,
  }) => {
    await page.emulateMedia({ colorScheme });
    const { violations, passes } = await new AxeBuilder({ page }).analyze();
    expect(violations).toEqual([]);
    expect(passes.map(({ id }) => id)).toContain('color-contrast');
    expect(complaints).toEqual([]);
  });
}

test('cannot reach a network', async ({ page, complaints }) => {
  expect(
    await page.evaluate(`fetch('https://elsewhere.test/').then(() => 'reached', () => 'refused')`),
  ).toBe('refused');
  expect(complaints.join('\n')).toContain('Content Security Policy');
});

test('makes no markup out of strings', async ({ page, complaints }) => {
  await expect(page.evaluate(`document.body.innerHTML = '<b>bold</b>'`)).rejects.toThrow(
    'TrustedHTML',
  );
  expect(complaints.join('\n')).toContain('TrustedHTML');
});
