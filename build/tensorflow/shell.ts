import { spawnSync } from 'node:child_process';

/** Set-up cannot go on. The message says why, and what to do. */
export class SetUpError extends Error {
  override readonly name = 'SetUpError';
}

/** A program that was started and failed, with what it wrote. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/**
 * Runs a program to its end.
 * @returns what it wrote to its standard output
 * @throws CommandError
 */
export function run(program: string, parameters: readonly string[], input = ''): string {
  const { status, stdout, stderr, error } = spawnSync(program, parameters, {
    input,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (error) throw new CommandError(error.message, { cause: error });
  if (status !== 0) throw new CommandError(`${stdout}${stderr}`.trim());
  return stdout;
}

/** The first of the programs that answers; null where none does. */
export function firstThatRuns(
  programs: readonly string[],
  parameters: readonly string[],
): string | null {
  return programs.find((program) => spawnSync(program, parameters).status === 0) ?? null;
}
