import { describe, expect, it } from 'vitest';
import { nextState, refusalOf, statesFor, type CaseStep } from '../../../app/cases/case-states.ts';
import { caseStateSchema, type CaseState } from '../../../app/contract/cases.ts';

const toDraft: CaseStep = { kind: 'case-reopened', payload: { state: 'draft' } };
const backToReview: CaseStep = { kind: 'case-reopened', payload: { state: 'review' } };

type Named = Exclude<CaseStep['kind'], 'case-reopened'>;

function after(...steps: (CaseStep | Named)[]): CaseState | 'none' {
  return steps.reduce<CaseState | 'none'>((state, step) => {
    const next = nextState(state, asStep(step));
    if (next === null) throw new Error(`${JSON.stringify(step)} has no place in ${state}`);
    return next;
  }, 'none');
}

function asStep(step: CaseStep | Named): CaseStep {
  return typeof step === 'string' ? { kind: step } : step;
}

const toReview: Named[] = ['case-opened', 'case-readied', 'run-started', 'run-finished'];

describe('a case', () => {
  it('goes from a draft through a run and a review to its close', () => {
    expect(after('case-opened')).toBe('draft');
    expect(after('case-opened', 'case-readied')).toBe('ready');
    expect(after('case-opened', 'case-readied', 'run-started')).toBe('running');
    expect(after(...toReview)).toBe('review');
    expect(after(...toReview, 'case-signed')).toBe('review');
    expect(after(...toReview, 'case-accepted')).toBe('accepted');
    expect(after(...toReview, 'case-accepted', 'case-closed')).toBe('closed');
  });

  it('can be opened by a run', () => {
    expect(after('run-started', 'run-finished')).toBe('review');
  });

  it('waits for another run when one brought no model', () => {
    for (const end of ['run-failed', 'run-cancelled', 'run-interrupted'] as const) {
      expect(after('run-started', end)).toBe('interrupted');
      expect(after('run-started', end, 'run-started', 'run-finished')).toBe('review');
    }
  });

  it('is taken up again as a draft after it was rejected, or to be looked at again', () => {
    expect(after(...toReview, 'case-rejected', toDraft)).toBe('draft');
    expect(after(...toReview, 'case-rejected', backToReview)).toBe('review');
    expect(after(...toReview, 'case-accepted', backToReview)).toBe('review');
    expect(after('case-opened', 'case-closed', toDraft)).toBe('draft');
  });

  it.each<[CaseState, Named]>([
    ['draft', 'run-started'],
    ['draft', 'case-accepted'],
    ['running', 'case-changed'],
    ['running', 'case-closed'],
    ['accepted', 'case-changed'],
    ['rejected', 'case-accepted'],
    ['review', 'run-started'],
    ['closed', 'case-accepted'],
    ['review', 'case-forgotten'],
  ])('that is %s has no place for %s', (state, event) => {
    expect(nextState(state, { kind: event })).toBeNull();
  });

  it('that is accepted is not a draft again but by way of a review', () => {
    expect(nextState('accepted', toDraft)).toBeNull();
  });

  it('takes nothing but a certificate once it is forgotten', () => {
    const steps: (CaseStep | Named)[] = [
      ...(['case-opened', 'case-changed', 'case-readied', 'case-signed', 'case-accepted'] as const),
      ...(['case-rejected', 'case-closed', 'case-forgotten', 'run-started'] as const),
      ...[toDraft, backToReview],
    ];
    for (const step of steps) expect(nextState('forgotten', asStep(step))).toBeNull();
    expect(nextState('forgotten', { kind: 'certificate-issued' })).toBe('closed');
  });

  it('can come to every state', () => {
    const reached = new Set<CaseState | 'none'>([
      after('case-opened'),
      after('case-opened', 'case-readied'),
      after('run-started'),
      after('run-started', 'run-failed'),
      after(...toReview),
      after(...toReview, 'case-accepted'),
      after(...toReview, 'case-rejected'),
      after('case-opened', 'case-closed'),
    ]);
    expect(reached).toEqual(new Set(caseStateSchema.options));
  });
});

describe('a refusal', () => {
  it('says how the case stands, and how it would have to', () => {
    expect(refusalOf('2026-0001', 'draft', 'case-accepted')).toBe(
      'Case 2026-0001 is a draft. To be accepted, a case has to be in review.',
    );
    expect(statesFor('run-started')).toEqual(['ready', 'interrupted']);
  });
});
