import { defineConfig } from '@playwright/test';
import { fileURLToPath } from 'node:url';
import { findChromium } from './programs.ts';

const inProject = (path: string): string =>
  fileURLToPath(new URL(`../../${path}`, import.meta.url));
const executablePath = findChromium();

export default defineConfig({
  globalSetup: fileURLToPath(new URL('./playwright-setup.ts', import.meta.url)),
  // Beside them in test/long are tests for Vitest.
  testMatch: '**/*.spec.ts',
  projects: [
    // It bundles anew what the others open.
    { name: 'start', testDir: inProject('test/e2e'), testMatch: 'start.spec.ts' },
    {
      name: 'end-to-end',
      testDir: inProject('test/e2e'),
      testIgnore: 'start.spec.ts',
      dependencies: ['start'],
    },
    { name: 'long-end-to-end', testDir: inProject('test/long') },
  ],
  outputDir: inProject('test-results'),
  // Beside it another stage is carried out, and an engine takes all cores.
  workers: 1,
  forbidOnly: true,
  // For what hangs, not for what is slow.
  timeout: 600_000,
  expect: { timeout: 30_000 },
  reporter: [['list'], ['./playwright-reporter.ts']],
  use: {
    browserName: 'chromium',
    launchOptions: {
      ...(executablePath === undefined ? {} : { executablePath }),
      // Nothing that a test opens may depend on a network.
      args: [
        '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
        '--disable-background-networking',
      ],
    },
  },
});
