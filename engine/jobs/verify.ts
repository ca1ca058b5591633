import { selectAccelerator } from '../accelerators/accelerators.ts';
import { openDataset } from '../data/data.ts';
import {
  MatchedData,
  matchClasses,
  requireTwoClasses,
  type ClassMatch,
} from '../data/matched-data.ts';
import type { Dataset } from '../data/dataset.ts';
import { parsePreprocessing, proposePreprocessing } from '../data/preprocessing.ts';
import { openModel, type TrainableModel } from '../models/models.ts';
import { ProblemError } from '../protocol/problem.ts';
import type {
  ModelInfo,
  Phase,
  Preprocessing,
  VerifyCommand,
  VerifyResult,
} from '../protocol/protocol.ts';
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
import { accuracyOn, findingCount, fixThresholds, measureFindings } from '../verify/verify.ts';
import { forgetClasses } from './forget-classes.ts';
import type { Job } from './job.ts';
import { passCost, Schedule, type PlannedPhase } from './schedule.ts';

/** Measures what a model still holds of the erased classes. What is asked of it is fixed before it is looked at. */
export async function verify(command: VerifyCommand, job: Job): Promise<VerifyResult> {
  const started = performance.now();
  const accelerator = await selectAccelerator(command.accelerator, (sentence) => {
    job.notice(sentence);
  });
  const original = await openModel(command.original);
  try {
    requireTwoClasses(original.info);
    const { resize, seed } = command;
    const imageShape = original.info.inputShape;
    const dataset = await openDataset(command.data, { imageShape, resize, seed });
    try {
      for (const sentence of dataset.notices) job.notice(sentence);
      const match = matchClasses(original.info, dataset.info);
      const forget = forgetClasses(command.forget, match.classNames);
      requireTestImages(match, forget);
      const preprocessing = await preprocessingFor(command, original, dataset, match, forget);
      const data = new MatchedData(dataset, match, preprocessing);
      const outcome = await new Verification(command, job, data, match, forget).run(original);
      return {
        type: 'verify',
        ...outcome,
        original: original.info,
        data: dataset.info,
        classNames: [...match.classNames],
        preprocessing,
        accelerator,
        reads: dataset.reads,
        seconds: (performance.now() - started) / 1000,
      };
    } finally {
      await dataset.close();
    }
  } finally {
    original.dispose();
  }
}

function requireTestImages(match: ClassMatch, forget: readonly number[]): void {
  const isTested = match.classNames.some(
    (_, index) => !forget.includes(index) && match.images('test', index) > 0,
  );
  if (isTested) return;
  throw new ProblemError(
    'no-test-images',
    'The data holds no test images of the classes to keep. Add some under test/<class name>/: without them nobody could tell what the erasure did to the model.',
  );
}

async function preprocessingFor(
  command: VerifyCommand,
  original: TrainableModel,
  dataset: Dataset,
  match: ClassMatch,
  forget: readonly number[],
): Promise<Preprocessing> {
  if (command.preprocessing !== null) return parsePreprocessing(command.preprocessing);
  const retain = [...match.classNames.keys()].filter((index) => !forget.includes(index));
  const labels = match.dataLabels(retain);
  const perClass = Math.ceil(512 / retain.length);
  const train = dataset.select({ split: 'train', labels, perClass });
  const test = dataset.select({ split: 'test', labels, perClass });
  const sample = train.length > 0 ? train : test;
  return (await proposePreprocessing(original, dataset, sample, match.modelIndex)).best;
}

type Outcome = Pick<VerifyResult, 'model' | 'reference' | 'thresholds' | 'findings' | 'verdict'>;

/** One model after the other is shown the same images; only one is in memory beside the original. */
class Verification {
  readonly #command: VerifyCommand;
  readonly #data: MatchedData;
  readonly #classNames: readonly string[];
  readonly #forget: readonly number[];
  readonly #retain: readonly number[];
  readonly #sample: ImageSample;
  readonly #schedule: Schedule;

  constructor(
    command: VerifyCommand,
    job: Job,
    data: MatchedData,
    { classNames }: ClassMatch,
    forget: readonly number[],
  ) {
    this.#command = command;
    this.#data = data;
    this.#classNames = classNames;
    this.#forget = forget;
    this.#retain = [...classNames.keys()].filter((index) => !forget.includes(index));
    this.#sample = sampleImages(data, forget, this.#retain, command.seed);
    this.#schedule = new Schedule(job, this.#plan());
  }

