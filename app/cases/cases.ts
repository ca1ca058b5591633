import { join, relative } from 'node:path';
import { ProblemError, type ProblemCode } from '../../engine/protocol/problem.ts';
import type { ErasePlan, EraseResult } from '../../engine/protocol/protocol.ts';
import type { ClosingOutcome, Role } from '../contract/cases.ts';
import { canonicalJson } from '../ledger/canonical-json.ts';
import type { CaseContent } from '../ledger/entry.ts';
import { unprotected, type KeyProtection } from '../ledger/key-protection.ts';
import { orProblem } from '../ledger/ledger-fault.ts';
import { openLedger, readLedger, type Ledger, type LedgerSettings } from '../ledger/ledger.ts';
import { buildDigest } from '../program/build-digest.ts';
import { isSamePerson, type CaseDetails } from './case-details.ts';
import { newCaseFile, personHmac, reasonHmac, type CaseFile, type RunFile } from './case-file.ts';
import { recordsOf, withoutWriter } from './case-history.ts';
import type { CaseRecord } from './case-record.ts';
import { faultIn, lackIn } from './case-rules.ts';
import { nextState, refusalOf, stateWords, statesFor } from './case-states.ts';
import { openCaseVault, readCaseVault, type CaseVault } from './case-vault.ts';
import { detailsOnRecord } from './details-on-record.ts';
import { today } from './plain-date.ts';
import { runFinished, runStarted } from './run-entries.ts';
import { destroyNames, recover, tidyFile } from './case-recovery.ts';
import { makeStaging, publishStaged, removeStaging, requireRoom } from './staging.ts';

export { stagingFolder } from './staging.ts';

/** What a run needs to know besides the engine's plan. Paths are absolute. */
interface RunStart {
  /** The case that it is of; without one, a new case is opened for it. */
  readonly caseId?: string | undefined;
  readonly plan: ErasePlan;
  readonly model: string;
  readonly data: string;
  /** From {@link stagingFolder}; made here. The engine writes the erased model into it, and nowhere else. */
  readonly staging: string;
  /** The folder into which the erased model moves once the ledger says that the run finished. */
  readonly output: string;
}

/**
 * The cases of one ledger, opened by its one writer. What happens in a case is an entry in the ledger first.
 * Every method that changes a case throws ProblemError `ledger-failed` when the ledger cannot be written, `disk-failed`
 * when the case file cannot, and `bad-command`, with nothing done, for what has no place in the case as it stands.
 */
export interface Cases {
  readonly folder: string;
  readonly ledger: Ledger;
  /** Cases found running at opening: their writer had died, so their runs were closed as interrupted. */
  readonly interrupted: readonly string[];

  /** Opens a case as a draft. @returns its identifier */
  open(details: CaseDetails): string;
  change(id: string, details: CaseDetails): void;
  /** Nothing that is required may be missing. */
  makeReady(id: string): void;
  /** Signs for the last run. With two-person sign-off, the officer signs first and the reviewer's signature accepts it. */
  signOff(id: string, role: Role): void;
  reject(id: string, role: Role, reason: string): void;
  /** @param state `review` needs a run that finished */
  reopen(id: string, state: 'draft' | 'review', reason: string): void;
  /** An accepted case is closed as `erased`, any other one otherwise. @param reason required for `refused` */
  closeCase(id: string, outcome: ClosingOutcome, reason: string): void;
  /** Destroys all names of a closed case. There is no way back. */
  forget(id: string): void;

  /** Asked before a run is prepared. @throws ProblemError `bad-command` for a case that cannot be run now */
  requireRunnable(id: string): void;
  /**
   * Enters `run-started`.
   * @returns the case's identifier
   * @throws ProblemError `disk-failed` when nothing can be staged; then nothing is on record
   */
  start(start: RunStart): string;
  /**
   * Enters `run-finished`, then moves the erased model.
   * @returns the erased model's final path
   * @throws ProblemError `output-exists`; then it is still running
   */
  finish(id: string, result: EraseResult): string;
  /** Enters `run-failed` and removes what was staged. */
  fail(id: string, problem: ProblemCode): void;
  /** Enters `run-cancelled` and removes what was staged. */
  cancel(id: string): void;
  /** Enters `run-interrupted` and removes what was staged: the engine was lost in the middle of the run. */
  interrupt(id: string): void;

