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

/** Installs Chromium where that takes nobody's leave, as root on Debian, if there is none. */
export function provideChromium(): void {
  if (findChromium() !== undefined || process.getuid?.() !== 0 || !isDebian()) return;
  process.stdout.write(
    'Installing Chromium for the end-to-end tests (apt-get install chromium) …\n',
  );
  for (const parameters of [['update'], ['install', '-y', '--no-install-recommends', 'chromium']]) {
    const { status, error, stderr } = spawnSync('apt-get', parameters, {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      stdio: ['ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
    });
    if (status !== 0) {
      process.stdout.write(`Chromium could not be installed: ${error?.message ?? stderr}\n`);
      return;
    }
  }
}

function isDebian(): boolean {
  return (
    existsSync('/etc/os-release') && /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'))
  );
}
