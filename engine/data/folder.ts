import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { ProblemError } from '../protocol/problem.ts';

/**
 * What is in a folder, hidden things left out, in no particular order.
 * @throws ProblemError `no-such-file`, `unreadable-data`
 */
export async function readFolder(path: string): Promise<Dirent[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return entries.filter(({ name }) => !name.startsWith('.'));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'ENOENT') {
      throw new ProblemError(
        'no-such-file',
        `There is no folder at ${path}. Check the spelling, or choose the data anew.`,
        String(error),
        { cause: error },
      );
    }
    throw new ProblemError(
      'unreadable-data',
      code === 'ENOTDIR'
        ? `${path} is a file. Choose the folder that holds the images.`
        : `The folder ${path} cannot be read. Check that you may open it.`,
      String(error),
      { cause: error },
    );
  }
}
