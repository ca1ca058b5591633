import { fillDisk } from './full-disk.ts';
import { killWriters } from './kills.ts';
import type { Outcome } from './outcome.ts';
import { tamperWith } from './tampering.ts';

const lengths = {
  short: { kills: 200, diskStep: 8 << 10, days: [4, 5, 6], flipsPerPage: 4 },
  full: { kills: 10_000, diskStep: 4 << 10, days: [20, 1, 30, 40], flipsPerPage: 64 },
} as const;

/** @param done is told of each harm as it was done */
export async function ledgerFaults(
  length: keyof typeof lengths,
  done: (outcome: Outcome) => void = () => undefined,
): Promise<Outcome[]> {
  const { kills, diskStep, ...extent } = lengths[length];
  const outcomes: Outcome[] = [];
  const take = (...more: readonly Outcome[]): void => {
    for (const outcome of more) {
      outcomes.push(outcome);
      done(outcome);
    }
  };
  take(fillDisk(diskStep));
  take(...tamperWith(extent));
  take(...(await killWriters(kills)));
  return outcomes;
}
