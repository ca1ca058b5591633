import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import manifest from '../../package.json' with { type: 'json' };
import { passphraseProtection } from '../ledger/key-protection.ts';
import { keepWritersAway } from '../ledger/writer-lock.ts';
import { dataFolder } from '../services/data-folder.ts';
import { serve } from './serve.ts';

/**
 * Serves Lethe until it is stopped. Its address goes to standard output and, where there is a desktop, to its browser.
 * @param rendererFolder the built renderer
 * @returns the exit code
 */
export async function runInBrowser(rendererFolder: string): Promise<number> {
  const folder = dataFolder();
  const release = keepWritersAway(folder);
  if (release === null) {
    process.stderr.write(
      'Another Lethe is at work on this ledger already. Use that one, or close it and start Lethe again.\n',
    );
    return 2;
  }
  release();
  const passphrase = process.env.LETHE_PASSPHRASE ?? '';
  const served = await serve({
    folder,
    version: manifest.version,
    protection: passphrase === '' ? null : passphraseProtection(passphrase),
    rendererFolder,
    port: Number(process.env.LETHE_PORT ?? 0),
    log: (line) => {
      process.stderr.write(`${line}\n`);
    },
  });
  const address = served.host.newAddress();
  process.stdout.write(`Open Lethe at ${address}\n`);
  process.stdout.write('The address works once. Press Enter for a new one, Ctrl-C to stop.\n');
  const forget = isDesktop() ? openInBrowser(address) : () => undefined;
  const lines = createInterface({ input: process.stdin });
  lines.on('line', () => {
    process.stdout.write(`Open Lethe at ${served.host.newAddress()}\n`);
  });
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, resolve);
  });
  lines.close();
  forget();
  await served.close();
  return 0;
}

function isDesktop(): boolean {
  if (process.platform !== 'linux') return true;
  return process.env.DISPLAY !== undefined || process.env.WAYLAND_DISPLAY !== undefined;
}

/**
 * By way of a page that only this account can read: the parameters of a program are seen by all accounts of the machine.
 * @returns what removes that page
 */
function openInBrowser(address: string): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'lethe-'));
  const page = join(folder, 'open-lethe.html');
  writeFileSync(
    page,
    `<!doctype html><meta charset="utf-8"><meta name="referrer" content="no-referrer"><meta http-equiv="refresh" content="0; url=${address}"><title>Lethe</title>\n`,
    { mode: 0o600 },
  );
  const [program, ...parameters] = openers[process.platform] ?? ['xdg-open'];
  spawn(program, [...parameters, page], { stdio: 'ignore', detached: true })
    // Without such a program there is still the address to click on.
    .on('error', () => undefined)
    .unref();
  return () => {
    rmSync(folder, { recursive: true, force: true });
  };
}

const openers: Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
};
