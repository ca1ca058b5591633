import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { listCases, openCases } from '../../app/cases/cases.ts';
import { verifyLedger } from '../../app/ledger/ledger.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { bundled } from './bundled.ts';

const program = await bundled(
  fileURLToPath(new URL('cases/change-until-killed.ts', import.meta.url)),
);
const kills = 30;

/** @returns what it said, one line after the other */
async function killedWriter(folder: string): Promise<string[]> {
  const writer = spawn(process.execPath, [program, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said: Buffer[] = [];
  writer.stdout.on('data', (chunk: Buffer) => said.push(chunk));
  await Promise.race([once(writer.stdout, 'data'), once(writer, 'close')]);
  await pause(Math.random() * 300);
  writer.kill('SIGKILL');
  await once(writer, 'close');
  return Buffer.concat(said).toString().split('\n').slice(0, -1);
}

describe('cases whose writer is killed again and again', () => {
  it('have their names until they are forgotten, and then have no file', async () => {
    const folder = join(temporaryFolder(), 'ledger');
    const said: string[] = [];
    for (let kill = 0; kill < kills; kill++) said.push(...(await killedWriter(folder)));
    openCases(folder, '0.1.0').close();

    expect(verifyLedger(folder)).toMatchObject({ ok: true });
    const records = new Map(listCases(folder).map((record) => [record.id, record]));
    for (const line of said) {
      const [what, id] = line.split(' ');
      expect(records.get(id)?.state, line).toBe('closed');
      if (what === 'forgotten') expect(records.get(id)?.names, line).toBe('forgotten');
    }
    const kept = [...records.values()].filter(({ forgotten }) => forgotten === null);
    for (const { id, names, details } of kept) {
      expect(names, id).toBe('open');
      expect(details?.notes, id).toMatch(/^Holm-\d$/);
    }
    const files = readdirSync(join(folder, 'cases')).filter((name) => !name.startsWith('.'));
    expect(files.toSorted()).toEqual(
      kept.flatMap(({ id }) => [`${id}.case`, `${id}.key`]).toSorted(),
    );
  });
});
