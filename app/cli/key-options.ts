import { readFileSync } from 'node:fs';
import { Option } from 'commander';
import { ProblemError } from '../../engine/protocol/problem.ts';
import { passphraseProtection, unprotected, type KeyProtection } from '../ledger/key-protection.ts';

/** How commands that write to the ledger learn the passphrase of its key. */
export const passphraseFileOption = (): Option =>
  new Option(
    '--passphrase-file <file>',
    "a file whose first line is the passphrase of the ledger's key; or set LETHE_PASSPHRASE",
  ).env('LETHE_PASSPHRASE_FILE');

/**
 * Without a passphrase anywhere, keys are kept without one.
 * @param file null asks for no passphrase, whatever the environment says
 * @throws ProblemError `no-such-file`
 */
export function chosenProtection(file: string | null | undefined): KeyProtection {
  if (file === null) return unprotected;
  const passphrase = file === undefined ? process.env.LETHE_PASSPHRASE : firstLine(file);
  return passphrase === undefined || passphrase === ''
    ? unprotected
    : passphraseProtection(passphrase);
}

function firstLine(file: string): string {
  let line: string;
  try {
    [line] = readFileSync(file, 'utf8').split(/\r?\n/, 1);
  } catch (cause) {
    throw new ProblemError(
      'no-such-file',
      `The file with the passphrase, ${file}, cannot be read.`,
      String(cause),
      { cause },
    );
  }
  if (line === '') {
    throw new ProblemError(
      'bad-command',
      `The first line of ${file} is empty: it holds no passphrase.`,
    );
  }
  return line;
}
