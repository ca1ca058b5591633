import type { ImageReference } from '../data/dataset.ts';
import type { ClassMatch, MatchedData } from '../data/matched-data.ts';
import { openModel, type TrainableModel } from '../models/models.ts';
import { ProblemError } from '../protocol/problem.ts';
import type { ModelInfo, Phase } from '../protocol/protocol.ts';
import {
  collectEvidence,
  collectingSteps,
  outputsOf,
  sampleImages,
  type Evidence,
  type ImageSample,
  type Relearning,
} from '../verify/evidence.ts';
import {
  relearn,
  relearningCost,
  relearnReference,
  type RelearningSettings,
} from '../verify/relearning.ts';
import type { ShadowModel } from '../verify/shadow-models.ts';
import {
  accuracyOn,
  findingCount,
  fixThresholds,
  measureFindings,
  type Outcome,
} from '../verify/verify.ts';
import { passCost } from '../unlearn/unlearn.ts';
import type { Reference } from './reference.ts';
import { runThrough } from './run-through.ts';
import type { PlannedPhase, Schedule } from './schedule.ts';
import type { FixedTerms, LastTerms, Terms } from './terms.ts';

export interface VerificationSettings {
  readonly reference: Reference | null;
  /** Try, where there is a reference, how fast the model learns the classes again. */
  readonly relearning: boolean;
  readonly seed: number;
}

/** One model after the other is shown the same images; only one is in memory beside the original. */
export class Verification {
  readonly #settings: VerificationSettings;
  readonly #data: MatchedData;
  readonly #match: ClassMatch;
  readonly #forget: readonly number[];
  readonly #retain: readonly number[];
  readonly #sample: ImageSample;
  #fixed: FixedTerms | null = null;
  #keep: (fixed: FixedTerms) => void = () => undefined;

  constructor(
    settings: VerificationSettings,
    data: MatchedData,
    match: ClassMatch,
    forget: readonly number[],
  ) {
    this.#settings = settings;
    this.#data = data;
    this.#match = match;
    this.#forget = forget;
    this.#retain = [...match.classNames.keys()].filter((index) => !forget.includes(index));
    this.#sample = sampleImages(data, forget, this.#retain, settings.seed);
  }

  /**
   * What was measured for the last trial, and would be the same now, is taken over from it; what is measured now is kept for
   * the next one.
   * @param circumstances what it follows from besides the settings and the classes
   */
  async takeOver(last: LastTerms, circumstances: readonly unknown[]): Promise<void> {
    const { seed, relearning } = this.#settings;
    const reference = await this.#digestOfReference();
    const question = JSON.stringify([...circumstances, reference, this.#forget, relearning, seed]);
    this.#fixed = last.recall(question);
    this.#keep = (fixed) => {
      last.keep(question, fixed);
    };
  }

  async #digestOfReference(): Promise<string | null> {
    const { reference } = this.#settings;
    if (reference === null) return null;
    const model = await openModel(reference.path);
    model.dispose();
    return model.info.sha256;
  }

