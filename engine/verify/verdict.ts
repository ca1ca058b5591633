import type { Finding, Thresholds, Verdict } from '../protocol/finding.ts';

/** Findings told in the reason; the rest are counted. */
const mostTold = 3;

/**
 * PASS if every required finding was measured and passed, and none failed; FAIL if one failed; INCONCLUSIVE else.
 * It says no more than was measured.
 */
export function verdictOf(findings: readonly Finding[], thresholds: Thresholds): Verdict {
  const comparedWith = thresholds.reference === null ? 'original' : 'reference';
  const failed = findings.filter(({ outcome }) => outcome === 'fail');
  if (failed.length > 0) {
    return { value: 'FAIL', comparedWith, reason: failure(failed) };
  }
  const open = findings.flatMap((finding) =>
    finding.required && finding.outcome === 'not-measured' ? [finding] : [],
  );
  if (open.length > 0) {
    return { value: 'INCONCLUSIVE', comparedWith, reason: inconclusion(open) };
  }
  return { value: 'PASS', comparedWith, reason: success(findings, comparedWith) };
}

function inconclusion(open: readonly Extract<Finding, { outcome: 'not-measured' }>[]): string {
  const told = open
    .slice(0, mostTold)
    .map(({ sentence, absence }) =>
      sentence === absence.why ? sentence : `${sentence} ${absence.why}`,
    );
  const more = open.length - told.length;
  const rest = more > 0 ? ` ${count(more, 'more is', 'more are')} open.` : '';
  return `Nothing that was measured failed, but not all that a PASS needs could be decided. ${[...new Set(told)].join(' ')}${rest}`;
}

function failure(failed: readonly Finding[]): string {
  const told = failed.slice(0, mostTold).map(({ sentence }) => sentence);
  const more = failed.length - told.length;
  const rest = more > 0 ? ` ${count(more, 'more finding', 'more findings')} failed.` : '';
  return `${count(failed.length, 'finding does', 'findings do')} not keep to what was fixed beforehand. ${told.join(' ')}${rest}`;
}

function success(findings: readonly Finding[], comparedWith: Verdict['comparedWith']): string {
  const measured = findings.filter(({ outcome }) => outcome === 'pass').length;
  const found =
    comparedWith === 'reference'
      ? 'what can be found of the erased class in it is as little as in a model that was retrained without the class, within the margins fixed beforehand.'
      : 'what can be found of the erased class in it is clearly less than in the original. There was no model retrained without the class to compare with, so it is not shown that as little is left as in such a model: this is the weaker claim.';
  return `All ${String(measured)} findings keep to what was fixed beforehand: the model no longer recognises the erased class, still recognises the others, and ${found} This holds for these images and these measurements; that nothing at all is left of the class, no measurement can show.`;
}

function count(number: number, one: string, many: string): string {
  return number === 1 ? `One ${one}` : `${String(number)} ${many}`;
}
