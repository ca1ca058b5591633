import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * The Electron program, if it has been fetched and can open a window here. Importing `electron` would fetch it;
 * reading what its installer left behind does not.
 */
export function findElectron(): { program: string } | { obstacle: string } {
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
