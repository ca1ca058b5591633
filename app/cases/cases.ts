import { cpus, totalmem } from 'node:os';
import { join, relative } from 'node:path';
import { ProblemError, type ProblemCode } from '../../engine/protocol/problem.ts';
import type { ErasePlan, EraseResult } from '../../engine/protocol/protocol.ts';
import type { CaseContent, Entry, RunFinished, RunStarted } from '../ledger/entry.ts';
import {
  openLedger,
  readLedger,
  type Ledger,
  type LedgerReader,
  type LedgerSettings,
} from '../ledger/ledger.ts';
import {
  caseFileIds,
  classNameHmac,
  forgetNames,
  newCaseKey,
  readCaseFile,
  removeCaseFile,
  writeCaseFile,
  type CaseFile,
} from './case-file.ts';
import { makeStaging, publishStaged, removeStaging, requireRoom } from './staging.ts';

export { stagingFolder } from './staging.ts';

type CaseState = 'running' | 'finished' | 'failed' | 'cancelled' | 'interrupted';

/** A case as the ledger's entries tell it. */
export interface CaseSummary {
  /** Such as `2026-0001`: the year and a number that counts up in it. Sorts by age. */
  readonly id: string;
  readonly state: CaseState;
  /** ISO 8601, UTC. */
  readonly started: string;
  readonly ended: string | null;
  /** The classes to erase. A name is null once the case file is gone. */
  readonly forget: readonly { readonly index: number; readonly name: string | null }[];
  /** Why it failed. */
  readonly problem: string | null;
  /** Identifiers of the certificates issued. */
  readonly certificates: readonly string[];
}

/** What a case needs to know besides the engine's plan. Paths are absolute. */
interface CaseStart {
  readonly plan: ErasePlan;
  readonly model: string;
  readonly data: string;
  /** From {@link stagingFolder}; made here. The engine writes the erased model into it, and nowhere else. */
  readonly staging: string;
  /** The folder into which the erased model moves once the ledger says that the run finished. */
  readonly output: string;
}

/**
 * The cases of one ledger, opened by its one writer.
 * Every method that changes a case throws ProblemError `ledger-failed` when the ledger cannot be written.
 */
export interface Cases {
  readonly folder: string;
  readonly ledger: Ledger;
  /** Cases found running at opening: their writer had died, so they were closed as interrupted. */
  readonly interrupted: readonly string[];

  /**
   * Opens a case with a `run-started` entry.
   * @returns its identifier
   * @throws ProblemError `disk-failed` when nothing can be staged; then there is no case
   */
  start(start: CaseStart): string;
  /**
   * Closes it with `run-finished`, then moves the erased model.
   * @returns the erased model's final path
   * @throws ProblemError `output-exists`; then it is still running
   */
  finish(id: string, result: EraseResult): string;
  /** Closes it with `run-failed` and removes what was staged. */
  fail(id: string, problem: ProblemCode): void;
  /** Closes it with `run-cancelled` and removes what was staged. */
  cancel(id: string): void;
  /** Closes it with `run-interrupted` and removes what was staged: the engine was lost in the middle of the run. */
  interrupt(id: string): void;

  list(): CaseSummary[];
  close(): void;
}

/**
 * Opens the ledger in `folder` as its writer (both are made when missing) and closes every case that a dead writer left
 * running: an entry `run-interrupted`, and what was staged is removed.
 * @param software Lethe's version
 * @param settings how the ledger's keys are kept
 * @throws ProblemError `ledger-failed`, also when another Lethe is at work on this ledger
 */
export function openCases(folder: string, software: string, settings: LedgerSettings = {}): Cases {
  const ledger = openLedger(folder, software, settings);
  try {
    return new OpenCases(folder, software, ledger);
  } catch (cause) {
    ledger.close();
    throw cause;
  }
}

/**
 * The cases of the ledger in `folder`, oldest first, read beside a writer or without one; nothing is changed. A case that
 * no writer is at work on any more reads `interrupted`.
 * @throws ProblemError `no-such-file`, `ledger-failed`
 */