  /** The images of the forget classes that the models are shown. */
  get forgetSample(): ImageSample {
    const labels = new Set(this.#match.dataLabels(this.#forget));
    const { test, train } = this.#sample;
    const isForget = ({ label }: ImageReference): boolean => labels.has(label);
    return { test: test.filter(isForget), train: train.filter(isForget) };
  }

  /** What {@link fixTerms} goes through. */
  get phasesBefore(): PlannedPhase[] {
    if (this.#fixed !== null) return [];
    const before = [this.#measured('measuring-before')];
    const { reference } = this.#settings;
    if (reference === null) return before;
    return [...reference.phases, ...before, this.#measured('measuring-reference'), this.#relearned];
  }

  /** What {@link judge} goes through. */
  get phasesAfter(): PlannedPhase[] {
    const after = [this.#measured('measuring-after')];
    return this.#settings.reference === null ? after : [...after, this.#relearned];
  }

  /**
   * Makes the reference, and measures it and the original.
   * @param shadows of an attack on single images, which was not prepared where there are none
   * @throws ProblemError `images-do-not-fit`, `classes-do-not-match`, `unfit-reference`, and as of making it
   */
  async fixTerms(
    original: TrainableModel,
    schedule: Schedule,
    shadows: readonly ShadowModel[] | null = null,
  ): Promise<Terms> {
    if (this.#fixed !== null) return this.#fixed.terms;
    const { reference } = this.#settings;
    await reference?.make(schedule);
    this.#fixed = await this.#fix(original, schedule, shadows).catch((thrown: unknown) => {
      throw reference?.explained(thrown) ?? thrown;
    });
    this.#keep(this.#fixed);
    return this.#fixed.terms;
  }

  async #fix(
    original: TrainableModel,
    schedule: Schedule,
    shadows: readonly ShadowModel[] | null,
  ): Promise<FixedTerms> {
    const evidence = await this.#collect('measuring-before', original, schedule);
    const reference = await this.#reference(original.info, evidence, schedule);
    const comparison = {
      original: evidence,
      reference: reference?.evidence ?? null,
      shadows,
      forget: this.#forget,
      retain: this.#retain,
      seed: this.#settings.seed,
    };
    const fixing = fixThresholds(comparison);
    const thresholds = await carriedOut('fixing-thresholds', findingCount, fixing, schedule);
    return { comparison, terms: { reference: reference?.info ?? null, thresholds } };
  }

  /** Measures the model and judges it by the terms. */
  async judge(
    model: TrainableModel,
    { thresholds }: Terms,
    schedule: Schedule,
  ): Promise<Outcome & { readonly evidence: Evidence }> {
    const { comparison } = this.#fixedTerms;
    const collected = await this.#collect('measuring-after', model, schedule);
    const rate = thresholds.relearningRate;
    const relearning =
      rate === null
        ? null
        : await this.#relearn(model, comparison.original, schedule, (settings) =>
            relearn(model, this.#data, { ...settings, learningRate: rate }),
          );
    const evidence = { ...collected, relearning };
    const judging = measureFindings(evidence, comparison, thresholds);
    const steps = thresholds.limits.length;
    return { ...(await carriedOut('judging', steps, judging, schedule)), evidence };
  }

  /** What the original makes of the images; known once the terms are fixed. */
  get original(): Evidence {
    return this.#fixedTerms.comparison.original;
  }

  get #fixedTerms(): FixedTerms {
    if (this.#fixed === null) throw new Error('the terms come first');
    return this.#fixed;
  }

  async #reference(
    original: ModelInfo,
    evidence: Evidence,
    schedule: Schedule,
  ): Promise<{ info: ModelInfo; evidence: Evidence } | null> {
    const { reference, relearning: isTried } = this.#settings;
    if (reference === null) return null;
    const model = await this.openAlike(reference.path, original);
    try {
      const collected = await this.#collect('measuring-reference', model, schedule);
      const relearning = isTried
        ? await this.#relearn(model, evidence, schedule, (settings) =>
            relearnReference(model, this.#data, settings),
          )
        : null;
      return { info: model.info, evidence: { ...collected, relearning } };
    } finally {
      model.dispose();
    }
  }

  /**
   * Opens a model that can be compared with the original.
   * @throws ProblemError `images-do-not-fit`, `classes-do-not-match`
   */
  async openAlike(path: string, original: ModelInfo): Promise<TrainableModel> {
    const model = await openModel(path);
    try {
      this.#outputsOf(model);
      if (model.info.inputShape.join() === original.inputShape.join()) return model;
      throw new ProblemError(
        'images-do-not-fit',
        'The models take images of different sizes, so they cannot be shown the same ones. Give models that take the same images.',
        `${path}: ${model.info.inputShape.join('×')}; the original: ${original.inputShape.join('×')}`,
      );
    } catch (error) {
      model.dispose();
      throw error;
    }
  }

  #outputsOf(model: TrainableModel): number[] {
    return outputsOf(model.info, this.#match.classNames, this.#forget);
  }

  async #collect(phase: Phase, model: TrainableModel, schedule: Schedule): Promise<Evidence> {
    const steps = collectingSteps(this.#sample);
    const collecting = collectEvidence(model, this.#data, this.#sample, {
      outputs: this.#outputsOf(model),
      classCount: this.#match.classNames.length,
    });
    return await carriedOut(phase, steps, collecting, schedule, (images) => images);
  }

  /** Null where there is nothing to learn the classes from, or no output to learn them for. */
  async #relearn(
    model: TrainableModel,
    original: Evidence,
    schedule: Schedule,
    start: (settings: RelearningSettings) => AsyncGenerator<number, Relearning>,
  ): Promise<Relearning | null> {
    const [forget, retain] = [this.#forget, this.#retain];
    const outputs = this.#outputsOf(model);
    const accuracy = accuracyOn(original, forget);
    const images = this.#data.select('train', forget, 1).length;
    if (accuracy === null || images < forget.length) return null;
    if (forget.some((index) => !outputs.includes(index))) return null;
    const { seed } = this.#settings;
    const settings = { forget, retain, outputs, accuracy, seed };
    const { steps } = relearningCost;
    return await carriedOut('relearning', steps, start(settings), schedule, (count) => count);
  }

  #measured(phase: Phase): PlannedPhase {
    const { test, train } = this.#sample;
    return { phase, images: test.length + train.length, costPerImage: passCost.measure };
  }

  get #relearned(): PlannedPhase {
    // A third of the most that it may take is what it takes, more or less.
    const images = this.#settings.relearning
      ? (relearningCost.images * relearningCost.steps) / 3
      : 0;
    return { phase: 'relearning', images, costPerImage: passCost.train };
  }
}

/** Runs through the steps of a measurement, reporting each. */
async function carriedOut<Step, Result>(
  phase: Phase,
  steps: number,
  work: AsyncGenerator<Step, Result>,
  schedule: Schedule,
  imagesOf: (step: Step) => number = () => 0,
): Promise<Result> {
  let count = 0;
  return await runThrough(work, async (step) => {
    count++;
    const progress = { step: Math.min(count, steps), steps, loss: null, accuracy: null };
    await schedule.step(phase, imagesOf(step), progress);
  });
}
