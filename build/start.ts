import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runInBrowser } from '../app/browser-host/run-in-browser.ts';
import { bundle } from './bundle.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const electron = findElectron();
if ('obstacle' in electron) {
  process.stdout.write(
    `The window of Lethe cannot be opened, so it opens in a browser: ${electron.obstacle}.\n`,
  );
  await bundle('warn');
  process.exitCode = await runInBrowser(join(root, 'dist/renderer'));
} else {
  await bundle('warn');
  spawn(electron.program, [root], { stdio: 'inherit' }).on('exit', (code) => {
    process.exitCode = code ?? 1;
  });
}

/**
 * The Electron program, if it has been fetched and can open a window here. Importing `electron` would fetch it;
 * reading what its installer left behind does not.
 */
function findElectron(): { program: string } | { obstacle: string } {
  const folder = dirname(createRequire(import.meta.url).resolve('electron/package.json'));
  const pointer = join(folder, 'path.txt');
  const program = existsSync(pointer) ? join(folder, 'dist', readFileSync(pointer, 'utf8')) : null;
  if (program === null || !existsSync(program)) {
    return { obstacle: 'Electron has not been fetched yet (npx install-electron does that)' };
  }
  if (process.platform === 'linux') {
    if (process.env.DISPLAY === undefined && process.env.WAYLAND_DISPLAY === undefined) {
      return { obstacle: 'there is no screen (neither DISPLAY nor WAYLAND_DISPLAY is set)' };
    }
    if (process.getuid?.() === 0) {
      return { obstacle: 'Electron does not start as root unless it gives up its sandbox' };
    }
  }
  return { program };
}