export function listCases(folder: string): CaseSummary[] {
  const reader = readLedger(folder);
  try {
    const summaries = summariesOf(reader, folder);
    return reader.writerAtWork ? summaries : summaries.map(withoutWriter);
  } finally {
    reader.close();
  }
}

class OpenCases implements Cases {
  readonly folder: string;
  readonly ledger: Ledger;
  readonly interrupted: readonly string[];
  readonly #software: string;
  readonly #running = new Map<string, CaseFile>();
  /** All that were ever given out. */
  readonly #ids: Set<string>;

  constructor(folder: string, software: string, ledger: Ledger) {
    this.folder = folder;
    this.ledger = ledger;
    this.#software = software;
    const found = this.list();
    this.#ids = new Set([...found.map(({ id }) => id), ...caseFileIds(folder)]);
    this.interrupted = this.#recover(found);
  }

  start({ plan, model, data, staging, output }: CaseStart): string {
    const file: CaseFile = {
      id: this.#nextId(),
      key: newCaseKey(),
      classNames: plan.classNames.map((name) => name.toWellFormed()),
      forget: plan.forget,
      dataClasses: plan.data.classNames.map((name) => plan.classNames.indexOf(name)),
      model,
      data,
      staging,
      output,
    };
    // In this order, so that at every moment what is on the disk is known to some file that recovery reads.
    writeCaseFile(this.folder, file);
    try {
      makeStaging(staging);
      this.ledger.append({
        kind: 'run-started',
        case: file.id,
        payload: runStarted(plan, file, this.#software),
      });
    } catch (cause) {
      removeStaging(staging);
      removeCaseFile(this.folder, file.id);
      throw cause;
    }
    this.#ids.add(file.id);
    this.#running.set(file.id, file);
    return file.id;
  }

  finish(id: string, result: EraseResult): string {
    const { staging, output, ...file } = this.#requireRunning(id);
    requireRoom(staging, output);
    this.ledger.append({
      kind: 'run-finished',
      case: id,
      payload: runFinished(result, file.classNames.length, file.dataClasses),
    });
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
    this.#closeWithoutModel({ kind: 'run-failed', case: id, payload: { problem } });
  }

  cancel(id: string): void {
    this.#closeWithoutModel({ kind: 'run-cancelled', case: id, payload: {} });
  }

  interrupt(id: string): void {
    this.#closeWithoutModel({ kind: 'run-interrupted', case: id, payload: {} });
  }

  list(): CaseSummary[] {
    return summariesOf(this.ledger, this.folder);
  }

  close(): void {
    this.ledger.close();
  }

  #closeWithoutModel(entry: CaseContent): void {
    const { staging } = this.#requireRunning(entry.case);
    this.ledger.append(entry);
    this.#running.delete(entry.case);
    removeStaging(staging);
  }

  #requireRunning(id: string): CaseFile {
    const file = this.#running.get(id);
    if (file === undefined) throw new Error(`case ${id} is not running`);
    return file;
  }

  /** Brings the disk in line with the ledger, after whatever ended the last writer. */
  #recover(found: readonly CaseSummary[]): string[] {
    const running = found.filter(({ state }) => state === 'running').map(({ id }) => id);
    for (const id of running) {
      this.ledger.append({ kind: 'run-interrupted', case: id, payload: {} });
    }
    const finished = new Set(found.filter(({ state }) => state === 'finished').map(({ id }) => id));
    for (const id of caseFileIds(this.folder)) {
      const file = readCaseFile(this.folder, id);
      if (file === null) continue;
      try {
        if (finished.has(id)) publishStaged(file.staging, file.output);
        else removeStaging(file.staging);
      } catch {
        // A disk that is not there, say, must not keep Lethe from starting: the next opening tries again.
      }
    }
    return running;
  }

  #nextId(): string {
    const year = String(new Date().getUTCFullYear());
    const numbers = [...this.#ids]
      .filter((id) => id.startsWith(`${year}-`))
      .map((id) => Number(id.slice(year.length + 1)));
    return `${year}-${String(Math.max(0, ...numbers) + 1).padStart(4, '0')}`;
  }
}