  /** @throws ProblemError `bad-command` when there is no such case */
  record(id: string): CaseRecord;
  /** Oldest first. */
  list(): CaseRecord[];
  close(): void;
}

/**
 * Opens the ledger in `folder` as its writer (both are made when missing) and closes every run that a dead writer left
 * behind: an entry `run-interrupted`, and what was staged is removed.
 * @param software Lethe's version
 * @param settings how the ledger's keys are kept
 * @throws ProblemError `ledger-failed`, also when another Lethe is at work on this ledger
 */
export function openCases(folder: string, software: string, settings: LedgerSettings = {}): Cases {
  const ledger = openLedger(folder, software, settings);
  try {
    const vault = orProblem(() => openCaseVault(folder, ledger.wrappingKey()));
    return new OpenCases(folder, ledger, vault, software, settings.clock ?? (() => new Date()));
  } catch (cause) {
    ledger.close();
    throw cause;
  }
}

/**
 * The cases of the ledger in `folder`, oldest first, read beside a writer or without one; nothing is changed. A case that
 * no writer is at work on any more reads `interrupted`.
 * @param protection opens the names, if the ledger's key is protected; without it they stay locked
 * @throws ProblemError `no-such-file`, `ledger-failed`
 */
export function listCases(folder: string, protection: KeyProtection = unprotected): CaseRecord[] {
  const reader = readLedger(folder);
  try {
    const records = recordsOf(reader.entries(), readCaseVault(folder, protection));
    return reader.writerAtWork ? records : records.map(withoutWriter);
  } finally {
    reader.close();
  }
}

export function noSuchCase(id: string): ProblemError {
  return new ProblemError('bad-command', `There is no case ${id} in this ledger.`);
}

class OpenCases implements Cases {
  readonly folder: string;
  readonly ledger: Ledger;
  readonly interrupted: readonly string[];
  readonly #vault: CaseVault;
  readonly #software: string;
  readonly #clock: () => Date;
  /** Those under way in this process. */
  readonly #running = new Map<string, RunFile>();
  /** All that were ever given out. */
  readonly #ids: Set<string>;

  constructor(
    folder: string,
    ledger: Ledger,
    vault: CaseVault,
    software: string,
    clock: () => Date,
  ) {
    this.folder = folder;
    this.ledger = ledger;
    this.#vault = vault;
    this.#software = software;
    this.#clock = clock;
    const found = this.list();
    this.interrupted = this.#interruptRuns(found);
    const records = this.interrupted.length === 0 ? found : this.list();
    recover(folder, vault, records);
    this.#ids = new Set([...records.map(({ id }) => id), ...vault.ids()]);
  }

  // ---------------------------------------------------------------------------- the officer's side

  open(details: CaseDetails): string {
    this.#requireSound(details);
    const file: CaseFile = { ...newCaseFile(this.#nextId()), details: [details] };
    this.#beginCase(file, {
      kind: 'case-opened',
      case: file.id,
      payload: detailsOnRecord(details, file.key),
    });
    return file.id;
  }

