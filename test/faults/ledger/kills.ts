import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { verifyLedger } from '../../../app/ledger/ledger.ts';
import { bundled } from '../bundled.ts';
import { checkpointOf, entriesIn, goesOn } from './ledgers.ts';
import { Tally, type Outcome } from './outcome.ts';

const program = await bundled(fileURLToPath(new URL('append-until-killed.ts', import.meta.url)));
/** Then the next ledger is begun: what a kill can do to it does not depend on its length, and checking it does. */
const killsPerLedger = 10;

/** Two writers, each of a ledger of its own, killed again and again: most of a try is waiting for them to start. */
export async function killWriters(kills: number): Promise<Outcome[]> {
  const killed = new Tally('the writer killed (kill -9)');
  const withoutWal = new Tally('the same, and the WAL removed');
  const half = Math.ceil(kills / 2);
  await Promise.all([
    killOneAfterTheOther(half, killed, withoutWal),
    killOneAfterTheOther(kills - half, killed, withoutWal),
  ]);
  return [killed.outcome(), withoutWal.outcome()];
}

async function killOneAfterTheOther(
  kills: number,
  killed: Tally,
  withoutWal: Tally,
): Promise<void> {
  for (let done = 0; done < kills; done += killsPerLedger) {
    const folder = mkdtempSync(join(tmpdir(), 'lethe-killed-'));
    try {
      await killOften(folder, Math.min(killsPerLedger, kills - done), killed, withoutWal);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

async function killOften(
  parent: string,
  kills: number,
  killed: Tally,
  withoutWal: Tally,
): Promise<void> {
  const folder = join(parent, 'ledger');
  const copy = join(parent, 'copy');
  mkdirSync(folder);
  const acknowledged: string[] = [];
  let checkpoint: string | undefined;
  for (let kill = 0; kill < kills; kill++) {
    acknowledged.push(...(await killedWriter(folder, acknowledged.length, kill)));
    if (acknowledged.length === 0) {
      // Killed before the first entry: there may be no ledger at all, but the next writer makes one.
      killed.survived(0, true);
      continue;
    }
    rmSync(copy, { recursive: true, force: true });
    cpSync(folder, copy, { recursive: true });
    const report = verifyLedger(folder, checkpoint);
    killed.survived(lostIn(folder, acknowledged), report.ok);
    rmSync(join(copy, 'ledger.sqlite-wal'), { force: true });
    rmSync(join(copy, 'ledger.sqlite-shm'), { force: true });
    takeWithoutWal(copy, acknowledged, checkpoint, withoutWal);
    if (report.ok) checkpoint = checkpointOf(folder);
  }
}

/**
 * An entry that was not acknowledged yet may go with the WAL; a checkpoint that counts it shows that. A WAL that was being
 * written back when its writer died leaves a damaged file behind, which shows by itself.
 */
function takeWithoutWal(
  copy: string,
  acknowledged: readonly string[],
  checkpoint: string | undefined,
  tally: Tally,
): void {
  const alone = verifyLedger(copy);
  if (!alone.ok) {
    tally.found(alone.entry !== null);
    return;
  }
  const lost = lostIn(copy, acknowledged);
  const against = verifyLedger(copy, checkpoint);
  const isWhole = goesOn(copy) && verifyLedger(copy).ok;
  if (against.ok || !isWhole) tally.survived(lost, isWhole);
  else tally.foundByCheckpoint(against.entry !== null, lost);
}

/** @returns hashes of the entries that it acknowledged */
async function killedWriter(folder: string, step: number, kill: number): Promise<string[]> {
  const writer = spawn(process.execPath, [program, folder, String(step)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said: Buffer[] = [];
  writer.stdout.on('data', (chunk: Buffer) => said.push(chunk));
  // One in four dies while it starts, when a ledger is made or mended.
  const isEarly = kill % 4 === 0;
  if (!isEarly) await Promise.race([once(writer.stdout, 'data'), once(writer, 'close')]);
  await pause(Math.random() * (isEarly ? 200 : 60));
  writer.kill('SIGKILL');
  await once(writer, 'close');
  return Buffer.concat(said).toString().split('\n').slice(0, -1);
}

function lostIn(folder: string, acknowledged: readonly string[]): number {
  const present = new Set(entriesIn(folder).map(({ hash }) => hash));
  return acknowledged.filter((hash) => !present.has(hash)).length;
}
