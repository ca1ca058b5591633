import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding, Thresholds } from '../../../engine/protocol/finding.ts';
import { verdictOf } from '../../../engine/verify/verdict.ts';

const measurement: Extract<Finding, { outcome: 'pass' }>['measurement'] = {
  ...{ value: 1, unit: 'percent', interval: [0, 2], samples: 100, figures: [] },
};
const threshold: Extract<Finding, { outcome: 'pass' }>['threshold'] = {
  ...{ direction: 'at-most', limit: 3, reach: 3, beyond: 'fail', basis: 'fixed', reason: 'so' },
};

function finding(outcome: Finding['outcome'], required: boolean, sentence: string): Finding {
  const parts = { name: 'linear-probe' as const, required, sentence, measurement, threshold };
  if (outcome !== 'not-measured') return { outcome, ...parts };
  return { outcome, ...parts, absence: { why: `${sentence} Why.`, needs: 'x', costs: 'y' } };
}

const beside = (reference: string | null): Thresholds => ({
  ...{ version: 1, original: 'a'.repeat(64), reference, forget: [0], seed: 0 },
  ...{ relearningRate: null, limits: [] },
});
const alone = beside(null);

const some = (outcome: Finding['outcome'], count: number, required = true): Finding[] =>
  Array.from({ length: count }, (_, at) =>
    finding(outcome, required, `${outcome} ${String(at + 1)}.`),
  );

describe('the verdict', () => {
  it('is FAIL if one failed, PASS if all that are required passed, and INCONCLUSIVE else', () => {
    const outcomes = fc.constantFrom<Finding['outcome']>('pass', 'fail', 'not-measured');
    const any = fc.record({ outcome: outcomes, required: fc.boolean() });
    fc.assert(
      fc.property(fc.array(any, { minLength: 1 }), (made) => {
        const findings = made.map(({ outcome, required }) => finding(outcome, required, 'It is.'));
        const isFailed = made.some(({ outcome }) => outcome === 'fail');
        const isPassed = made.every(({ outcome, required }) => outcome === 'pass' || !required);
        const otherwise = isPassed ? 'PASS' : 'INCONCLUSIVE';
        expect(verdictOf(findings, alone).value).toBe(isFailed ? 'FAIL' : otherwise);
      }),
    );
  });

  it('tells what failed, three at most, and counts the rest', () => {
    const reasonOf = (count: number): string =>
      verdictOf([...some('fail', count), ...some('not-measured', 2), ...some('pass', 2)], alone)
        .reason;
    expect(reasonOf(1)).toBe('One finding does not keep to what was fixed beforehand. fail 1.');
    expect(reasonOf(3)).toBe(
      '3 findings do not keep to what was fixed beforehand. fail 1. fail 2. fail 3.',
    );
    expect(reasonOf(4)).toBe(
      '4 findings do not keep to what was fixed beforehand. fail 1. fail 2. fail 3. One more finding failed.',
    );
    expect(reasonOf(5)).toMatch(/ fail 3\. 2 more findings failed\.$/);
  });

  it('tells what is open and why, three at most, and counts the rest', () => {
    const open =
      'Nothing that was measured failed, but not all that a PASS needs could be decided.';
    const reasonOf = (count: number): string =>
      verdictOf([...some('not-measured', count), ...some('not-measured', 2, false)], alone).reason;
    expect(reasonOf(1)).toBe(`${open} not-measured 1. not-measured 1. Why.`);
    expect(reasonOf(3)).not.toMatch(/more (is|are) open/);
    expect(reasonOf(4)).toMatch(/ not-measured 3\. Why\. One more is open\.$/);
    expect(reasonOf(5)).toMatch(/ not-measured 3\. Why\. 2 more are open\.$/);
  });

  it('says once what is open for one reason, and why only where the sentence does not', () => {
    const absence = { why: 'There are no images.', needs: 'x', costs: 'y' };
    const without: Finding = {
      ...{ outcome: 'not-measured', name: 'prototypes', required: true },
      ...{ sentence: absence.why, absence, measurement: null, threshold: null },
    };
    expect(verdictOf([without, without], alone).reason).toBe(
      'Nothing that was measured failed, but not all that a PASS needs could be decided. There are no images.',
    );
  });

  it('claims less without a reference, and counts what passed', () => {
    const findings = [...some('pass', 4), ...some('not-measured', 1, false)];
    const weaker = verdictOf(findings, alone);
    expect(weaker.comparedWith).toBe('original');
    expect(weaker.reason).toContain('All 4 findings keep to what was fixed beforehand');
    expect(weaker.reason).toContain('this is the weaker claim');
    const stronger = verdictOf(findings, beside('b'.repeat(64)));
    expect(stronger.comparedWith).toBe('reference');
    expect(stronger.reason).toContain('as little as in a model that was retrained');
    expect(stronger.reason).not.toContain('weaker');
  });
});
