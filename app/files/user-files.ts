import { readFileSync } from 'node:fs';
import { ProblemError } from '../../engine/protocol/problem.ts';
import { writeDurably } from '../ledger/durable-file.ts';

/* Files and folders that somebody named: what goes wrong with them is told in sentences. */

/** @throws ProblemError `no-such-file` */
export function readUserFile(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new ProblemError(
      'no-such-file',
      `There is no file ${path} that can be read.`,
      String(cause),
      { cause },
    );
  }
}

/** @throws ProblemError `no-such-file` */
export function readUserText(path: string): string {
  return readUserFile(path).toString('utf8');
}

/**
 * @param mode such as 0o600
 * @throws ProblemError `disk-failed`
 */
export function writeUserFile(path: string, bytes: string | Uint8Array, mode: number): void {
  try {
    writeDurably(path, bytes, mode);
  } catch (cause) {
    throw unwritable(path, 'place', cause);
  }
}

/**
 * Does what writes into a folder.
 * @throws ProblemError `disk-failed`
 */
export function writingInto(folder: string, write: () => void): void {
  try {
    write();
  } catch (cause) {
    throw unwritable(folder, 'folder', cause);
  }
}

function unwritable(path: string, what: 'folder' | 'place', cause: unknown): ProblemError {
  return new ProblemError(
    'disk-failed',
    `Nothing can be written to ${path}. Choose another ${what}, or make room there.`,
    String(cause),
    { cause },
  );
}
