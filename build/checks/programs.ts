import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The path of a Chromium or Chrome of this machine: what CHROMIUM_PATH says, else one found in the usual places. */
export function findChromium(): string | undefined {
  const { CHROMIUM_PATH, PATH = '', ProgramFiles = '' } = process.env;
  if (CHROMIUM_PATH !== undefined) return CHROMIUM_PATH;
  const onPath = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'].flatMap(
    (name) => PATH.split(delimiter).map((folder) => join(folder, name)),
  );
  const places: Partial<Record<NodeJS.Platform, string[]>> = {
    darwin: ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'],
    win32: [join(ProgramFiles, 'Google/Chrome/Application/chrome.exe')],
  };
  return (places[process.platform] ?? onPath).find((file) => existsSync(file));
}

/** Installs what the end-to-end tests need and this machine lacks, where that takes nobody's leave: as root on Debian. */
export function provideForEndToEnd(): void {
  const missing = [
    ...(findChromium() === undefined ? ['chromium'] : []),
    ...(spawnSync('strace', ['-V']).status === 0 ? [] : ['strace']),
  ];
  if (missing.length === 0 || process.getuid?.() !== 0 || !isDebian()) return;
  process.stdout.write(
    `Installing ${missing.join(' and ')} for the end-to-end tests (apt-get install) …\n`,
  );
  for (const parameters of [['update'], ['install', '-y', '--no-install-recommends', ...missing]]) {
    const { status, error, stderr } = spawnSync('apt-get', parameters, {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      stdio: ['ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
    });
    if (status !== 0) {
      process.stdout.write(`They could not be installed: ${error?.message ?? stderr}\n`);
      return;
    }
  }
}

function isDebian(): boolean {
  return (
    existsSync('/etc/os-release') && /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'))
  );
}
