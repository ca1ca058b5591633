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
  readonly #costPerImage: ReadonlyMap<Phase, number>;
  /** What is planned of each phase, in their order. Those before the current one are over. */
  readonly #planned: readonly { readonly phase: Phase; cost: number }[];
  #current = 0;
  #done = 0;
  readonly #started = performance.now();
  #last = this.#started;

  constructor(job: Job, plan: readonly PlannedPhase[]) {
    this.#job = job;
    this.#costPerImage = new Map(plan.map((phase) => [phase.phase, phase.costPerImage]));
    this.#planned = plan.map(({ phase, images, costPerImage }) => ({
      phase,
      cost: images * costPerImage,
    }));
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
    const cost = images * (this.#costPerImage.get(phase) ?? 0);
    this.#done += cost;
    const left = this.#after(phase, cost, (step.steps - step.step) * cost);
    const secondsPerCost = (now - this.#started) / 1000 / this.#done;
    this.#job.progress({
      ...step,
      phase,
      imagesPerSecond: images / seconds,
      secondsLeft: this.#done === 0 ? null : left * secondsPerCost,
    });
    await this.#job.turn();
  }

  /**
   * What is left, once this was done. A phase that finds on the way that more is to be done than was planned takes nothing from
   * those to come: it is at least as long as it says itself.
   * @param announced what is left of the phase by its own count
   */
  #after(phase: Phase, done: number, announced: number): number {
    const place = this.#planned.findIndex(
      (each, at) => at >= this.#current && each.phase === phase,
    );
    const isPlanned = place >= 0;
    if (isPlanned) {
      this.#current = place;
      this.#planned[place].cost = Math.max(this.#planned[place].cost - done, announced);
    }
    const coming = this.#planned.slice(this.#current);
    return coming.reduce((sum, { cost }) => sum + cost, isPlanned ? 0 : announced);
  }
}
