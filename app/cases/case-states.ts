import { caseStateSchema, type CaseState } from '../contract/cases.ts';
import type { CaseContent } from '../ledger/entry.ts';

/** `none`: there is no case yet. `forgotten`: a closed one whose names were destroyed. */
type Standing = CaseState | 'none' | 'forgotten';
type CaseEvent = CaseContent['kind'];

/**
 * What may happen in a case, and where it leads. Every arrow is an entry in the ledger.
 *
 *     draft ⇄ ready → running → review → accepted → closed → (forgotten)
 *               ↑        ↓         ↓
 *           interrupted ←┘      rejected → draft
 */
const transitions: Readonly<
  Record<CaseEvent, Partial<Readonly<Record<Standing, readonly CaseState[]>>>>
> = {
  'case-opened': { none: ['draft'] },
  // What was signed is not changed: an accepted case is reopened first. A closed one only gets another retention.
  'case-changed': {
    draft: ['draft'],
    ready: ['ready'],
    interrupted: ['interrupted'],
    review: ['review'],
    rejected: ['rejected'],
    closed: ['closed'],
  },
  // All that the law asks of the record is there.
  'case-readied': { draft: ['ready'] },
  // An erasure that no case was opened for opens one of its own.
  'run-started': { none: ['running'], ready: ['running'], interrupted: ['running'] },
  'run-finished': { running: ['review'] },
  // However a run ends that brought no model, the case waits for another one, and the original is as it was.
  'run-failed': { running: ['interrupted'] },
  'run-cancelled': { running: ['interrupted'] },
  'run-interrupted': { running: ['interrupted'] },
  'case-signed': { review: ['review'] },
  'case-accepted': { review: ['accepted'] },
  'case-rejected': { review: ['rejected'] },
  // To be changed and run again, or to be looked at again.
  'case-reopened': {
    ready: ['draft'],
    interrupted: ['draft'],
    rejected: ['draft', 'review'],
    accepted: ['review'],
    closed: ['draft', 'review'],
  },
  // As erased from accepted; from elsewhere because it was refused, withdrawn or abandoned.
  'case-closed': {
    draft: ['closed'],
    ready: ['closed'],
    interrupted: ['closed'],
    review: ['closed'],
    rejected: ['closed'],
    accepted: ['closed'],
  },
  'case-forgotten': { closed: ['closed'] },
  'certificate-issued': {
    review: ['review'],
    accepted: ['accepted'],
    rejected: ['rejected'],
    closed: ['closed'],
    forgotten: ['closed'],
  },
};

/** What of an entry decides where it leads. */
export type CaseStep =
  | { readonly kind: Exclude<CaseEvent, 'case-reopened'> }
  | { readonly kind: 'case-reopened'; readonly payload: { readonly state: CaseState } };

/** Where an entry leads; null where it has no place. */
export function nextState(standing: Standing, step: CaseStep): CaseState | null {
  const states = transitions[step.kind][standing] ?? [];
  const wanted = step.kind === 'case-reopened' ? step.payload.state : states[0];
  return states.find((state) => state === wanted) ?? null;
}

/** The states in which something may happen. */
export function statesFor(event: CaseEvent): CaseState[] {
  return caseStateSchema.options.filter((state) => transitions[event][state] !== undefined);
}

/** "Case 2026-0001 is …" */
export const stateWords: Readonly<Record<CaseState, string>> = {
  draft: 'a draft',
  ready: 'ready',
  running: 'running',
  interrupted: 'interrupted',
  review: 'in review',
  accepted: 'accepted',
  rejected: 'rejected',
  closed: 'closed',
};

/** "It can only … a case that is …" */
const eventWords: Readonly<Record<CaseEvent, string>> = {
  'case-opened': 'be opened',
  'case-changed': 'be changed',
  'case-readied': 'be made ready',
  'run-started': 'be run',
  'run-finished': 'finish its run',
  'run-failed': 'fail',
  'run-cancelled': 'be stopped',
  'run-interrupted': 'be interrupted',
  'case-signed': 'be signed',
  'case-accepted': 'be accepted',
  'case-rejected': 'be rejected',
  'case-reopened': 'be reopened',
  'case-closed': 'be closed',
  'case-forgotten': 'be forgotten',
  'certificate-issued': 'be certified',
};

/** Why something has no place in a case, and which cases it has one in. */
export function refusalOf(id: string, state: CaseState, event: CaseEvent): string {
  const where = new Intl.ListFormat('en', { type: 'disjunction' }).format(
    statesFor(event).map((one) => stateWords[one]),
  );
  return `Case ${id} is ${stateWords[state]}. To ${eventWords[event]}, a case has to be ${where}.`;
}