  async run(original: TrainableModel): Promise<Outcome> {
    const evidence = await this.#collect('measuring-before', original);
    const reference = await this.#reference(original.info, evidence);
    const comparison = {
      original: evidence,
      reference: reference?.evidence ?? null,
      forget: this.#forget,
      retain: this.#retain,
      seed: this.#command.seed,
    };
    const thresholds = await this.#carriedOut(
      'fixing-thresholds',
      findingCount,
      fixThresholds(comparison),
      () => 0,
    );
    const model = await this.#openAlike(this.#command.model, original.info);
    try {
      const rate = thresholds.relearningRate;
      const collected = await this.#collect('measuring-after', model);
      const relearning =
        rate === null
          ? null
          : await this.#relearn(model, evidence, (settings) =>
              relearn(model, this.#data, { ...settings, learningRate: rate }),
            );
      const judging = measureFindings({ ...collected, relearning }, comparison, thresholds);
      const { findings, verdict } = await this.#carriedOut(
        'judging',
        thresholds.limits.length,
        judging,
        () => 0,
      );
      return {
        model: model.info,
        reference: reference?.info ?? null,
        thresholds,
        findings,
        verdict,
      };
    } finally {
      model.dispose();
    }
  }
  async #reference(
    original: ModelInfo,
    evidence: Evidence,
  ): Promise<{ info: ModelInfo; evidence: Evidence } | null> {
    if (this.#command.reference === null) return null;
    const model = await this.#openAlike(this.#command.reference, original);
    try {
      const collected = await this.#collect('measuring-reference', model);
      const relearning = this.#command.relearning
        ? await this.#relearn(model, evidence, (settings) =>
            relearnReference(model, this.#data, settings),
          )
        : null;
      return { info: model.info, evidence: { ...collected, relearning } };
    } finally {
      model.dispose();
    }
  }

  /** @throws ProblemError `images-do-not-fit`, `classes-do-not-match` */
  async #openAlike(path: string, original: ModelInfo): Promise<TrainableModel> {
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
    return outputsOf(model.info, this.#classNames, this.#forget);
  }

  async #collect(phase: Phase, model: TrainableModel): Promise<Evidence> {
    const steps = collectingSteps(this.#sample);
    const collecting = collectEvidence(model, this.#data, this.#sample, {
      outputs: this.#outputsOf(model),
      classCount: this.#classNames.length,
    });
    return await this.#carriedOut(phase, steps, collecting, (images) => images);
  }

  /** Null where there is nothing to learn the classes from, or no output to learn them for. */
  async #relearn(
    model: TrainableModel,
    original: Evidence,
    start: (settings: RelearningSettings) => AsyncGenerator<number, Relearning>,
  ): Promise<Relearning | null> {
    const [forget, retain] = [this.#forget, this.#retain];
    const outputs = this.#outputsOf(model);
    const accuracy = accuracyOn(original, forget);
    const images = this.#data.select('train', forget, 1).length;
    if (accuracy === null || images < forget.length) return null;
    if (forget.some((index) => !outputs.includes(index))) return null;
    const { seed } = this.#command;
    const settings = { forget, retain, outputs, accuracy, seed };
    const { steps } = relearningCost;
    return await this.#carriedOut('relearning', steps, start(settings), (count) => count);
  }

  /** Runs through the steps of a measurement, reporting each. */
  async #carriedOut<Step, Result>(
    phase: Phase,
    steps: number,
    work: AsyncGenerator<Step, Result>,
    imagesOf: (step: Step) => number,
  ): Promise<Result> {
    for (let step = 1; ; step++) {
      const outcome = await work.next();
      if (outcome.done === true) return outcome.value;
      const progress = { step: Math.min(step, steps), steps, loss: null, accuracy: null };
      await this.#schedule.step(phase, imagesOf(outcome.value), progress);
    }
  }

  #plan(): PlannedPhase[] {
    const { test, train } = this.#sample;
    const images = test.length + train.length;
    const { reference, relearning } = this.#command;
    const measured = (phase: Phase): PlannedPhase => ({
      phase,
      images,
      costPerImage: passCost.measure,
    });
    if (reference === null)
      return ['measuring-before' as const, 'measuring-after' as const].map(measured);
    const again = { phase: 'relearning' as const, costPerImage: passCost.train };
    return [
      measured('measuring-before'),
      measured('measuring-reference'),
      measured('measuring-after'),
      // A third of the most that it may take is what it takes more or less, for two models.
      { ...again, images: relearning ? (2 / 3) * relearningCost.images * relearningCost.steps : 0 },
    ];
  }
}
