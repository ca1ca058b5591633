import { isRetentionOver } from '../cases/case-history.ts';
import type { CaseRecord, CaseRun, SignOff } from '../cases/case-record.ts';
import { daysBetween, type PlainDate } from '../cases/plain-date.ts';
import type { ClosingOutcome } from '../contract/cases.ts';
import { shortened, visible } from '../report/visible.ts';

/** How `lethe case` says to a person, and to a program, what it found. */

const longestCell = 40;
const lockedWords =
  "locked with the key of the ledger: give its passphrase in LETHE_PASSPHRASE or by --passphrase-file, or open them in the Lethe application if the system's keychain keeps it";

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
    ...(records.some(({ names }) => names === 'locked') ? [`The names are ${lockedWords}.`] : []),
    ...over.map(
      ({ id, closing }) =>
        `The retention of case ${id} ended on ${closing?.retentionEnds ?? ''}. Its names are destroyed by: lethe case forget ${id}`,
    ),
  ];
  const head = columns('case', 'state', 'due', 'subject', 'to forget');
  return `${[head, ...rows, ...(notes.length === 0 ? [] : ['', ...notes])].join('\n')}\n`;
}

/** Until when it has to be answered, or that it was. */
function dueText({ facts, closing }: CaseRecord, today: PlainDate): string {
  if (closing !== null) return `closed ${closing.time.slice(0, 10)}`;
  return facts.due === null ? '-' : leftUntil(facts.due, today);
}

function leftUntil(due: PlainDate, today: PlainDate): string {
  const days = daysBetween(today, due);
  if (days < 0) return `${due} OVERDUE`;
  return `${due}, ${days === 0 ? 'today' : days === 1 ? '1 day' : `${String(days)} days`}`;
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

/** All that is known of a case, for a person. */
export function caseText(record: CaseRecord, today: PlainDate): string {
  const { id, details, facts, runs, signOffs, closing, forgotten, certificates } = record;
  const rows: [title: string, text: string | null][] = [
    ['state', stateText(record)],
    ['names', namesText(record)],
    ['names kept', forgotten === null ? keptUntil(record) : null],
    ['request', details?.request ?? null],
    ['received', facts.received],
    ['channel', facts.channel],
    ['law', facts.law],
    ['ground', details?.ground ?? null],
    ['due', dueRow(record, today)],
    ['', details?.extension?.reason ?? null],
    ['subject', details?.subject ?? null],
    ['controller', details?.controller ?? null],
    ['officer', details?.officer ?? null],
    ['reviewer', details?.reviewer ?? null],
    ['to sign', facts.twoPersonSignOff ? 'officer and reviewer' : 'officer or reviewer'],
    ['signed', signOffs.map(signOffText).join(', ')],
    ['model', details?.model ?? null],
    ['images', details?.data ?? null],
    ['to forget', forgetText(record)],
    ...runs.map((run, place): [string, string] => [place === 0 ? 'runs' : '', runText(run)]),
    ...(details?.recipients ?? []).map((recipient, place): [string, string] => [
      place === 0 ? 'recipients' : '',
      `${recipient.name}: ${recipient.notified === null ? 'not notified' : `notified ${recipient.notified}`}${recipient.remark === '' ? '' : `. ${recipient.remark}`}`,
    ]),
    ...(details?.locations ?? []).map(({ kind, place, decision }, index): [string, string] => [
      index === 0 ? 'locations' : '',
      `${kind}, ${place}: ${decision === '' ? 'nothing decided' : decision}`,
    ]),
    ['rejected', record.rejection],
    ['reopened', record.reopening],
    ['closed', closing && `${closing.time.slice(0, 10)}, ${outcomeWords[closing.outcome]}`],
    ['', closing?.reason ?? null],
    ['certificates', certificates.join(', ')],
    ['notes', details?.notes ?? null],
  ];
  const told = rows.flatMap(([title, text]) =>
    text === null || text === '' ? [] : rowLines(title, text),
  );
  return `${[`Case ${id}`, ...told].join('\n')}\n`;
}

function rowLines(title: string, text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line, place) => `  ${(place === 0 ? title : '').padEnd(14)}${visible(line)}`);
}

function dueRow({ facts, closing }: CaseRecord, today: PlainDate): string | null {
  if (facts.due === null) return null;
  const left = closing === null ? leftUntil(facts.due, today) : facts.due;
  return facts.isExtended ? `${left}, extended` : left;
}

function keptUntil({ closing, facts }: CaseRecord): string | null {
  const end = closing?.retentionEnds ?? facts.retentionEnds;
  return end && `until ${end}`;
}

function namesText({ names, forgotten }: CaseRecord): string {
  switch (names) {
    case 'open':
      return 'in the case file, encrypted';
    case 'locked':
      return lockedWords;
    case 'missing':
      return 'gone: the case file is missing or was changed';
    case 'forgotten':
      return `destroyed on ${forgotten?.slice(0, 10) ?? ''}`;
  }
}

function signOffText({ role, name, time }: SignOff): string {
  return `${role}${name === null ? '' : ` ${name}`} on ${time.slice(0, 10)}`;
}

function runText({ started, outcome, problem, result, plan, file }: CaseRun): string {
  const verdict = result?.verdict === undefined ? '' : `, ${result.verdict.value}`;
  const where = file === null ? '' : `, in ${file.output}`;
  return `${started.slice(0, 16).replace('T', ' ')} UTC, recipe ${plan.recipe.name}: ${problem ?? outcome}${verdict}${where}`;
}

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
