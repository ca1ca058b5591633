import type { CaseRecord, CaseRun, ClosingOutcome } from '../cases/case-record.ts';
import { daysBetween, type PlainDate } from '../cases/plain-date.ts';
import { shortened } from '../report/visible.ts';

/** How `lethe case` says to a person, and to a program, what it found. */

const longestCell = 40;

/** A case as a line of JSON: without what a run planned and measured, which the ledger and the certificate tell. */
export function caseLine({
  runs,
  ...record
}: CaseRecord): { event: 'case' } & Record<string, unknown> {
  return { event: 'case', ...record, runs: runs.map(runLine) };
}

export function caseTable(records: readonly CaseRecord[], today: PlainDate): string {
  if (records.length === 0) return 'No case is on record yet.\n';
  const rows = records.map((record) =>
    columns(
      record.id,
      stateText(record),
      dueText(record, today),
      shortened(record.details?.subject ?? '', 20),
      shortened(forgetText(record), longestCell),
    ),
  );
  const over = records.filter((record) => isRetentionOver(record, today));
  const notes = [
    ...(records.some(({ names }) => names === 'locked')
      ? [
          'The names are locked with the passphrase of the ledger’s key. Give it in the variable LETHE_PASSPHRASE, or in a file by --passphrase-file.',
        ]
      : []),
    ...over.map(
      ({ id, closing }) =>
        `The retention of case ${id} ended on ${closing?.retentionEnds ?? ''}. Its names are destroyed by: lethe case forget ${id}`,
    ),
  ];
  const head = columns('case', 'state', 'due', 'subject', 'to forget');
  return `${[head, ...rows, ...(notes.length === 0 ? [] : ['', ...notes])].join('\n')}\n`;
}

/** Whether the names of a closed case are kept for longer than was meant. */
export function isRetentionOver({ closing, forgotten }: CaseRecord, today: PlainDate): boolean {
  return closing !== null && forgotten === null && closing.retentionEnds < today;
}

/** Until when it has to be answered, or that it was. */
export function dueText({ facts, closing }: CaseRecord, today: PlainDate): string {
  if (closing !== null) return `closed ${closing.time.slice(0, 10)}`;
  if (facts.due === null) return '-';
  const days = daysBetween(today, facts.due);
  if (days < 0) return `${facts.due} OVERDUE`;
  return `${facts.due}, ${days === 0 ? 'today' : days === 1 ? '1 day' : `${String(days)} days`}`;
}

/** "draft", "closed: erased", "interrupted: failed". */
export function stateText({ state, closing, runs, forgotten }: CaseRecord): string {
  if (closing !== null) {
    return forgotten === null ? `closed: ${closing.outcome}` : `forgotten: ${closing.outcome}`;
  }
  const outcome = runs.at(-1)?.outcome;
  return state === 'interrupted' && outcome !== undefined && outcome !== 'interrupted'
    ? `interrupted: ${outcome}`
    : state;
}

/** Names of the classes, or their numbers where the names are not told. */
export function forgetText({ forget, details }: CaseRecord): string {
  if (forget.length === 0) return details?.forget.join(', ') ?? '';
  return forget.map(({ index, name }) => name ?? `class ${String(index)}`).join(', ');
}

export const outcomeWords: Readonly<Record<ClosingOutcome, string>> = {
  erased: 'the classes were erased',
  refused: 'the request was refused',
  withdrawn: 'the request was withdrawn',
  abandoned: 'it was abandoned',
};

function columns(id: string, state: string, due: string, subject: string, forget: string): string {
  const row = `${id.padEnd(12)}${state.padEnd(24)}${due.padEnd(23)}${subject.padEnd(22)}${forget}`;
  return row.trimEnd();
}

function runLine({ plan, result, file, ...run }: CaseRun): Record<string, unknown> {
  return {
    ...run,
    model: plan.model.sha256,
    recipe: plan.recipe.name,
    erased: result?.erased.sha256 ?? null,
    verdict: result?.verdict?.value ?? null,
    output: file?.output ?? null,
  };
}
