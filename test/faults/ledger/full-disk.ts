import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProblemError } from '../../../engine/protocol/problem.ts';
import { openLedger, verifyLedger, type Ledger } from '../../../app/ledger/ledger.ts';
import { checkpointOf, contentAt, entriesIn, goesOn, writeDays } from './ledgers.ts';
import { Tally, type Outcome } from './outcome.ts';

/**
 * A ledger on a small disk that becomes full at every point of a case: while it is opened, at each entry, while its key
 * is replaced, while it is closed. What fails has to say so in a sentence, everything acknowledged has to be there, no
 * write may succeed after one that failed, and with room again the ledger goes on.
 */

const harm = 'the disk full at every point of a case';
const kilobyte = 1024;
const page = 4 * kilobyte;

/** @param step between one amount of free space and the next, bytes */
export function fillDisk(step: number): Outcome {
  const disk = mkdtempSync(join(tmpdir(), 'lethe-small-disk-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2M', 'tmpfs', disk]);
  const tally = new Tally(harm);
  if (mounted.status !== 0) {
    rmSync(disk, { recursive: true });
    return tally.skipped('a small disk (tmpfs) cannot be mounted here');
  }
  const original = mkdtempSync(join(tmpdir(), 'lethe-original-'));
  try {
    writeDays(original, [9]);
    let isEnough = false;
    for (let room = 0; !isEnough; room += step) isEnough = tryWith(disk, original, room, tally);
    return tally.outcome();
  } finally {
    spawnSync('umount', [disk]);
    rmSync(disk, { recursive: true, force: true });
    rmSync(original, { recursive: true });
  }
}

/** @returns whether the room was enough for all of it */
function tryWith(disk: string, original: string, room: number, tally: Tally): boolean {
  const folder = join(disk, 'ledger');
  const filler = join(disk, 'filler');
  rmSync(folder, { recursive: true, force: true });
  cpSync(original, folder, { recursive: true });
  const before = entriesIn(folder).map(({ hash }) => hash);
  const checkpoint = checkpointOf(folder);
  const { bsize, bavail } = statfsSync(disk);
  writeFileSync(filler, Buffer.alloc(Math.max(0, bsize * bavail - Math.ceil(room / page) * page)));

  const { acknowledged, isHonest, isDone } = carryOut(folder, () => {
    rmSync(filler);
  });
  rmSync(filler, { force: true });
  const report = verifyLedger(folder, checkpoint);
  const present = new Set(entriesIn(folder).map(({ hash }) => hash));
  const lost = [...before, ...acknowledged].filter((hash) => !present.has(hash)).length;
  const isWhole = report.ok && goesOn(folder) && verifyLedger(folder, checkpoint).ok;
  tally.survived(lost, isHonest && isWhole);
  return isDone;
}

interface Attempt {
  readonly acknowledged: readonly string[];
  /** What failed said so, and nothing was written after it. */
  readonly isHonest: boolean;
  readonly isDone: boolean;
}

/** @param makeRoom called after the first failure */
function carryOut(folder: string, makeRoom: () => void): Attempt {
  const acknowledged: string[] = [];
  let ledger: Ledger;
  try {
    ledger = openLedger(folder, '0.1.0', { clock: () => new Date('2026-11-02T10:00:00.000Z') });
  } catch (thrown) {
    return { acknowledged, isHonest: isClear(thrown), isDone: false };
  }
  const append = (step: number): void => {
    acknowledged.push(ledger.append(contentAt(step)).hash);
  };
  const steps: (() => void)[] = [
    ...[0, 1, 2].map((step) => () => {
      append(step);
    }),
    () => {
      ledger.rotateKey();
    },
    () => {
      append(3);
    },
  ];
  try {
    for (const [place, step] of steps.entries()) {
      try {
        step();
      } catch (thrown) {
        makeRoom();
        const isRefused = steps.slice(place).every((later) => isRefusal(later));
        return { acknowledged, isHonest: isClear(thrown) && isRefused, isDone: false };
      }
    }
    return { acknowledged, isHonest: true, isDone: true };
  } finally {
    ledger.close();
  }
}

function isClear(thrown: unknown): boolean {
  if (!(thrown instanceof ProblemError)) return false;
  const { code, sentence } = thrown.problem;
  return code === 'ledger-failed' && sentence.includes('disk');
}

function isRefusal(action: () => void): boolean {
  try {
    action();
    return false;
  } catch (thrown) {
    return thrown instanceof ProblemError && thrown.message.includes('takes no more entries');
  }
}
