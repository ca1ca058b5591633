import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openCases, type Cases } from '../../../app/cases/cases.ts';
import { runLethe, type Finished } from '../../run-lethe.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { sampleDetails } from '../../unit/cases/sample-details.ts';

interface Desk {
  readonly run: (...args: string[]) => Promise<Finished>;
  /** Does something with the cases in this process. */
  readonly work: <T>(action: (cases: Cases) => T) => T;
}

function desk(): Desk {
  const folder = join(temporaryFolder(), 'ledger');
  return {
    run: (...args) => runLethe([...args, '--ledger', folder]),
    work: (action) => {
      const cases = openCases(folder, '0.1.0');
      try {
        return action(cases);
      } finally {
        cases.close();
      }
    },
  };
}

const caseSchema = z.object({
  event: z.string(),
  id: z.string(),
  state: z.string(),
  facts: z.object({ due: z.string().nullable() }),
  details: z.object({ subject: z.string() }).nullable(),
});

describe('lethe case', () => {
  it('opens a draft, warns of a subject reference that is a name, and says what is missing', async () => {
    const { run, work } = desk();
    const opened = await run(
      ...['case', 'new', '--received', '2026-11-02', '--law', 'gdpr', '--subject', 'Elif Tanaka'],
    );
    expect(opened.status).toBe(0);
    expect(opened.output).toMatch(/Case 2\d{3}-0001 is open, as a draft\.\n {2}Note: .*a name/);
    const id = work((cases) => cases.list()[0].id);

    const early = await run('case', 'ready', id);
    expect(early).toMatchObject({ status: 2, output: '' });
    expect(early.errors).toMatch(/It lacks: reference of the request, channel, ground, controller/);
    const changed = await run('case', 'set', id, '--subject', 'S-44', '--json');
    expect(caseSchema.parse(JSON.parse(changed.output))).toMatchObject({
      event: 'result',
      facts: { due: '2026-12-02' },
      details: { subject: 'S-44' },
    });
  });

  it('refuses what cannot be so with exit code 2 and a sentence', async () => {
    const { run, work } = desk();
    const id = work((cases) => cases.open(sampleDetails));
    const date = await run('case', 'set', id, '--received', '25.11.2026');
    expect(date).toMatchObject({ status: 2 });
    expect(date.errors).toMatch(/written like 2026-11-25/);
    const reviewer = ['--two-person', '--reviewer', 'margarethe ode'];
    expect((await run('case', 'set', id, ...reviewer)).errors).toMatch(/cannot be the officer/);
    expect((await run('case', 'show', '2026-0009')).errors).toMatch(/There is no case 2026-0009/);
    const erase = await run('erase', '--case', id, '--model', 'm', '--data', 'd', '--forget', 'c');
    expect(erase).toMatchObject({ status: 2 });
    expect(erase.errors).toMatch(/is a draft\. To be run, /);
  });

  it('does not run a case on anything else than it says', async () => {
    const { run, work } = desk();
    const id = work((cases) => {
      const made = cases.open({ ...sampleDetails, model: '/m.onnx', forget: ['Elif T'] });
      cases.makeReady(made);
      return made;
    });
    const other = await run('erase', '--case', id, '--data', 'd', '--forget', 'Noor F');
    expect(other.errors).toMatch(/says something else than --forget/);
    const without = await run('erase', '--case', id);
    expect(without.errors).toMatch(/does not say it, so the option --data is needed/);
    expect(work((cases) => cases.record(id).state)).toBe('ready');
  });

  it('lists what is due, and whose retention is over', async () => {
    const { run, work } = desk();
    const [overdue, over] = work((cases) => {
      const first = cases.open({ ...sampleDetails, received: '2025-01-02' });
      const second = cases.open({ ...sampleDetails, retentionEnds: '2026-01-31' });
      cases.closeCase(second, 'withdrawn', '');
      return [first, second];
    });
    const all = await run('case', 'list');
    expect(all.output).toMatch(new RegExp(`${overdue} +draft +2025-02-03 OVERDUE +S-0044`));
    expect(all.output).toMatch(
      new RegExp(`retention of case ${over} ended on 2026-01-31.*lethe case forget ${over}`),
    );
    const ended = await run('case', 'list', '--retention-ended', '--json');
    const lines = ended.output.trim().split('\n');
    expect(lines.map((line) => caseSchema.parse(JSON.parse(line)).id)).toEqual([over]);
  });

  it('lets no name command the terminal or turn its text', async () => {
    const { run, work } = desk();
    const name = '\u001B[2J\u001B]0;owned\u0007evil\u202Egnp.exe\r=cmd';
    const id = work((cases) =>
      cases.open({ ...sampleDetails, subject: name, notes: `${name}\nmore`, forget: [name] }),
    );
    const outputs = [
      await run('case', 'show', id),
      await run('case', 'list'),
      await run('ledger', 'cases'),
      await run('report'),
      await run('erase', '--model', name, '--data', name, '--forget', name),
    ];
    for (const { output, errors } of outputs) {
      const shown = output + errors;
      expect(shown).toMatch(/\[U\+001B\]/);
      expect(shown).not.toMatch(/[\p{Bidi_Control}\r]/u);
      expect(stripVTControlCharacters(shown)).toBe(shown);
    }
    expect(outputs[0].output).toMatch(/notes +.*\n +more\n/);
    const json = await run('case', 'show', id, '--json');
    expect(json.output).not.toMatch(/\p{Bidi_Control}/u);
    expect(caseSchema.parse(JSON.parse(json.output)).details?.subject).toBe(name);
  });

  it('takes names of ten thousand characters, and shows them short in a list', async () => {
    const { run, work } = desk();
    const long = '👩‍👩‍👧<img onerror>'.repeat(600);
    work((cases) => cases.open({ ...sampleDetails, subject: long, forget: [long] }));
    const { output } = await run('case', 'list');
    expect(output.split('\n')[1].length).toBeLessThan(600);
    expect(output).toMatch(/…/);
  });
});