  change(id: string, details: CaseDetails): void {
    const record = this.record(id);
    const file = this.#requireFile(record);
    const before = this.#requireDetails(record);
    if (isSame(details, before)) return;
    this.#requireSound(details);
    const { state } = record;
    if (state === 'ready') this.#requireComplete(id, details);
    const { retentionEnds } = details;
    if (state === 'closed' && !isSame({ ...before, retentionEnds }, details)) {
      throw refusal(`Case ${id} is closed: only the end of its retention can be changed.`);
    }
    this.#enter(
      record,
      { kind: 'case-changed', case: id, payload: detailsOnRecord(details, file.key) },
      { ...file, details: [before, details] },
    );
  }

  makeReady(id: string): void {
    const record = this.record(id);
    this.#requireComplete(id, this.#requireDetails(record));
    this.#enter(record, { kind: 'case-readied', case: id, payload: {} });
  }

  signOff(id: string, role: Role): void {
    const record = this.record(id);
    const details = this.#requireDetails(record);
    this.#requireComplete(id, details);
    const isLast = !details.twoPersonSignOff || role === 'reviewer';
    const hasSigned = (signer: Role): boolean =>
      record.signOffs.some((signOff) => signOff.role === signer);
    if (details.twoPersonSignOff && isSamePerson(details.officer, details.reviewer)) {
      throw refusal(`In case ${id}, two persons have to sign, and only one is named.`);
    }
    if (isLast && details.twoPersonSignOff && !hasSigned('officer')) {
      throw refusal(
        `In case ${id}, the officer signs first. The reviewer looks at what they sign.`,
      );
    }
    if (!isLast && hasSigned(role)) {
      throw refusal(`The officer has signed case ${id}. Now it is for the reviewer to sign.`);
    }
    this.#enter(record, {
      kind: isLast ? 'case-accepted' : 'case-signed',
      case: id,
      payload: this.#signature(record, role),
    });
  }

  reject(id: string, role: Role, reason: string): void {
    const record = this.record(id);
    const file = this.#requireFile(record);
    this.#requireReason(reason, 'What is wrong with it');
    const payload = { ...this.#signature(record, role), reason: reasonHmac(file.key, reason) };
    this.#enter(record, { kind: 'case-rejected', case: id, payload }, withReason(file, reason));
  }

  reopen(id: string, state: 'draft' | 'review', reason: string): void {
    const record = this.record(id);
    const file = this.#requireFile(record);
    this.#requireReason(reason, 'Why it is reopened');
    if (state === 'review' && record.runs.at(-1)?.outcome !== 'finished') {
      throw refusal(`Case ${id} has no finished run to look at. Reopen it as a draft.`);
    }
    const payload = { state, reason: reasonHmac(file.key, reason) };
    this.#enter(record, { kind: 'case-reopened', case: id, payload }, withReason(file, reason));
  }

  closeCase(id: string, outcome: ClosingOutcome, reason: string): void {
    const record = this.record(id);
    const file = this.#requireFile(record);
    if (record.state === 'accepted' && outcome !== 'erased') {
      throw refusal(`Case ${id} is accepted: it can only be closed as erased.`);
    }
    if (record.state !== 'accepted' && outcome === 'erased') {
      throw refusal(
        `Case ${id} is ${stateWords[record.state]}. Only an accepted case can be closed as erased.`,
      );
    }
    if (outcome === 'refused') this.#requireReason(reason, 'Why the request is refused');
    const isGiven = reason.trim() !== '';
    const payload = { outcome, reason: isGiven ? reasonHmac(file.key, reason) : null };
    this.#enter(
      record,
      { kind: 'case-closed', case: id, payload },
      isGiven ? withReason(file, reason) : file,
    );
  }

  forget(id: string): void {
    const record = this.record(id);
    if (record.forgotten !== null) {
      throw refusal(
        `The names of case ${id} were destroyed before, on ${record.forgotten.slice(0, 10)}.`,
      );
    }
    if (record.state !== 'closed') {
      throw refusal(
        `Case ${id} is ${stateWords[record.state]}, and its names are still needed. Close it first.`,
      );
    }
    this.#enter(record, { kind: 'case-forgotten', case: id, payload: {} });
    onDisk(id, () => {
      destroyNames(this.folder, this.#vault, id);
    });
  }

  // ------------------------------------------------------------------------------------------ runs

  requireRunnable(id: string): void {
    const { state } = this.record(id);
    if (!statesFor('run-started').includes(state)) {
      throw refusal(refusalOf(id, state, 'run-started'));
    }
  }

  start({ caseId, plan, model, data, staging, output }: RunStart): string {
    const run: RunFile = {
      classNames: plan.classNames.map((name) => name.toWellFormed()),
      forget: plan.forget,
      dataClasses: plan.data.classNames.map((name) => plan.classNames.indexOf(name)),
      model,
      data,
      staging,
      output,
    };
    const record = caseId === undefined ? null : this.record(caseId);
    const before = record === null ? newCaseFile(this.#nextId()) : this.#requireFile(record);
    const file: CaseFile = { ...before, runs: [...before.runs, run] };
    const { id } = file;
    const entry: CaseContent = {
      kind: 'run-started',
      case: id,
      payload: runStarted(plan, run, file.key, {
        version: this.#software,
        build: buildDigest(),
      }),
    };
    // The case file first, so that at every moment what is on the disk is known to some file that recovery reads.
    const stage = (): void => {
      makeStaging(staging);
    };
    try {
      if (record === null) this.#beginCase(file, entry, stage);
      else this.#enter(record, entry, file, stage);
    } catch (cause) {
      removeStaging(staging);
      throw cause;
    }
    this.#running.set(id, run);
    return id;
  }

  finish(id: string, result: EraseResult): string {
    const run = this.#requireRunning(id);
    const { staging, output } = run;
    requireRoom(staging, output);
    this.ledger.append({ kind: 'run-finished', case: id, payload: runFinished(result, run) });
    this.#running.delete(id);
    const erased = relative(staging, result.erased.path);
    try {
      publishStaged(staging, output);
    } catch (cause) {
      throw new ProblemError(
        'disk-failed',
        `The run is finished and on record, but the erased model could not be moved to ${output}. It is moved there when Lethe starts the next time.`,
        `still at ${join(staging, erased)}: ${String(cause)}`,
        { cause },
      );
    }
    return join(output, erased);
  }

  fail(id: string, problem: ProblemCode): void {
    this.#endWithoutModel({ kind: 'run-failed', case: id, payload: { problem } });
  }

  cancel(id: string): void {
    this.#endWithoutModel({ kind: 'run-cancelled', case: id, payload: {} });
  }

  interrupt(id: string): void {
    this.#endWithoutModel({ kind: 'run-interrupted', case: id, payload: {} });
  }

  // --------------------------------------------------------------------------------------- reading

  record(id: string): CaseRecord {
    const [record] = recordsOf(this.ledger.entries(id), this.#vault);
    if (record === undefined) throw noSuchCase(id);
    return record;
  }

  list(): CaseRecord[] {
    return recordsOf(this.ledger.entries(), this.#vault);
  }

  close(): void {
    this.ledger.close();
  }

  // ----------------------------------------------------------------------------------------- parts

  /** The first entry of a case. @param prepare what must be done before it, once the file is there */
  #beginCase(file: CaseFile, entry: CaseContent, prepare: () => void = () => undefined): void {
    try {
      this.#write(file);
      prepare();
      this.ledger.append(entry);
    } catch (cause) {
      // A disk can become full right after an entry got onto it.
      if (this.ledger.entries(file.id).next().done === true) this.#vault.destroy(file.id);
      throw cause;
    }
    this.#ids.add(file.id);
    this.#tidy(file.id);
  }

  /** An entry of a case that there is. @param file as it is to be after the entry, if that is not as it is now */
  #enter(
    record: CaseRecord,
    entry: CaseContent,
    file?: CaseFile,
    prepare: () => void = () => undefined,
  ): void {
    const standing = record.forgotten === null ? record.state : 'forgotten';
    if (nextState(standing, entry) === null) {
      throw refusal(refusalOf(record.id, record.state, entry.kind));
    }
    try {
      if (file !== undefined) this.#write(file);
      prepare();
      this.ledger.append(entry);
    } finally {
      if (file !== undefined) this.#tidy(record.id);
    }
  }

  #endWithoutModel(entry: CaseContent): void {
    const { staging } = this.#requireRunning(entry.case);
    this.ledger.append(entry);
    this.#running.delete(entry.case);
    removeStaging(staging);
  }

  #signature(record: CaseRecord, role: Role): { role: Role; person: string; run: number } {
    const name = this.#requireDetails(record)[role];
    if (name.trim() === '') {
      throw refusal(`Case ${record.id} names no ${role} who could sign. Enter who it is first.`);
    }
    const run = record.runs.at(-1)?.endEntry ?? null;
    if (run === null) throw refusal(refusalOf(record.id, record.state, 'case-accepted'));
    return { role, person: personHmac(this.#requireFile(record).key, name), run };
  }

  #requireSound(details: CaseDetails): void {
    const fault = faultIn(details, today(this.#clock()));
    if (fault !== null) throw refusal(fault);
  }

  #requireComplete(id: string, details: CaseDetails): void {
    const lack = lackIn(details);
    if (lack !== null) throw refusal(`Case ${id} is not complete. ${lack}`);
  }

  #requireReason(reason: string, what: string): void {
    if (reason.trim() === '') throw refusal(`${what} has to be said. Give a reason.`);
  }

  #requireFile({ id, forgotten }: CaseRecord): CaseFile {
    const file = this.#vault.read(id);
    if (forgotten === null && file !== null) return file;
    throw withoutNames(id, forgotten);
  }

  #requireDetails({ id, details, forgotten }: CaseRecord): CaseDetails {
    if (details === null) throw withoutNames(id, forgotten);
    return details;
  }

  #requireRunning(id: string): RunFile {
    const run = this.#running.get(id);
    if (run === undefined) throw new Error(`case ${id} is not running`);
    return run;
  }

  #write(file: CaseFile): void {
    onDisk(file.id, () => {
      this.#vault.write(file);
    });
  }

  /** After an entry was made, or could not be made: what is in force is on the disk already, with something besides. */
  #tidy(id: string): void {
    try {
      tidyFile(this.#vault, this.record(id));
    } catch {
      // Then the next opening does it.
    }
  }

  #nextId(): string {
    const year = String(this.#clock().getUTCFullYear());
    const numbers = [...this.#ids]
      .filter((id) => id.startsWith(`${year}-`))
      .map((id) => Number(id.slice(year.length + 1)));
    return `${year}-${String(Math.max(0, ...numbers) + 1).padStart(4, '0')}`;
  }

  /** @returns the cases of the runs that a dead writer left behind */
  #interruptRuns(records: readonly CaseRecord[]): string[] {
    const running = records.filter(({ state }) => state === 'running').map(({ id }) => id);
    for (const id of running) {
      this.ledger.append({ kind: 'run-interrupted', case: id, payload: {} });
    }
    return running;
  }
}

function withReason(file: CaseFile, reason: string): CaseFile {
  return { ...file, reasons: [...new Set([...file.reasons, reason])] };
}

function isSame(one: unknown, other: unknown): boolean {
  return canonicalJson(one) === canonicalJson(other);
}

function onDisk(id: string, action: () => void): void {
  try {
    action();
  } catch (cause) {
    throw new ProblemError(
      'disk-failed',
      `The file of case ${id} could not be written. Make room on its disk, and see that the folder of the ledger can be written.`,
      String(cause),
      { cause },
    );
  }
}

function refusal(sentence: string): ProblemError {
  return new ProblemError('bad-command', sentence);
}

function withoutNames(id: string, forgotten: string | null): ProblemError {
  return forgotten === null
    ? new ProblemError(
        'ledger-failed',
        `The file of case ${id}, which holds the names, is gone or was changed. What is on record of the case can be read, but no more is added to it.`,
      )
    : refusal(`The names of case ${id} were destroyed on ${forgotten.slice(0, 10)}. It is over.`);
}
