import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from './bundle.ts';
import { buildVerifier } from './verifier.ts';

/** `npm run package`: installers of this system's kind; `-- --dir` leaves what they would install as a folder. */

const root = fileURLToPath(new URL('..', import.meta.url));
await bundle('warn');
await buildVerifier(join(root, 'dist'));
const builder = dirname(createRequire(import.meta.url).resolve('electron-builder/package.json'));
const parameters = ['--config', 'electron-builder.yml', '--publish', 'never'];
spawn(process.execPath, [join(builder, 'cli.js'), ...parameters, ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
}).on('exit', (code) => {
  process.exitCode = code ?? 1;
});
