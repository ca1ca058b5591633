import { z } from 'zod';
import { ProblemError, toProblem } from '../../engine/protocol/problem.ts';
import {
  requestSchema,
  type Answer,
  type AnySignatures,
  type CallTable,
  type HandlerTable,
} from './call.ts';

/** What the app's own log is told of a message that was refused, or of an error that was not foreseen. */
export type Log = (line: string) => void;

/**
 * The one place through which every request goes, on whichever way it came: its sender, its name and its argument are
 * checked, and whatever happens becomes an answer.
 */
export class Dispatcher<Of extends AnySignatures> {
  readonly #calls: CallTable<Of>;
  readonly #handlers: HandlerTable<Of>;
  readonly #origin: string;
  readonly #log: Log;

  /** @param origin of the page that may ask, such as `app://lethe` */
  constructor(
    calls: CallTable<Of>,
    handlers: HandlerTable<Of>,
    { origin, log }: { origin: string; log: Log },
  ) {
    this.#calls = calls;
    this.#handlers = handlers;
    this.#origin = origin;
    this.#log = log;
  }

  /**
   * Never throws.
   * @param sender the origin of the page that the message came from
   */
  async answer(sender: string, message: unknown): Promise<Answer> {
    const request = requestSchema.safeParse(message);
    if (!request.success) {
      const { problem } = this.#refused('a message that is no request', request.error);
      return { id: null, problem };
    }
    const { id, call, argument } = request.data;
    try {
      if (sender !== this.#origin) throw this.#refused(`a request from ${sender}`);
      if (!Object.hasOwn(this.#calls, call)) throw this.#refused(`the unknown call ${call}`);
      return { id, result: await this.#resultOf(call, argument) };
    } catch (thrown) {
      const problem = toProblem(thrown);
      if (problem.code === 'internal') this.#log(`${call}: ${problem.detail}`);
      return { id, problem };
    }
  }

  async #resultOf<Name extends keyof Of & string>(
    name: Name,
    given: unknown,
  ): Promise<Of[Name]['result']> {
    const { argument, result } = this.#calls[name];
    const parsed = argument.safeParse(given);
    if (!parsed.success) throw this.#refused(`a bad argument of ${name}`, parsed.error);
    return result.parse(await this.#handlers[name](parsed.data));
  }

  #refused(what: string, cause?: z.ZodError): ProblemError {
    const detail = cause === undefined ? what : `${what}\n${z.prettifyError(cause)}`;
    this.#log(`refused ${detail}`);
    return new ProblemError(
      'bad-command',
      'Lethe did not understand what its window asked for, and did nothing. Close the window and open it again.',
      detail,
    );
  }
}
