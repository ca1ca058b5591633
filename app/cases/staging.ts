import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ProblemError } from '../../engine/protocol/problem.ts';
import { syncFolder } from '../ledger/durable-file.ts';

const prefix = '.lethe-staging-';

/** A new path inside `output` for what is not finished yet. Only a folder named so is ever removed. */
export function stagingFolder(output: string): string {
  return join(output, `${prefix}${randomBytes(6).toString('hex')}`);
}

/** @throws ProblemError `disk-failed` */
export function makeStaging(staging: string): void {
  requireStagingName(staging);
  try {
    mkdirSync(staging, { recursive: true });
  } catch (cause) {
    throw new ProblemError(
      'disk-failed',
      `Nothing can be written at ${staging}. Choose another folder for the erased model, or make room there.`,
      String(cause),
      { cause },
    );
  }
}

/** What cannot be removed now, as some program holds it open, is removed when the cases are opened the next time. */
export function removeStaging(staging: string): void {
  requireStagingName(staging);
  try {
    rmSync(staging, { recursive: true, force: true });
  } catch {
    return;
  }
}

/** @throws ProblemError `output-exists`, before anything is moved */
export function requireRoom(staging: string, output: string): void {
  for (const name of readdirSync(staging)) {
    if (existsSync(join(output, name))) {
      throw new ProblemError(
        'output-exists',
        `There is something at ${join(output, name)} by now, and nothing is overwritten. Take it away, or choose another folder.`,
      );
    }
  }
}

/** Moves what was staged to where it was meant to be; done twice, it does nothing the second time. */
export function publishStaged(staging: string, output: string): void {
  requireStagingName(staging);
  if (!existsSync(staging)) return;
  requireRoom(staging, output);
  for (const name of readdirSync(staging)) renameSync(join(staging, name), join(output, name));
  removeStaging(staging);
  syncFolder(output);
}

/** The path stands in a file that someone may have changed, and what is at it gets removed. */
function requireStagingName(staging: string): void {
  if (!basename(staging).startsWith(prefix)) {
    throw new Error(`${staging} is no staging folder of Lethe's`);
  }
}
