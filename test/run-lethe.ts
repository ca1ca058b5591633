import { spawn, type ChildProcess } from 'node:child_process';
import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from './temporary-folder.ts';

export const sampleModel = fileURLToPath(new URL('../app/sample/model', import.meta.url));
export const samplePictures = fileURLToPath(new URL('../app/sample/pictures', import.meta.url));

/** A few of the sample's pictures, for runs that need not come to a good result: 6 people, 8 training and 4 test images each. */
export function fewPictures(folder = temporaryFolder()): string {
  for (const [split, count] of [
    ['train', 8],
    ['test', 4],
  ] as const) {
    for (const person of readdirSync(join(samplePictures, split)).toSorted().slice(0, 6)) {
      const pictures = readdirSync(join(samplePictures, split, person)).toSorted();
      for (const picture of pictures.slice(0, count)) {
        const place = join(split, person, picture);
        cpSync(join(samplePictures, place), join(folder, place));
      }
    }
  }
  return folder;
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
