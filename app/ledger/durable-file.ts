import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** A file written in full under another name, waiting to appear under its own. */
export interface StagedFile {
  /** Makes it appear, whole, replacing what had the name. */
  publish(): void;
  discard(): void;
}

/** @param mode such as 0o600 */
export function stageFile(path: string, bytes: string | Uint8Array, mode: number): StagedFile {
  const name = `.${basename(path)}.${randomBytes(4).toString('hex')}.tmp`;
  const staged = join(dirname(path), name);
  const discard = (): void => {
    rmSync(staged, { force: true });
  };
  try {
    writeFileSync(staged, bytes, { flag: 'wx', mode, flush: true });
  } catch (cause) {
    discard();
    throw cause;
  }
  return {
    publish() {
      renameSync(staged, path);
      syncFolder(dirname(path));
    },
    discard,
  };
}

/** After it, the file holds either what it held before or all of `bytes`, whatever happens to the machine. */
export function writeDurably(path: string, bytes: string | Uint8Array, mode: number): void {
  const staged = stageFile(path, bytes, mode);
  try {
    staged.publish();
  } catch (cause) {
    staged.discard();
    throw cause;
  }
}

/** Bytes at once. */
const overwritten = 1 << 20;

/**
 * Overwrites a file by random bytes and removes it. What the disk keeps of it besides (a journal, a snapshot, the spare
 * cells of flash memory) is beyond a program's reach.
 */
export function destroyFile(path: string): void {
  const descriptor = openSync(path, 'r+');
  try {
    const { size } = fstatSync(descriptor);
    for (let at = 0; at < size; at += overwritten) {
      writeSync(descriptor, randomBytes(Math.min(overwritten, size - at)), 0, undefined, at);
    }
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  rmSync(path);
  syncFolder(dirname(path));
}

/** Makes names created, renamed or removed in a folder survive a power failure. */
export function syncFolder(folder: string): void {
  // Windows opens no folders as files and keeps its directory entries durable itself.
  if (process.platform === 'win32') return;
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
