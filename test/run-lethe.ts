import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { copyFewPictures } from './sample.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** See copyFewPictures, in a folder that goes with the test. */
export function fewPictures(): string {
  return copyFewPictures(temporaryFolder());
}

const program = fileURLToPath(new URL('../app/cli/lethe.ts', import.meta.url));

/** What `lethe erase` exits with when a run came to its end, by its verdict. */
export const finishedStatuses: readonly (number | null)[] = [0, 1, 4];

export interface Finished {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
  readonly errors: string;
}

/** The `lethe` command in a process of its own, as a person would start it. */
export function startLethe(
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): {
  child: ChildProcess;
  finished: Promise<Finished>;
} {
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
    // A process group of its own, so that a test can send it what a terminal sends: a signal to the whole group.
    detached: true,
  });
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const finished = new Promise<Finished>((resolve) => {
    child.on('close', (status, signal) => {
      resolve({ status, signal, output, errors });
    });
  });
  return { child, finished };
}

export function runLethe(
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<Finished> {
  return startLethe(args, environment).finished;
}
