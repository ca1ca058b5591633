import { createHash } from 'node:crypto';
import { lstat, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ProblemError } from '../protocol/problem.ts';

/**
 * Lets `write` make a file or folder under the name `<output>.partial`, and gives it its name once all of it is on the disk.
 * Nothing that was there before is overwritten, and after a failure nothing is left behind.
 * @throws ProblemError `output-exists`, `disk-failed`
 */
export async function writeOutput<T>(
  output: string,
  write: (partial: string) => Promise<T>,
): Promise<T> {
  const partial = `${output}.partial`;
  for (const path of [output, partial]) await requireFree(path);
  try {
    const result = await write(partial);
    await requireFree(output);
    await rename(partial, output);
    await syncFolder(dirname(output));
    return result;
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw error instanceof Error && 'syscall' in error ? diskFailed(output, error) : error;
  }
}

/**
 * Writes a new file from its pieces in turn.
 * @returns its SHA-256 in hexadecimal, once it is on the disk
 */
export async function writeFileDurably(
  path: string,
  pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<string> {
  const hash = createHash('sha256');
  await using file = await open(path, 'wx');
  for await (const piece of pieces) {
    hash.update(piece);
    for (let written = 0; written < piece.length;) {
      written += (await file.write(piece, written)).bytesWritten;
    }
  }
  await file.sync();
  return hash.digest('hex');
}

async function requireFree(path: string): Promise<void> {
  try {
    await lstat(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return;
    throw diskFailed(path, error);
  }
  throw new ProblemError(
    'output-exists',
    `There is something at ${path} already. Choose another place for the model, or move what is there.`,
  );
}

/** Makes new names in a folder last through a power failure. Windows has no such call for folders, and needs none. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  await using folder = await open(path, 'r');
  await folder.sync();
}

function diskFailed(path: string, error: unknown): ProblemError {
  return new ProblemError(
    'disk-failed',
    `The model could not be written to ${path}. Check that the folder exists, that you may write there and that the disk has room; nothing was left behind.`,
    String(error),
    { cause: error },
  );
}
