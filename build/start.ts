import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runInBrowser } from '../app/browser-host/run-in-browser.ts';
import { bundle } from './bundle.ts';
import { findElectron } from './electron.ts';

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
