import { describe, expect, it } from 'vitest';
import { judge } from '../../operators/judge.ts';
import type { KnownFailure } from '../../operators/known-failures.ts';
import type { Results } from '../../operators/results.ts';
import type { Setting } from '../../operators/settings.ts';

type Spec = Results['specs'][number];

const setting: Setting = {
  name: 'accelerator',
  onnxruntime: {},
  leastSpecs: 2,
  leastThroughGraphs: 1,
};
const known: KnownFailure = { spec: 'b', settings: ['accelerator'], reason: 'It may.' };

function resultsOf(statuses: Record<string, Spec['status']>, throughGraph = true): Results {
  return {
    specs: Object.entries(statuses).map(([name, status]) => ({
      name,
      status,
      messages: status === 'failed' ? ['differs'] : [],
      throughGraph,
    })),
    others: [],
  };
}

const allPass = resultsOf({ a: 'passed', b: 'passed' });
const bFails = resultsOf({ a: 'passed', b: 'failed' });

describe('the judgement of the operator test-suite', () => {
  it('finds nothing where all passes', () => {
    expect(judge(setting, allPass, allPass, [])).toEqual({ passed: 2, failures: [], excused: [] });
  });

  it('counts a spec that fails', () => {
    const { passed, failures } = judge(setting, bFails, allPass, []);
    expect({ passed, failures }).toEqual({ passed: 1, failures: ['b: differs'] });
  });

  it('excuses a spec that fails on cpu, too', () => {
    const { failures, excused } = judge(setting, bFails, bFails, []);
    expect(failures).toEqual([]);
    expect(excused).toEqual([{ name: 'b', reason: 'It fails on cpu, too.' }]);
  });

  it('excuses a known failure, in its setting only', () => {
    const { failures, excused } = judge(setting, bFails, allPass, [known]);
    expect(failures).toEqual([]);
    expect(excused).toEqual([{ name: 'b', reason: 'It may.' }]);
    const elsewhere = { ...setting, name: 'another' };
    expect(judge(elsewhere, bFails, allPass, [known]).failures).toEqual(['b: differs']);
  });

  it('counts a known failure that passes, and one that is no spec', () => {
    expect(judge(setting, allPass, allPass, [known]).failures).toEqual([
      'b: it passes, and is a known failure.',
    ]);
    expect(judge(setting, allPass, allPass, [{ ...known, spec: 'c' }]).failures).toEqual([
      'c: there is no such spec to be a known failure.',
    ]);
  });

  it('excuses what the suite switches off, but not a suite that shrinks', () => {
    const results = resultsOf({ a: 'passed', b: 'pending' });
    const { failures, excused } = judge(setting, results, allPass, []);
    expect(excused).toHaveLength(1);
    expect(failures).toEqual(['Only 1 specs were executed, not 2.']);
  });

  it('counts a suite that hardly touches the accelerator', () => {
    const results = resultsOf({ a: 'passed', b: 'passed' }, false);
    expect(judge(setting, results, allPass, []).failures).toEqual([
      'Only 0 specs ran a graph, not 1.',
    ]);
  });

  it('counts what fails outside any spec', () => {
    const results = { ...allPass, others: ['The suite ended with SIGSEGV.'] };
    expect(judge(setting, results, allPass, []).failures).toEqual([
      'The suite ended with SIGSEGV.',
    ]);
  });
});
