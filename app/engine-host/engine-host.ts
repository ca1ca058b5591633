import { fork, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { constants, getPriority, setPriority, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import {
  engineEventSchema,
  type Command,
  type EngineEvent,
  type ErasePlan,
  type Progress,
  type Result,
} from '../../engine/protocol/protocol.ts';
import { asError, ProblemError } from '../../engine/protocol/problem.ts';
import { memoryCapExceeded } from '../../engine/protocol/supervision.ts';

/** A command without its job identifier, which the host gives. */
export type JobRequest = DistributiveOmit<Exclude<Command, { type: 'cancel' | 'proceed' }>, 'job'>;
type DistributiveOmit<Union, Key extends PropertyKey> = Union extends unknown
  ? Omit<Union, Key>
  : never;

export interface JobListeners {
  readonly progress?: (progress: Progress) => void;
  readonly notice?: (sentence: string) => void;
  /** The engine goes on once this returns; if it throws, the job is cancelled and fails with what was thrown. */
  readonly prepared?: (plan: ErasePlan) => void;
}

export interface EngineLimits {
  /** An engine that says nothing for so long is taken for hung and ended. A single step must fit in. */
  readonly silenceMilliseconds: number;
  /** How long a cancelled job may take to stop before the engine is ended. */
  readonly cancelMilliseconds: number;
  /** Largest resident memory of the engine process. */
  readonly memoryCapBytes: number;
  /** Whether other programs come first: it computes no slower where the processor is idle. */
  readonly givesWay: boolean;
}

const defaultLimits: EngineLimits = {
  silenceMilliseconds: 180_000,
  cancelMilliseconds: 60_000,
  memoryCapBytes: Math.floor(totalmem() * 0.8),
  givesWay: false,
};

/** What is started as the engine. */
export interface EngineProgram {
  /** A Node that runs TypeScript as it is. */
  readonly runtime: string;
  /** The engine's first file. */
  readonly entry: string;
}

const ownProgram: EngineProgram = {
  runtime: process.execPath,
  entry: fileURLToPath(new URL('../../engine/engine.ts', import.meta.url)),
};

interface OpenJob {
  readonly listeners: JobListeners;
  readonly resolve: (result: Result) => void;
  readonly reject: (problem: unknown) => void;
  /** What `prepared` threw: told in place of the engine's "cancelled". */
  refusal: unknown;
}

/**
 * Starts the engine process when there is work, watches it, and starts a new one after a crash. Whatever happens to
 * the engine ends in a rejected job here, never in the loss of this process.
 */
export class EngineHost {
  readonly #limits: EngineLimits;
  readonly #program: EngineProgram;
  readonly #jobs = new Map<string, OpenJob>();
  #engine: Engine | null = null;

  constructor(limits: Partial<EngineLimits> = {}, program: EngineProgram = ownProgram) {
    this.#limits = { ...defaultLimits, ...limits };
    this.#program = program;
  }

  /** Of the running engine process; null when there is none. */
  get pid(): number | null {
    return this.#engine?.pid ?? null;
  }

  /**
   * @throws ProblemError whatever the job failed with, or `engine-died`, `engine-silent`, `out-of-memory`
   */
  async run<Type extends JobRequest['type']>(
    request: Extract<JobRequest, { type: Type }>,
    listeners: JobListeners = {},
    signal?: AbortSignal,
  ): Promise<Extract<Result, { type: Type }>> {
    const job = randomUUID();
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    this.#jobs.set(job, { listeners, resolve, reject, refusal: null });
    const engine = (this.#engine ??= this.#start());
    engine.send({ ...request, job });

    let deadline: NodeJS.Timeout | undefined;
    const cancel = (): void => {
      engine.send({ type: 'cancel', job });
      deadline = setTimeout(() => {
        engine.end(cancelledByForce());
      }, this.#limits.cancelMilliseconds);
    };
    if (signal?.aborted === true) cancel();
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      const result = await promise;
      if (!isOfType(result, request.type)) throw unexpected(`a ${result.type} result`);
      return result;
    } finally {
      clearTimeout(deadline);
      signal?.removeEventListener('abort', cancel);
      this.#jobs.delete(job);
    }
  }

  /** Ends the engine; open jobs fail. */
  close(): void {
    this.#engine?.end(
      new ProblemError('cancelled', 'Lethe was closed before the run was finished.'),
    );
  }

  #start(): Engine {
    return new Engine(this.#program, this.#limits, {
      event: (event) => {
        this.#receive(event);
      },
      exit: (problem) => {
        this.#engine = null;
        for (const job of this.#jobs.values()) job.reject(problem);
      },
    });
  }

  #receive(event: EngineEvent): void {
    switch (event.type) {
      case 'ready':
      case 'heartbeat':
        return;
      case 'notice':
        this.#jobs.get(event.job)?.listeners.notice?.(event.sentence);
        return;
      case 'progress':
        this.#jobs.get(event.job)?.listeners.progress?.(event);
        return;
      case 'prepared':
        this.#prepared(event.job, event.plan);
        return;
      case 'result':
        this.#jobs.get(event.job)?.resolve(event.result);
        return;
      case 'failure': {
        const problem = asError(event.problem);
        if (event.job === null) this.#engine?.end(problem);
        else {
          const job = this.#jobs.get(event.job);
          job?.reject(job.refusal ?? problem);
        }
        return;
      }
    }
  }

  #prepared(id: string, plan: ErasePlan): void {
    const job = this.#jobs.get(id);
    if (job === undefined) return;
    try {
      job.listeners.prepared?.(plan);
      this.#engine?.send({ type: 'proceed', job: id });
    } catch (thrown) {
      job.refusal = thrown;
      this.#engine?.send({ type: 'cancel', job: id });
    }
  }
}

