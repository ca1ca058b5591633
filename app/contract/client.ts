import { asError, ProblemError } from '../../engine/protocol/problem.ts';
import type { z } from 'zod';
import { answerSchema, noteSchema, type Bridge, type CallTable } from './call.ts';
import {
  calls,
  events,
  type CallName,
  type Contract,
  type EventName,
  type Events,
} from './contract.ts';

export { figureFormat } from '../../engine/protocol/figure-text.ts';
export { unitSchema, type Unit } from '../../engine/protocol/finding.ts';
export { toProblem, type Problem } from '../../engine/protocol/problem.ts';

const callTable: CallTable<Contract> = calls;

/** What is done with each event. */
export type EventListeners = {
  readonly [Name in EventName]: (content: Events[Name]) => void;
};

/** The contract from the renderer's side. What comes over the bridge is checked before anything is made of it. */
export class Client {
  readonly #bridge: Bridge;
  #nextId = 0;

  constructor(bridge: Bridge) {
    this.#bridge = bridge;
  }

  /** @throws ProblemError what the app answered; `internal` for an answer that makes no sense */
  async ask<Name extends CallName>(
    name: Name,
    argument: Contract[Name]['argument'],
  ): Promise<Contract[Name]['result']> {
    const id = this.#nextId++;
    const answer = answerSchema.safeParse(await this.#bridge.ask({ id, call: name, argument }));
    if (!answer.success) throw senseless(name, answer.error);
    if ('problem' in answer.data) throw asError(answer.data.problem);
    const result = callTable[name].result.safeParse(answer.data.result);
    if (!result.success) throw senseless(name, result.error);
    return result.data;
  }

  /** Notes that make no sense are passed over: what each of them tells can be asked for. */
  listen(listeners: EventListeners): void {
    const hearers: Readonly<Record<EventName, (content: unknown) => void>> = {
      'cases-changed': hearer(events['cases-changed'], listeners['cases-changed']),
      'ledger-changed': hearer(events['ledger-changed'], listeners['ledger-changed']),
      'run-changed': hearer(events['run-changed'], listeners['run-changed']),
      'screen-wanted': hearer(events['screen-wanted'], listeners['screen-wanted']),
    };
    this.#bridge.listen((message) => {
      const note = noteSchema.safeParse(message);
      if (note.success && isEventName(note.data.event)) {
        hearers[note.data.event](note.data.content);
      }
    });
  }

  whenLost(listener: () => void): void {
    this.#bridge.whenLost(listener);
  }

  /** Where something that was dropped on the window is; null where the window is not told. */
  pathOf(dropped: unknown): string | null {
    return this.#bridge.pathOf(dropped);
  }
}

function hearer<Content>(
  schema: z.ZodType<Content>,
  listener: (content: Content) => void,
): (content: unknown) => void {
  return (content) => {
    const parsed = schema.safeParse(content);
    if (parsed.success) listener(parsed.data);
  };
}

function isEventName(name: string): name is EventName {
  return Object.hasOwn(events, name);
}

function senseless(name: string, cause: z.ZodError): ProblemError {
  return new ProblemError(
    'internal',
    'Lethe’s window and its other part do not understand each other. Close Lethe and start it again; if that does not help, install it again.',
    `the answer to ${name}: ${cause.message}`,
    { cause },
  );
}
