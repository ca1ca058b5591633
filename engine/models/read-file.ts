import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { ProblemError } from '../protocol/problem.ts';

/**
 * The bytes of one file of a model.
 * @param limit the most bytes it may have; a larger file is refused before anything is read
 * @throws ProblemError `no-such-file` when it is not there or may not be read, `unsupported-model` when it is too large
 */
export async function readModelFile(path: string, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  try {
    await using file = await open(path, 'r');
    const { size } = await file.stat();
    if (size > limit) {
      throw new ProblemError(
        'unsupported-model',
        `The file ${basename(path)} has ${inMebibytes(size)} MiB; models are read up to ${inMebibytes(limit)} MiB.`,
      );
    }
    const { buffer, byteOffset, length } = await file.readFile();
    return new Uint8Array(buffer, byteOffset, length);
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    throw unreadable(path, error);
  }
}

/** What to say of a path that the file system does not let us read. */
export function unreadable(path: string, error: unknown): ProblemError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const sentence =
    code === 'ENOENT' || code === 'ENOTDIR'
      ? `There is no file at ${path}. Check the spelling, or choose the model anew.`
      : `The file at ${path} cannot be read. Check that it is a file and that you may open it.`;
  return new ProblemError('no-such-file', sentence, String(error), { cause: error });
}

function inMebibytes(bytes: number): string {
  return String(Math.ceil(bytes / 2 ** 20));
}
