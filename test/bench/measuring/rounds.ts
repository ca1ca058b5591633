import type { Done, Ready, Request } from './answer.ts';
import { NotMeasured, type Program } from './program.ts';

/** The first steps build what the later ones use again. */
const warmUp = 2;

export interface Measured {
  readonly name: string;
  readonly ready: Ready;
  /** Of each counted round. */
  readonly seconds: readonly number[];
  readonly peakBytes: number;
}

/** What could not be measured, and why. */
export interface Failed {
  readonly name: string;
  readonly reason: string;
}

export interface Outcome {
  readonly measured: Measured[];
  readonly failed: Failed[];
}

/**
 * Starts the programs, lets them work in turn, so that whatever else the machine does hits all of them alike, and ends
 * them.
 */
export async function measureInTurn(
  starts: ReadonlyMap<string, () => Promise<Program>>,
  request: Request,
  rounds: number,
): Promise<Outcome> {
  const failed: Failed[] = [];
  const running: { program: Program; answers: Done[] }[] = [];
  try {
    for (const [name, start] of starts) {
      const program = await orReason(start, name, failed);
      if (program) running.push({ program, answers: [] });
    }
    for (let round = 0; round < warmUp + rounds; round++) {
      for (const each of [...running]) {
        const { program } = each;
        const answer = await orReason(() => program.work(request), program.name, failed);
        if (answer) each.answers.push(answer);
        else running.splice(running.indexOf(each), 1);
      }
    }
  } finally {
    await Promise.all(running.map(({ program }) => program.end()));
  }
  const measured = running.map(({ program, answers }) => ({
    name: program.name,
    ready: program.ready,
    seconds: answers.slice(warmUp).map(({ seconds }) => seconds),
    peakBytes: Math.max(...answers.map(({ peakBytes }) => peakBytes)),
  }));
  return { measured, failed };
}

/** The kernels of one step, once those before it have built what it uses. */
export async function measureKernels(start: () => Promise<Program>): Promise<Done> {
  const program = await start();
  try {
    for (let round = 0; round < warmUp; round++) await program.work('step');
    return await program.work('kernels');
  } finally {
    await program.end();
  }
}

async function orReason<Result>(
  attempt: () => Promise<Result>,
  name: string,
  failed: Failed[],
): Promise<Result | null> {
  try {
    return await attempt();
  } catch (error) {
    if (!(error instanceof NotMeasured)) throw error;
    failed.push({ name, reason: error.message });
    return null;
  }
}
