import type {
  CaseState,
  Channel,
  ClosingOutcome,
  Law,
  Names,
  Role,
  RunOutcome,
} from '../contract/cases.ts';
import type { RunFinished, RunStarted } from '../ledger/entry.ts';
import type { CaseDetails } from './case-details.ts';
import type { RunFile } from './case-file.ts';
import type { PlainDate } from './plain-date.ts';

/* A case as its entries and its file tell it. */

/** What the ledger holds of the details in the clear: nothing that names anyone. It outlives the names. */
export interface CaseFacts {
  readonly law: Law | null;
  readonly received: PlainDate | null;
  readonly channel: Channel | null;
  readonly due: PlainDate | null;
  readonly isExtended: boolean;
  readonly twoPersonSignOff: boolean;
  readonly recipients: number;
  readonly recipientsNotified: number;
  readonly locations: number;
  readonly locationsDecided: number;
  readonly retentionEnds: PlainDate | null;
}

/** A class to erase. The name is null where the case file does not say it. */
export interface ForgetClass {
  readonly index: number;
  readonly name: string | null;
}

export interface CaseRun {
  /** Sequences of the entries. */
  readonly entry: number;
  readonly endEntry: number | null;
  /** ISO 8601, UTC. */
  readonly started: string;
  readonly ended: string | null;
  readonly outcome: RunOutcome;
  /** Why it failed: a code. */
  readonly problem: string | null;
  readonly forget: readonly ForgetClass[];
  readonly plan: RunStarted;
  /** Null unless it finished. */
  readonly result: RunFinished | null;
  /** All names and the paths; null where the case file does not say them, or other ones than the entries were made with. */
  readonly file: RunFile | null;
}

export interface SignOff {
  /** Sequence of the entry that it is. */
  readonly entry: number;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly role: Role;
  /** Null where the case file does not say it. */
  readonly name: string | null;
}

export interface CaseRecord {
  /** Such as `2026-0001`: the year and a number that counts up in it. Sorts by age. */
  readonly id: string;
  readonly state: CaseState;
  readonly names: Names;
  /** Of its first entry and of its last: ISO 8601, UTC. */
  readonly opened: string;
  readonly changed: string;
  readonly facts: CaseFacts;
  /** Null unless names are open. */
  readonly details: CaseDetails | null;
  /** Of the last run; none before the first. */
  readonly forget: readonly ForgetClass[];
  /** In order; the last one is the one that counts. */
  readonly runs: readonly CaseRun[];
  /** Those that hold for the case as it is: a change, a run or a rejection after them takes them away. */
  readonly signOffs: readonly SignOff[];
  /** What was said when it was rejected last, and when it was reopened last; null where it was not, or names are not open. */
  readonly rejection: string | null;
  readonly reopening: string | null;
  readonly closing: {
    /** ISO 8601, UTC. */
    readonly time: string;
    readonly outcome: ClosingOutcome;
    readonly reason: string | null;
    /** The last day on which it keeps its names. */
    readonly retentionEnds: PlainDate;
  } | null;
  /** When its names were destroyed: ISO 8601, UTC. */
  readonly forgotten: string | null;
  /** Identifiers of the certificates issued. */
  readonly certificates: readonly string[];
}