function runStarted(plan: ErasePlan, file: CaseFile, software: string): RunStarted {
  const { format, sha256, architecture, parameters, classCount } = plan.model;
  const { name, version, threads, device, selfTest } = plan.accelerator;
  const { counts, source, digest } = plan.data;
  const perClass = (ofData: readonly number[]): number[] =>
    perModelClass(ofData, plan.classNames.length, file.dataClasses);
  return {
    software,
    model: { format, sha256, architecture, parameters, classCount },
    forget: plan.forget.map((index) => ({
      index,
      nameHmac: classNameHmac(file.key, index, file.classNames[index]),
    })),
    retainClasses: plan.retain.length,
    recipe: plan.recipe,
    recipeReason: plan.recipeReason,
    reference: plan.reference?.sha256 ?? null,
    thresholds: plan.thresholds,
    preprocessing: plan.preprocessing,
    data: {
      source,
      digest,
      trainImages: perClass(counts.train),
      testImages: perClass(counts.test),
      retainSample: plan.retainSample,
    },
    accelerator: { name, version, threads, device, selfTest },
    machine: {
      processor: cpus()[0]?.model.trim() ?? 'unknown',
      cores: cpus().length,
      memoryBytes: totalmem(),
      system: `${process.platform} ${process.arch}`,
    },
  };
}

function runFinished(
  result: EraseResult,
  classCount: number,
  dataClasses: readonly number[],
): RunFinished {
  const reads: RunFinished['reads'] = {};
  for (const [phase, counts] of Object.entries(result.reads)) {
    reads[phase] = perModelClass(counts, classCount, dataClasses);
  }
  const { before, impaired, after, findings, verdict, account } = result;
  const { imagesReadOfForgetClasses, seconds, peakBytes } = result;
  const { sha256, largestLogitDifference } = result.erased;
  return {
    before,
    impaired,
    after,
    findings,
    verdict,
    account,
    reads,
    imagesReadOfForgetClasses,
    seconds,
    peakBytes,
    erased: { sha256, largestLogitDifference },
  };
}

/** Counts in the order of the data's classes → in the order of the model's. */
function perModelClass(
  counts: readonly number[],
  classCount: number,
  dataClasses: readonly number[],
): number[] {
  const result = new Array<number>(classCount).fill(0);
  counts.forEach((count, index) => {
    result[dataClasses[index]] += count;
  });
  return result;
}

function summariesOf(ledger: LedgerReader, folder: string): CaseSummary[] {
  const summaries = new Map<string, CaseSummary>();
  for (const entry of ledger.entries()) {
    if (entry.case === null) continue;
    const before = summaries.get(entry.case);
    const after =
      entry.kind === 'run-started' ? opened(entry, folder) : before && next(before, entry);
    if (after !== undefined) summaries.set(entry.case, after);
  }
  return [...summaries.values()];
}

function opened(entry: Extract<Entry, { kind: 'run-started' }>, folder: string): CaseSummary {
  const names = forgetNames(readCaseFile(folder, entry.case), entry.payload);
  return {
    id: entry.case,
    state: 'running',
    started: entry.time,
    ended: null,
    forget: entry.payload.forget.map(({ index }, place) => ({ index, name: names[place] })),
    problem: null,
    certificates: [],
  };
}

function next(summary: CaseSummary, entry: Entry): CaseSummary {
  const ended = { ...summary, ended: entry.time };
  switch (entry.kind) {
    case 'run-finished':
      return { ...ended, state: 'finished' };
    case 'run-failed':
      return { ...ended, state: 'failed', problem: entry.payload.problem };
    case 'run-cancelled':
      return { ...ended, state: 'cancelled' };
    case 'run-interrupted':
      return { ...ended, state: 'interrupted' };
    case 'certificate-issued':
      return { ...summary, certificates: [...summary.certificates, entry.payload.certificate] };
    case 'run-started':
    case 'ledger-opened':
    case 'key-replaced':
    case 'checkpoint-witnessed':
    case 'checkpoint-timestamped':
      return summary;
  }
}

function withoutWriter(summary: CaseSummary): CaseSummary {
  return summary.state === 'running' ? { ...summary, state: 'interrupted' } : summary;
}
