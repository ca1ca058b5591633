import { lostDevice } from '../accelerators/accelerators.ts';
import { ProblemError, toProblem } from '../protocol/problem.ts';
import type { Command, EngineEvent, Result } from '../protocol/protocol.ts';
import { accelerators } from './accelerators.ts';
import { erase } from './erase.ts';
import { inspect } from './inspect.ts';
import { Job } from './job.ts';
import { preview } from './preview.ts';
import { show } from './show.ts';
import { survey } from './survey.ts';
import { LastTerms } from './terms.ts';
import { train } from './train.ts';
import { verify } from './verify.ts';

/** The jobs of one engine process. They run one after the other: they share the accelerator and its memory. */
export class Jobs {
  readonly #send: (event: EngineEvent) => void;
  readonly #open = new Map<string, Job>();
  readonly #lastTerms = new LastTerms();
  #queue: Promise<void> = Promise.resolve();

  constructor(send: (event: EngineEvent) => void) {
    this.#send = send;
  }

  receive(command: Command): void {
    switch (command.type) {
      case 'cancel':
        // A job may have ended while its cancel was on the way.
        this.#open.get(command.job)?.cancel();
        return;
      case 'proceed':
        this.#open.get(command.job)?.proceed();
        return;
      default: {
        const job = new Job(command.job, this.#send);
        this.#open.set(command.job, job);
        this.#queue = this.#queue.then(() => this.#run(command, job));
      }
    }
  }

  async #run(command: JobCommand, job: Job): Promise<void> {
    try {
      await job.turn();
      this.#send({ type: 'result', job: job.id, result: await this.#carryOut(command, job) });
    } catch (thrown) {
      this.#send({ type: 'failure', job: job.id, problem: toProblem(explained(thrown)) });
    } finally {
      this.#open.delete(job.id);
    }
  }

  #carryOut(command: JobCommand, job: Job): Promise<Result> {
    switch (command.type) {
      case 'accelerators':
        return accelerators();
      case 'inspect':
        return inspect(command);
      case 'preview':
        return preview(command, job);
      case 'survey':
        return survey(command, job);
      case 'show':
        return show(command, job);
      case 'erase':
        return erase(command, job, this.#lastTerms);
      case 'verify':
        return verify(command, job);
      case 'train':
        return train(command, job);
    }
  }
}

type JobCommand = Exclude<Command, { type: 'cancel' | 'proceed' }>;

/** What was thrown, as what it means where the error itself does not tell. */
function explained(thrown: unknown): unknown {
  if (thrown instanceof ProblemError) return thrown;
  const loss = lostDevice();
  if (loss !== null) {
    return new ProblemError(
      'accelerator-lost',
      `${loss} The original model is as it was. Run it again, or choose the accelerator “onnxruntime”, which needs no graphics card.`,
      toProblem(thrown).detail,
      { cause: thrown },
    );
  }
  return asOutOfMemory(thrown);
}

/** V8 says "Array buffer allocation failed" where the machine has no memory left for a typed array. */
function asOutOfMemory(thrown: unknown): unknown {
  if (!(thrown instanceof RangeError) || !/allocation|array length/i.test(thrown.message))
    return thrown;
  return new ProblemError(
    'out-of-memory',
    'The model and images need more memory than this machine has free. Close other programs, or use a machine with more memory.',
    thrown.stack,
    { cause: thrown },
  );
}
