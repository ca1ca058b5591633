import envPaths from 'env-paths';

/** Where ledger, cases and settings are kept: the same folder as the `lethe` command's, unless LETHE_LEDGER names another. */
export function dataFolder(): string {
  return process.env.LETHE_LEDGER ?? envPaths('lethe', { suffix: '' }).data;
}
