import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Bundles a program that is to be killed again and again: of one that has to compile its own sources first, most of what is
 * killed would be compiling.
 * @returns the path of the bundle
 */
export async function bundled(program: string): Promise<string> {
  const outDir = join(root, 'dist/faults');
  await build({
    configFile: false,
    logLevel: 'warn',
    root,
    ssr: { noExternal: true },
    build: {
      outDir,
      emptyOutDir: false,
      ssr: program,
      target: 'node22',
      rolldownOptions: { external: ['better-sqlite3'], output: { entryFileNames: '[name].mjs' } },
    },
  });
  return join(outDir, `${basename(program, '.ts')}.mjs`);
}
