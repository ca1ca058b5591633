import type { CaseState, Names, RunOutcome } from '../contract/cases.ts';
import type { Entry } from '../ledger/entry.ts';
import type { CaseDetails } from './case-details.ts';
import {
  detailsOnFile,
  forgetNames,
  personOnFile,
  reasonOnFile,
  type CaseFile,
} from './case-file.ts';
import type { CaseRecord, CaseRun, SignOff } from './case-record.ts';
import type { CaseFileReader } from './case-vault.ts';
import { nextState } from './case-states.ts';
import { retentionEnd } from './deadlines.ts';
import { factsOf } from './details-on-record.ts';
import type { PlainDate } from './plain-date.ts';

/* What the entries and the file of a case come to. */

type CaseEntry = Extract<Entry, { case: string }>;
type OfKind<Kind extends CaseEntry['kind']> = Extract<CaseEntry, { kind: Kind }>;

/** All cases that some entries tell of, in the order in which they began. */
export function recordsOf(entries: Iterable<Entry>, files: CaseFileReader): CaseRecord[] {
  const byCase = new Map<string, CaseEntry[]>();
  for (const entry of entries) {
    if (entry.case === null) continue;
    const earlier = byCase.get(entry.case);
    if (earlier === undefined) byCase.set(entry.case, [entry]);
    else earlier.push(entry);
  }
  return [...byCase.values()].flatMap((ofCase) => recordOf(ofCase, files) ?? []);
}

/**
 * @param entries all of one case, in order
 * @returns null for entries that do not begin a case
 */
function recordOf(entries: readonly CaseEntry[], files: CaseFileReader): CaseRecord | null {
  const state = stateOf(entries);
  if (state === null) return null;
  const [{ case: id, time: opened }] = entries;
  const forgotten = last(entries, 'case-forgotten')?.time ?? null;
  const file = forgotten === null ? files.read(id) : null;
  const onRecord = (last(entries, 'case-opened', 'case-changed') ?? null)?.payload ?? null;
  const details = file && detailsOnFile(file, onRecord?.details ?? null);
  const runs = runsOf(entries, file);
  const closed = state === 'closed' ? last(entries, 'case-closed') : undefined;
  const reason = (named: string | null): string | null => file && reasonOnFile(file, named);
  return {
    id,
    state,
    names: namesOf(forgotten !== null, files, details),
    opened,
    changed: entries[entries.length - 1].time,
    facts: factsOf(onRecord),
    details,
    forget: runs.at(-1)?.forget ?? [],
    runs,
    signOffs: signOffsOf(entries, file, details),
    rejection: reason(last(entries, 'case-rejected')?.payload.reason ?? null),
    reopening: reason(last(entries, 'case-reopened')?.payload.reason ?? null),
    closing:
      closed === undefined
        ? null
        : {
            time: closed.time,
            outcome: closed.payload.outcome,
            reason: reason(closed.payload.reason),
            retentionEnds: retentionEnd(closed.time.slice(0, 10), onRecord?.retentionEnds ?? null),
          },
    forgotten,
    certificates: entries.flatMap((entry) =>
      entry.kind === 'certificate-issued' ? [entry.payload.certificate] : [],
    ),
  };
}

/** Whether the names of a closed case are kept for longer than was meant. */
export function isRetentionOver({ closing, forgotten }: CaseRecord, today: PlainDate): boolean {
  return closing !== null && forgotten === null && closing.retentionEnds < today;
}

/** A case that no writer is at work on any more was interrupted, whether the ledger says so yet or not. */
export function withoutWriter(record: CaseRecord): CaseRecord {
  if (record.state !== 'running') return record;
  const runs = record.runs.map((run): CaseRun =>
    run.outcome === 'running' ? { ...run, outcome: 'interrupted' } : run,
  );
  return { ...record, state: 'interrupted', runs };
}

function namesOf(isForgotten: boolean, files: CaseFileReader, details: CaseDetails | null): Names {
  if (isForgotten) return 'forgotten';
  if (details !== null) return 'open';
  return files.isLocked ? 'locked' : 'missing';
}

function stateOf(entries: readonly CaseEntry[]): CaseState | null {
  let state: CaseState | null = null;
  for (const entry of entries) state = nextState(state ?? 'none', entry) ?? state;
  return state;
}

const outcomes: Partial<Record<CaseEntry['kind'], RunOutcome>> = {
  'run-finished': 'finished',
  'run-failed': 'failed',
  'run-cancelled': 'cancelled',
  'run-interrupted': 'interrupted',
};

function runsOf(entries: readonly CaseEntry[], file: CaseFile | null): CaseRun[] {
  const runs: CaseRun[] = [];
  for (const entry of entries) {
    if (entry.kind === 'run-started') {
      runs.push(begunRun(entry, file, runs.length));
      continue;
    }
    const outcome = outcomes[entry.kind];
    const run = runs.pop();
    if (run === undefined) continue;
    runs.push(
      outcome === undefined
        ? run
        : {
            ...run,
            endEntry: entry.sequence,
            ended: entry.time,
            outcome,
            problem: entry.kind === 'run-failed' ? entry.payload.problem : null,
            result: entry.kind === 'run-finished' ? entry.payload : null,
          },
    );
  }
  return runs;
}

function begunRun(
  { sequence, time, payload }: OfKind<'run-started'>,
  file: CaseFile | null,
  place: number,
): CaseRun {
  const onFile = file?.runs[place];
  const names = forgetNames(file?.key ?? '', onFile, payload);
  return {
    entry: sequence,
    endEntry: null,
    started: time,
    ended: null,
    outcome: 'running',
    problem: null,
    forget: payload.forget.map(({ index }, at) => ({ index, name: names[at] })),
    plan: payload,
    result: null,
    file: onFile === undefined || names.includes(null) ? null : onFile,
  };
}

/** What is signed is the case as it stood: whatever changes it takes the signatures away. */
function signOffsOf(
  entries: readonly CaseEntry[],
  file: CaseFile | null,
  details: CaseDetails | null,
): SignOff[] {
  const names = details === null ? [] : [details.officer, details.reviewer];
  let signOffs: SignOff[] = [];
  let state: CaseState | null = null;
  for (const entry of entries) {
    state = nextState(state ?? 'none', entry) ?? state;
    if (entry.kind === 'case-signed' || entry.kind === 'case-accepted') {
      const { role, person } = entry.payload;
      const name = file && personOnFile(file, names, person);
      signOffs.push({ entry: entry.sequence, time: entry.time, role, name });
    } else if (state !== 'closed' && entry.kind !== 'certificate-issued') signOffs = [];
  }
  return signOffs;
}

function last<Kind extends CaseEntry['kind']>(
  entries: readonly CaseEntry[],
  ...kinds: Kind[]
): OfKind<Kind> | undefined {
  const isOne = (entry: CaseEntry): entry is OfKind<Kind> =>
    kinds.some((kind) => kind === entry.kind);
  return entries.findLast(isOne);
}
