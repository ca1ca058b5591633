import { figureText } from '../../engine/protocol/figure-text.ts';
import type { Figure, Finding, Measurement, Verdict } from '../../engine/protocol/finding.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';

export const exitCodeOfVerdict: Record<Verdict['value'], ExitCode> = {
  PASS: exitCodes.done,
  FAIL: exitCodes.checkFailed,
  INCONCLUSIVE: exitCodes.inconclusive,
};

/** Figures shown of a finding; the rest are in the JSON. */
const mostFigures = 6;

const outcomeWords: Record<Finding['outcome'], string> = {
  pass: 'pass',
  fail: 'FAIL',
  'not-measured': 'open',
};

/** The verdict first, then each finding as a sentence with its figures behind. */
export function judgementLines({
  verdict,
  findings,
  classNames,
}: {
  verdict: Verdict;
  findings: readonly Finding[];
  classNames: readonly string[];
}): string[] {
  const told = findings.flatMap((finding) => [
    `  ${outcomeWords[finding.outcome]}  ${finding.sentence}`,
    ...detailsOf(finding, classNames).map((line) => `        ${line}`),
  ]);
  return [verdict.value, verdict.reason, '', ...told];
}

function detailsOf(finding: Finding, classNames: readonly string[]): string[] {
  const { measurement, threshold } = finding;
  const lines: string[] = [];
  if (measurement !== null) {
    lines.push(measured(measurement));
    const shown = measurement.figures.slice(0, mostFigures);
    if (shown.length > 0)
      lines.push(shown.map((figure) => labelled(figure, classNames)).join(', '));
  }
  if (threshold !== null) {
    const direction = threshold.direction === 'at-most' ? 'at most' : 'at least';
    const unit = measurement?.unit ?? 'ratio';
    lines.push(`needed: ${direction} ${figureText(threshold.limit, unit)}. ${threshold.reason}`);
  }
  if (finding.outcome === 'not-measured') {
    const { why, needs, costs } = finding.absence;
    if (measurement !== null) lines.push(why);
    lines.push(
      `${finding.required ? 'A PASS needs it. ' : ''}It would need: ${needs} Cost: ${costs}`,
    );
  }
  return lines;
}

function measured({ value, unit, interval: [low, high], samples }: Measurement): string {
  const range =
    low === high ? '' : `, 95% interval ${figureText(low, unit)} to ${figureText(high, unit)}`;
  return `measured: ${figureText(value, unit)}${range} (${samples.toLocaleString('en')})`;
}

function labelled(
  { label, class: index, value, unit }: Figure,
  classNames: readonly string[],
): string {
  const name = index === null ? '' : ` "${classNames[index]}"`;
  return `${label}${name} ${figureText(value, unit)}`;
}
