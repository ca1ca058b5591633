import type { Phase, Progress } from '../protocol/protocol.ts';
import type { Job } from './job.ts';

/** A phase that is to come: `images` go through the model, each at so many forward passes' cost. */
export interface PlannedPhase {
  readonly phase: Phase;
  readonly images: number;
  readonly costPerImage: number;
}

/** Reports a job's steps with its speed and the time left for all of it. */
export class Schedule {
  readonly #job: Job;
  readonly #cost: ReadonlyMap<Phase, number>;
  #left: number;
  #done = 0;
  readonly #started = performance.now();
  #last = this.#started;

  constructor(job: Job, plan: readonly PlannedPhase[]) {
    this.#job = job;
    this.#cost = new Map(plan.map((phase) => [phase.phase, phase.costPerImage]));
    this.#left = plan.reduce((sum, { images, costPerImage }) => sum + images * costPerImage, 0);
  }

  /** Reports a finished step that put `images` through the model, then lets messages be read. */
  async step(
    phase: Phase,
    images: number,
    step: Pick<Progress, 'step' | 'steps' | 'loss' | 'accuracy'>,
  ): Promise<void> {
    const now = performance.now();
    const seconds = (now - this.#last) / 1000;
    this.#last = now;
    const cost = images * (this.#cost.get(phase) ?? 0);
    this.#done += cost;
    this.#left = Math.max(0, this.#left - cost);
    const secondsPerCost = (now - this.#started) / 1000 / this.#done;
    this.#job.progress({
      ...step,
      phase,
      imagesPerSecond: images / seconds,
      secondsLeft: this.#done === 0 ? null : this.#left * secondsPerCost,
    });
    await this.#job.turn();
  }
}
