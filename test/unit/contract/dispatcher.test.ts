import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  call,
  type Answer,
  type HandlerTable,
  type Signatures,
} from '../../../app/contract/call.ts';
import { Dispatcher } from '../../../app/contract/dispatcher.ts';
import { ProblemError } from '../../../engine/protocol/problem.ts';

const table = {
  double: call(z.strictObject({ number: z.int().max(1000) }), z.int()),
  refuse: call(z.strictObject({}), z.null()),
  lie: call(z.strictObject({}), z.string().max(10)),
};

const handlers: HandlerTable<Signatures<typeof table>> = {
  double: ({ number }) => 2 * number,
  refuse: () => {
    throw new ProblemError('output-exists', 'There is something already.', 'at /out');
  },
  lie: () => 'so long a story that nobody believes it',
};

function makeDispatcher(): {
  ask: (message: unknown, sender?: string) => Promise<Answer>;
  log: string[];
} {
  const log: string[] = [];
  const dispatcher = new Dispatcher<Signatures<typeof table>>(table, handlers, {
    origin: 'app://lethe',
    log: (line) => log.push(line),
  });
  return { ask: (message, sender = 'app://lethe') => dispatcher.answer(sender, message), log };
}

const codeOf = (answer: Answer): string => ('problem' in answer ? answer.problem.code : 'none');

describe('the dispatcher', () => {
  it('answers a call with its result', async () => {
    const { ask, log } = makeDispatcher();
    expect(await ask({ id: 7, call: 'double', argument: { number: 21 } })).toEqual({
      id: 7,
      result: 42,
    });
    expect(log).toEqual([]);
  });

  it('answers what a handler refuses with its problem', async () => {
    const answer = await makeDispatcher().ask({ id: 1, call: 'refuse', argument: {} });
    expect(answer).toEqual({
      id: 1,
      problem: {
        code: 'output-exists',
        sentence: 'There is something already.',
        detail: 'at /out',
      },
    });
  });

  it.each([
    ['an argument that is none', { id: 1, call: 'double', argument: { number: 'x' } }],
    ['an argument with more in it', { id: 1, call: 'double', argument: { number: 1, more: 1 } }],
    ['no argument', { id: 1, call: 'double' }],
    ['a call that there is not', { id: 1, call: 'triple', argument: {} }],
    ['a call of every object', { id: 1, call: 'toString', argument: {} }],
    ['its prototype', { id: 1, call: '__proto__', argument: {} }],
    ['nothing', undefined],
    ['a text', 'double'],
    ['a request with more in it', { id: 1, call: 'double', argument: { number: 1 }, more: 1 }],
  ])('refuses %s with a typed error, and logs it', async (_name, message) => {
    const { ask, log } = makeDispatcher();
    expect(codeOf(await ask(message))).toBe('bad-command');
    expect(log).toHaveLength(1);
  });

  it('refuses whoever is not its page', async () => {
    const message = { id: 1, call: 'double', argument: { number: 1 } };
    for (const sender of ['https://lethe', 'app://other', 'null', '']) {
      expect(codeOf(await makeDispatcher().ask(message, sender))).toBe('bad-command');
    }
  });

  it('tells of a result that is not as the contract says, instead of giving it', async () => {
    const { ask, log } = makeDispatcher();
    expect(codeOf(await ask({ id: 1, call: 'lie', argument: {} }))).toBe('internal');
    expect(log[0]).toContain('lie');
  });

  it('answers whatever it is sent', async () => {
    await fc.assert(
      fc.asyncProperty(fc.anything(), async (message) => {
        expect(codeOf(await makeDispatcher().ask(message))).toBe('bad-command');
      }),
      { numRuns: 500 },
    );
  });
});
