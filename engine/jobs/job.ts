import { setImmediate } from 'node:timers/promises';
import { type ErasePlan, type Progress, type EngineEvent } from '../protocol/protocol.ts';
import { ProblemError } from '../protocol/problem.ts';

/** One command at work: how it reports, waits and is cancelled. */
export class Job {
  readonly id: string;
  readonly #send: (event: EngineEvent) => void;
  #cancelled = false;
  readonly #proceed = Promise.withResolvers<void>();

  constructor(id: string, send: (event: EngineEvent) => void) {
    this.id = id;
    this.#send = send;
    // A job that is cancelled before anyone waits for `proceed` must not count as an unhandled rejection.
    this.#proceed.promise.catch(() => undefined);
  }

  notice(sentence: string): void {
    this.#send({ type: 'notice', job: this.id, sentence });
  }

  progress(progress: Omit<Progress, 'type' | 'job'>): void {
    this.#send({ type: 'progress', job: this.id, ...progress });
  }

  /** Announces the plan and waits until the app has put it on record. */
  async prepared(plan: ErasePlan): Promise<void> {
    this.#send({ type: 'prepared', job: this.id, plan });
    await this.#proceed.promise;
  }

  proceed(): void {
    this.#proceed.resolve();
  }

  cancel(): void {
    this.#cancelled = true;
    this.#proceed.reject(cancelled());
  }

  /**
   * Called between steps: lets the messages that arrived meanwhile be read.
   * @throws ProblemError `cancelled`
   */
  async turn(): Promise<void> {
    await setImmediate();
    if (this.#cancelled) throw cancelled();
  }
}

function cancelled(): ProblemError {
  return new ProblemError('cancelled', 'The run was cancelled. The original model is as it was.');
}
