import { describe, expect, it } from 'vitest';
import { casesOf } from '../../bench/measuring/quality-cases.ts';
import { notesOnCase, notesOnRecord } from '../../bench/measuring/quality-notes.ts';
import { madeResult } from './made-trial.ts';

const casesWith = (...made: Parameters<typeof madeResult>[0][]): ReturnType<typeof casesOf> =>
  casesOf(made.map(madeResult), ['mnist']);

describe('what the document says of the state of the program', () => {
  const [earlier, later] = ['1'.repeat(64), '2'.repeat(64)];

  it('is nothing where the runs of every case come from one', () => {
    const cases = casesWith(
      ...[{ sources: earlier }, { method: 'paper', sources: earlier } as const],
      ...[{ erased: 2, sources: later }],
    );
    expect(notesOnRecord(cases)).toEqual([]);
  });

  it('names the cases whose runs come from several', () => {
    const cases = casesWith(
      ...[{ sources: earlier }, { method: 'paper', sources: later } as const],
      ...[{ erased: 2, sources: later }],
    );
    expect(notesOnRecord(cases)).toEqual([
      'In mnist (1 erased) the runs come from several states of the program.',
    ]);
  });

  it('names the cases whose runs may come from several, as it was not kept which', () => {
    const cases = casesWith(
      ...[{}, { method: 'paper', sources: later } as const],
      ...[{ erased: 2, sources: later }],
    );
    expect(notesOnRecord(cases)).toEqual([
      'Which state of the program made a run was not kept for 1 of these 3: in mnist (1 erased) they may come from several.',
    ]);
  });

  it('says so once where it was kept of no run', () => {
    expect(notesOnRecord(casesWith({}, { erased: 2 }))).toEqual([
      'Which state of the program made a run was not kept for any of these 2: in every case they may come from several.',
    ]);
  });
});

describe('what the document says of the runs of one case', () => {
  const notes = (...made: Parameters<typeof madeResult>[0][]): string[] =>
    notesOnCase(casesWith(...made)[0]);

  it('is nothing where they were judged beside one reference, save the run that made it', () => {
    expect(notes({ method: 'retrain', reference: null }, {}, { seed: 1 })).toEqual([]);
  });

  it('is how many of them were measured before each erased class was looked at', () => {
    const [why, needs, costs] = ['It was not.', 'To measure it.', 'Time.'];
    const unlookedAt = {
      ...({ name: 'worst-forget-class', outcome: 'not-measured', required: true } as const),
      ...{ sentence: why, absence: { why, needs, costs }, measurement: null, threshold: null },
    };
    expect(notes({ findings: [unlookedAt] }, { seed: 1 }, { seed: 2 })).toEqual([
      '1 of the 3 runs were measured before each erased class was looked at by itself, which a PASS needs: they can be no more than INCONCLUSIVE until they are measured again.',
    ]);
  });

  it('is how many references there were, and how many runs were beside each', () => {
    const another = { reference: 'c'.repeat(64) };
    expect(notes({}, { seed: 1, ...another }, { seed: 2, ...another })).toEqual([
      'The runs were judged beside 2 references that came out different, 1 beside one and 2 beside another; in the tables, the reference is the mean over the runs.',
    ]);
  });

  it('is which methods were timed on which machine, where there were several', () => {
    expect(notes({ machine: 'Xeon' }, { seed: 1, machine: 'Xeon' }, { method: 'paper' })).toEqual([
      'Times were taken on several machines, and are not to be compared across them: `adaptive` on Xeon; `paper` on AMD EPYC.',
    ]);
  });
});
