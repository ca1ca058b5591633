import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { openLedger, readLedger, verifyLedger } from '../../../app/ledger/ledger.ts';

it('keeps every acknowledged entry and verifies, however often its writer is killed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lethe-killed-'));
  const acknowledged: string[] = [];
  for (let kill = 0; kill < 20; kill++) {
    const writer = spawn(
      process.execPath,
      [fileURLToPath(new URL('append-forever.ts', import.meta.url)), folder],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    const said: Buffer[] = [];
    writer.stdout.on('data', (chunk: Buffer) => said.push(chunk));
    // One in four dies while it starts, when the ledger is made or recovered.
    if (kill % 4 !== 0) await once(writer.stdout, 'data');
    await pause(Math.random() * (kill % 4 === 0 ? 400 : 80));
    writer.kill('SIGKILL');
    await once(writer, 'close');
    acknowledged.push(...Buffer.concat(said).toString().split('\n').slice(0, -1));

    if (acknowledged.length === 0) continue;
    expect(verifyLedger(folder)).toMatchObject({ ok: true });
    const reader = readLedger(folder);
    const present = new Set([...reader.entries()].map(({ hash }) => hash));
    reader.close();
    expect(acknowledged.filter((hash) => !present.has(hash))).toEqual([]);
  }
  // At least the first entry of each of the 15 writers that were let live until then.
  expect(acknowledged.length).toBeGreaterThanOrEqual(15);
  openLedger(folder, '0.1.0').close();
  expect(verifyLedger(folder)).toMatchObject({ ok: true });
  rmSync(folder, { recursive: true });
}, 120_000);
