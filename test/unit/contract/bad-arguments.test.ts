import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answerSchema, type Answer } from '../../../app/contract/call.ts';
import { calls, type Contract } from '../../../app/contract/contract.ts';
import { Dispatcher } from '../../../app/contract/dispatcher.ts';
import { Services } from '../../../app/services/services.ts';

/* Whatever a window asks for, the real app answers it, and goes on. */

const origin = 'app://lethe';
const log: string[] = [];
let folder: string;
let services: Services;
let dispatcher: Dispatcher<Contract>;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lethe-test-'));
  services = new Services({
    folder,
    version: '0.1.0',
    protection: null,
    host: {
      kind: 'browser',
      choosePath: () => Promise.resolve(null),
      showDocument: () => Promise.resolve(null),
      tell: () => undefined,
    },
  });
  dispatcher = new Dispatcher<Contract>(calls, services.handlers, {
    origin,
    log: (line) => log.push(line),
  });
});

afterAll(async () => {
  await services.close();
  rmSync(folder, { recursive: true, force: true });
});

function ask(call: string, argument: unknown, sender = origin): Promise<Answer> {
  return dispatcher.answer(sender, { id: 1, call, argument });
}

function codeOf(answer: Answer): string {
  return 'problem' in answer ? answer.problem.code : 'none';
}

/** A JSON value, or what only a structured clone can carry. */
const anything = fc.oneof(fc.jsonValue(), fc.anything({ withBigInt: true, withDate: true }));

test.for(Object.entries(calls))(
  '%s refuses any argument that is none',
  async ([name, { argument }]) => {
    await fc.assert(
      fc.asyncProperty(anything, async (value) => {
        fc.pre(!argument.safeParse(value).success);
        const answer = await ask(name, value);
        expect(answerSchema.safeParse(answer).success).toBe(true);
        expect(codeOf(answer)).toBe('bad-command');
      }),
      { numRuns: 60 },
    );
  },
);

const nowhere = '/nowhere/at all/\u202e<img src=x>';
const details = {
  request: '',
  received: '2026-02-30',
  channel: 'pigeon',
};

test.for<[string, unknown]>([
  ['application.unlock', { passphrase: 'guessed' }],
  ['paths.list', { folder: nowhere }],
  ['paths.list', { folder: 'relative' }],
  ['cases.read', { case: '2026-9999' }],
  ['cases.check', { details }],
  ['cases.create', { details }],
  ['cases.change', { case: '2026-9999', details }],
  ['cases.sign', { case: '2026-9999', role: 'officer' }],
  ['cases.sign', { case: '../../etc', role: 'officer' }],
  ['cases.reject', { case: '2026-9999', role: 'reviewer', reason: 'x' }],
  ['cases.reopen', { case: '2026-9999', state: 'draft', reason: 'x' }],
  ['cases.close', { case: '2026-9999', outcome: 'erased', reason: '' }],
  ['models.inspect', { path: nowhere }],
  ['models.inspect', { path: 'a\0b' }],
  ['data.preview', { path: nowhere }],
  ['data.survey', { model: nowhere, data: nowhere, resize: false, preprocessing: 'custom:mean=' }],
  ['runs.show', { case: '2026-9999' }],
  ['certificates.issue', { case: '2026-9999' }],
  ['ledger.verify', { checkpoint: nowhere }],
  ['ledger.verify', { checkpoint: 'a\0b' }],
  ['ledger.page', { before: -1, count: 1e9, case: null, kind: null }],
  ['ledger.export-checkpoint', { folder: nowhere }],
  ['ledger.import-witnessed', { path: nowhere, witness: 'x' }],
  ['ledger.protect', { passphrase: 'short' }],
])('%s answers what leads nowhere with a problem that it foresaw', async ([name, argument]) => {
  const code = codeOf(await ask(name, argument));
  expect(code).not.toBe('none');
  expect(code).not.toBe('internal');
});

test('refuses what is no request, names no call or comes from another page', async () => {
  await fc.assert(
    fc.asyncProperty(anything, async (message) => {
      const answer = await dispatcher.answer(origin, message);
      expect(answerSchema.safeParse(answer).success).toBe(true);
      expect(codeOf(answer)).toBe('bad-command');
    }),
    { numRuns: 200 },
  );
  for (const name of ['', 'constructor', '__proto__', 'toString', 'cases.', 'x'.repeat(65)]) {
    expect(codeOf(await ask(name, {})), name).toBe('bad-command');
  }
  expect(codeOf(await ask('cases.list', {}, 'https://elsewhere.test'))).toBe('bad-command');
});

test('is none the worse for all that', async () => {
  expect(await ask('cases.list', {})).toEqual({ id: 1, result: [] });
  expect(await ask('ledger.verify', { checkpoint: null })).toMatchObject({
    result: { entries: 1, fault: null },
  });
  expect(log.some((line) => line.startsWith('refused '))).toBe(true);
});
