import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { vitestReporter } from './vitest-reporter.ts';

const seconds = 1000;

/** Machines are noisy: a time-out is for what hangs, not for what is slow. */
const project = (name: string, folders: string, timeout: number) => ({
  extends: true as const,
  test: {
    name,
    include: [`test/${folders}/**/*.test.ts`],
    testTimeout: timeout,
    hookTimeout: timeout,
  },
});

export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    pool: 'forks',
    // Beside it another stage is carried out, and an engine takes all cores.
    maxWorkers: 1,
    allowOnly: false,
    reporters: ['default', vitestReporter],
    projects: [
      project('layout', 'arch', 60 * seconds),
      project('unit', 'unit', 60 * seconds),
      project('integration', 'integration', 600 * seconds),
      project('faults', 'faults', 600 * seconds),
      project('long', 'long', 600 * seconds),
    ],
  },
});
