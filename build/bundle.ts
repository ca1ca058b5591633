import { svelte } from '@sveltejs/vite-plugin-svelte';
import { fileURLToPath } from 'node:url';
import { build, type LogLevel } from 'vite';

const inProject = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** Bundles what a window opens into dist/: the renderer, and the bridges to it; and main for Electron's own Node. */
export async function bundle(logLevel: LogLevel): Promise<void> {
  const shared = { configFile: false, logLevel } as const;
  await build({
    ...shared,
    root: inProject('renderer'),
    plugins: [svelte()],
    build: {
      // Whoever starts Lethe on a busy machine has no use for a profile of its compiler.
      rolldownOptions: { checks: { bundlerTimings: false } },
      outDir: inProject('dist/renderer'),
      emptyOutDir: true,
      // The content security policy has no place for data: URLs or inline scripts.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      target: 'chrome140',
      reportCompressedSize: false,
    },
  });
  await build({
    ...shared,
    root: inProject('.'),
    build: {
      outDir: inProject('dist/renderer'),
      // Beside the page, which a browser host loads it into.
      emptyOutDir: false,
      lib: {
        entry: inProject('app/browser-host/bridge.ts'),
        formats: ['es'],
        fileName: () => 'bridge.js',
      },
      target: 'chrome140',
      reportCompressedSize: false,
    },
  });
  await build({
    ...shared,
    root: inProject('.'),
    build: {
      outDir: inProject('dist/preload'),
      emptyOutDir: true,
      // A sandboxed preload script is one file of CommonJS.
      lib: {
        entry: inProject('app/preload/preload.ts'),
        formats: ['cjs'],
        fileName: () => 'preload.cjs',
      },
      target: 'chrome140',
      rolldownOptions: { external: ['electron'] },
      reportCompressedSize: false,
    },
  });
  await build({
    ...shared,
    root: inProject('.'),
    build: {
      outDir: inProject('dist/main'),
      emptyOutDir: true,
      ssr: inProject('app/main/main.ts'),
      target: 'node22',
      rolldownOptions: { external: ['electron'] },
    },
  });
}

if (import.meta.main) await bundle('info');
