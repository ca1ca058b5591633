import { carryOutErasure } from '../cases/erasure.ts';
import type { Cases } from '../cases/cases.ts';
import { newRunFolder, referencesFolder } from '../cases/run-folders.ts';
import type { RunSettings, RunState } from '../contract/work.ts';
import type { EngineHost } from '../engine-host/engine-host.ts';
import { ProblemError, toProblem } from '../../engine/protocol/problem.ts';
import type { AcceleratorName, Progress } from '../../engine/protocol/protocol.ts';

/** Told often enough to look alive, and seldom enough to cost nothing. */
const millisecondsBetweenNotes = 200;

/** More points than a screen has room for are thinned out. */
const mostPoints = 600;

export interface RunServices {
  readonly cases: Cases;
  readonly engine: EngineHost;
  /** The accelerator of the settings. */
  readonly accelerator: () => AcceleratorName | null;
  readonly changed: (state: RunState) => void;
  /** The case's run is on record by now, or has ended there. */
  readonly caseChanged: () => void;
}

interface OpenRun {
  state: RunState;
  readonly startedAt: number;
  readonly stop: AbortController;
  /** Progress of the step before in the same phase: what is told is the mean over a phase so far. */
  last: Progress | null;
  told: number;
  /** Settles, and never rejects, once the run has ended and the case says so. */
  done: Promise<void>;
}

/** The runs of this process. One is at work at a time; the last one of every case is remembered. */
export class Runs {
  readonly #services: RunServices;
  readonly #runs = new Map<string, OpenRun>();

  constructor(services: RunServices) {
    this.#services = services;
  }

  state(id: string): RunState | null {
    return this.#runs.get(id)?.state ?? null;
  }

  /** Whether one is under way. */
  get isAtWork(): boolean {
    return [...this.#runs.values()].some(({ state }) => state.state !== 'ended');
  }

  /**
   * Starts a run of a case, and returns while it is under way.
   * @throws ProblemError `bad-command` when the case lacks something, or another run is under way
   */
  start(id: string, settings: RunSettings): RunState {
    const { cases, engine, accelerator } = this.#services;
    if (this.isAtWork) {
      throw new ProblemError(
        'bad-command',
        'Another run is under way, and this machine computes one at a time. Wait until it is done, or stop it.',
      );
    }
    const { details, runs, state } = cases.record(id);
    if (details === null)
      throw new ProblemError('bad-command', `The names of case ${id} are gone.`);
    if (state === 'draft') cases.makeReady(id);
    cases.requireRunnable(id);
    const run: OpenRun = {
      startedAt: performance.now(),
      stop: new AbortController(),
      last: null,
      told: 0,
      done: Promise.resolve(),
      state: {
        case: id,
        state: 'preparing',
        started: new Date().toISOString(),
        phase: null,
        step: 0,
        steps: 0,
        secondsLeft: null,
        before: null,
        curve: [],
        notices: [],
        problem: null,
      },
    };
    this.#runs.set(id, run);
    const { recipe, reference, relearning, shadowModels, seed, resize, preprocessing } = settings;
    run.done = carryOutErasure(
      {
        caseId: id,
        model: details.model,
        data: details.data,
        forget: details.forget,
        resize,
        preprocessing,
        recipe,
        reference:
          reference?.kind === 'retrained'
            ? { kind: 'retrained', folder: referencesFolder(cases.folder) }
            : reference,
        relearning,
        shadowModels,
        seed,
        accelerator: settings.accelerator ?? accelerator(),
        output: newRunFolder(cases.folder, id, runs.length + 1),
      },
      { cases, engine },
      {
        progress: (progress) => {
          this.#take(run, progress);
        },
        notice: (sentence) => {
          this.#change(run, { notices: [...run.state.notices, sentence] });
        },
      },
      run.stop.signal,
    ).then(
      () => {
        this.#end(run, {});
      },
      (thrown: unknown) => {
        this.#end(run, { problem: toProblem(thrown) });
      },
    );
    return run.state;
  }

  /** Does nothing to a run that has ended. */
  cancel(id: string): void {
    const run = this.#runs.get(id);
    if (run === undefined || run.state.state === 'ended') return;
    run.stop.abort();
    this.#change(run, { state: 'cancelling' });
  }

  /** Ends the engine of a run that is under way, and waits until the case says that it was stopped. */
  async stop(): Promise<void> {
    this.#services.engine.close();
    await Promise.all([...this.#runs.values()].map(({ done }) => done));
  }

  #take(run: OpenRun, progress: Progress): void {
    const { phase, step, steps, secondsLeft, loss } = progress;
    const isErasing = erasingPhases.has(phase);
    const elapsed = (performance.now() - run.startedAt) / 1000;
    const before = run.state.curve.at(-1)?.share ?? 0;
    const share = secondsLeft === null ? before : elapsed / (elapsed + secondsLeft);
    const point = {
      phase,
      share: Math.max(before, share),
      loss,
      accuracy: ofThisStep(progress, run.last),
    };
    run.last = progress;
    const begins = run.state.state === 'preparing' && isErasing;
    run.state = {
      ...run.state,
      state: begins ? 'running' : run.state.state,
      phase,
      step,
      steps,
      secondsLeft,
      before: run.state.before ?? (isErasing ? this.#accuracyBefore(run.state.case) : null),
      curve: thinned([...run.state.curve, point]),
    };
    if (begins) this.#services.caseChanged();
    const now = performance.now();
    if (now - run.told < millisecondsBetweenNotes) return;
    run.told = now;
    this.#services.changed(run.state);
  }

  /** What the plan on record says of the original. */
  #accuracyBefore(id: string): RunState['before'] {
    const limits = this.#services.cases.record(id).runs.at(-1)?.plan.thresholds?.limits ?? [];
    const original = (name: string): number | null =>
      limits.find((limit) => limit.name === name)?.original ?? null;
    return { forget: original('forget-accuracy'), retain: original('retain-accuracy') };
  }

  #end(run: OpenRun, change: Partial<RunState>): void {
    this.#change(run, { ...change, state: 'ended', secondsLeft: null });
    this.#services.caseChanged();
  }

  #change(run: OpenRun, change: Partial<RunState>): void {
    run.state = { ...run.state, ...change };
    this.#services.changed(run.state);
  }
}

const erasingPhases: ReadonlySet<Progress['phase']> = new Set([
  'noise',
  'impair',
  'repair',
  'unlearn',
]);

/**
 * The accuracy on the images of one step alone. Progress tells the mean over the phase so far, and steps have as many images
 * each, but for the last of an epoch.
 */
function ofThisStep(now: Progress, before: Progress | null): number | null {
  if (now.accuracy === null) return null;
  if (before?.phase !== now.phase || before.accuracy === null) return now.accuracy;
  const single = now.accuracy * now.step - before.accuracy * before.step;
  return Math.min(100, Math.max(0, single / Math.max(1, now.step - before.step)));
}

/** Every second point of those but the newest, once there are too many. */
function thinned(curve: RunState['curve']): RunState['curve'] {
  return curve.length <= mostPoints ? curve : curve.filter((_, index) => index % 2 === 0);
}
