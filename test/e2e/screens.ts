import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { fileURLToPath } from 'node:url';
import { expect } from './with-lethe.ts';

/** Where screenshots go, to be looked at. */
const folder = fileURLToPath(new URL('./screens', import.meta.url));

/** In one theme the smallest window there is, in the other a window enlarged to 200%, which halves it. */
const views = [
  { colorScheme: 'light', width: 1024, height: 700 },
  { colorScheme: 'dark', width: 640, height: 400 },
] as const;

/**
 * Looks at a screen as it is: it keeps the rules of accessibility, and scrolls in one direction only. Leaves a screenshot of
 * each theme at 1280×800.
 */
export async function look(page: Page, name: string): Promise<void> {
  for (const { colorScheme, width, height } of views) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.screenshot({ path: `${folder}/${name}-${colorScheme}.png`, caret: 'hide' });
    await page.setViewportSize({ width, height });
    expect(await page.evaluate('document.documentElement.scrollWidth'), name).toBe(width);
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(
      violations.map(({ id, nodes }) => [
        id,
        nodes.map(({ html, any }) => [html, any[0]?.message]),
      ]),
      `${name} in the ${colorScheme} theme`,
    ).toEqual([]);
    await page.setViewportSize({ width: 1280, height: 800 });
  }
  await page.emulateMedia({ colorScheme: 'light' });
}
