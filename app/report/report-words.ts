import type { CaseRecord } from '../cases/case-record.ts';
import type { ClosingOutcome, Law } from '../contract/cases.ts';
import type { ReportTotals } from './report.ts';

/** What a report says in words. */

export const lawWords: Readonly<Record<Law, string>> = {
  gdpr: 'GDPR',
  ccpa: 'CCPA',
  own: 'another law, or a house rule',
};

export const answerWords: Readonly<Record<ClosingOutcome, string>> = {
  erased: 'erased',
  refused: 'refused',
  withdrawn: 'withdrawn',
  abandoned: 'abandoned',
};

export function stateWords({ state, forgotten }: CaseRecord): string {
  return forgotten === null ? state : `${state}, forgotten`;
}

export function totalsSentences(totals: ReportTotals): string[] {
  const { received, outcomes, open, overdue, late, extended, medianDays } = totals;
  if (received === 0) return ['No case was received.'];
  const counts = [
    [outcomes.erased, 'erased'],
    [outcomes.refused, 'refused'],
    [outcomes.withdrawn, 'withdrawn'],
    [outcomes.abandoned, 'abandoned'],
    [open, 'open'],
  ] as const;
  const told = counts
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${String(count)} ${word}`);
  return [
    `${String(received)} ${received === 1 ? 'case' : 'cases'}: ${told.join(', ')}.`,
    `Overdue: ${String(overdue)}; answered after they were due: ${String(late)}; extended: ${String(extended)}.`,
    ...(medianDays === null
      ? []
      : [`Half of the answers took no more than ${String(medianDays)} days.`]),
  ];
}