/** One engine process, from its start to its end. */
class Engine {
  readonly #child: ChildProcess;
  readonly #silenceMilliseconds: number;
  readonly #onEvent: (event: EngineEvent) => void;
  #silence: NodeJS.Timeout | undefined;
  /** Why this side ended it, if it did. */
  #reason: ProblemError | null = null;
  #lastWords = '';

  constructor(
    { runtime, entry }: EngineProgram,
    limits: EngineLimits,
    on: { event: (event: EngineEvent) => void; exit: (problem: ProblemError) => void },
  ) {
    this.#silenceMilliseconds = limits.silenceMilliseconds;
    this.#onEvent = on.event;
    this.#child = fork(entry, [String(limits.memoryCapBytes)], {
      execPath: runtime,
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    if (limits.givesWay && this.#child.pid !== undefined) giveWay(this.#child.pid);
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#lastWords = (this.#lastWords + text).slice(-8192);
    });
    this.#child.on('message', (message) => {
      this.#receive(message);
    });
    // `close` comes after the last of standard error was read; `error` when the process could not even start.
    this.#child.on('close', (code, signal) => {
      clearTimeout(this.#silence);
      on.exit(this.#reason ?? died(this.#lastWords, code, signal));
    });
    this.#child.on('error', (error) => {
      this.#lastWords += String(error);
    });
    this.#listen();
  }

  get pid(): number | null {
    return this.#child.pid ?? null;
  }

  send(command: Command): void {
    // An engine that has just died takes no more commands; its exit tells every open job.
    if (this.#child.connected) this.#child.send(command);
  }

  end(reason: ProblemError): void {
    this.#reason ??= reason;
    this.#child.kill('SIGKILL');
  }

  #receive(message: unknown): void {
    this.#listen();
    const event = engineEventSchema.safeParse(message);
    if (event.success) this.#onEvent(event.data);
    else this.end(unexpected(event.error.message));
  }

  #listen(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => {
      this.end(silent(this.#silenceMilliseconds, this.#lastWords));
    }, this.#silenceMilliseconds);
  }
}

/** Of a process that has only just begun: on Linux, its threads take over the priority of the one that starts them. */
function giveWay(pid: number): void {
  // Whoever is this low already may not go up.
  setPriority(pid, Math.max(getPriority(), constants.priority.PRIORITY_BELOW_NORMAL));
}

function isOfType<Type extends Result['type']>(
  result: Result,
  type: Type,
): result is Extract<Result, { type: Type }> {
  return result.type === type;
}

function died(lastWords: string, code: number | null, signal: string | null): ProblemError {
  if (lastWords.includes(memoryCapExceeded)) {
    return new ProblemError(
      'out-of-memory',
      'The run needed more memory than Lethe may take on this machine, so it was stopped. The original model is as it was. Use a machine with more memory.',
      lastWords,
    );
  }
  return new ProblemError(
    'engine-died',
    'The part of Lethe that computes stopped unexpectedly. The original model is as it was; the run can be started again.',
    `exit code ${String(code)}, signal ${String(signal)}\n${lastWords}`,
  );
}

function silent(milliseconds: number, lastWords: string): ProblemError {
  return new ProblemError(
    'engine-silent',
    `The part of Lethe that computes gave no sign of life for ${String(Math.round(milliseconds / 1000))} seconds and was stopped. The original model is as it was; the run can be started again.`,
    lastWords,
  );
}

function cancelledByForce(): ProblemError {
  return new ProblemError(
    'cancelled',
    'The run was cancelled. The original model is as it was.',
    'The engine did not stop by itself in time and was ended.',
  );
}

function unexpected(detail: string): ProblemError {
  return new ProblemError(
    'internal',
    'The part of Lethe that computes sent an answer that makes no sense. The two may be of different versions; install Lethe again.',
    detail,
  );
}
