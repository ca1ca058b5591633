import { existsSync } from 'node:fs';
import { selectAccelerator } from '../accelerators/accelerators.ts';
import { openDataset } from '../data/data.ts';
import type { Dataset } from '../data/dataset.ts';
import {
  MatchedData,
  matchClasses,
  requireTwoClasses,
  type ClassMatch,
} from '../data/matched-data.ts';
import { parsePreprocessing, proposePreprocessing } from '../data/preprocessing.ts';
import { largestSavedDifference, openModel, type TrainableModel } from '../models/models.ts';
import { ProblemError } from '../protocol/problem.ts';
import type {
  Accuracy,
  EraseCommand,
  ErasePlan,
  EraseResult,
  Phase,
  Preprocessing,
} from '../protocol/protocol.ts';
import { readPhaseSchema } from '../protocol/protocol.ts';
import { recipes } from '../unlearn/recipe.ts';
import { unsir } from '../unlearn/unsir.ts';
import type { Erasure } from '../unlearn/unlearn.ts';
import { accuracyOf, countHits, measuringSteps } from '../verify/accuracy.ts';
import { forgetClasses } from './forget-classes.ts';
import type { Job } from './job.ts';
import { passCost, Schedule } from './schedule.ts';

/**
 * Makes a model forget classes. Everything that can be checked is checked before `prepared`; only after `proceed` is
 * anything changed, and the file given is never changed at all.
 */
export async function erase(command: EraseCommand, job: Job): Promise<EraseResult> {
  if (existsSync(command.output)) {
    throw new ProblemError(
      'output-exists',
      `There is something at ${command.output} already. Choose another place for the erased model, so that nothing is overwritten.`,
    );
  }
  const accelerator = await selectAccelerator(command.accelerator, (sentence) => {
    job.notice(sentence);
  });
  if (accelerator.name === 'cpu' && command.accelerator === null) {
    job.notice(
      'Only the slow "cpu" accelerator works on this machine: a run may take hours instead of minutes.',
    );
  }
  const model = await openModel(command.model);
  try {
    requireTwoClasses(model.info);
    const dataset = await openDataset(command.data, {
      imageShape: model.info.inputShape,
      resize: command.resize,
      seed: command.seed,
    });
    try {
      for (const sentence of dataset.notices) job.notice(sentence);
      const match = matchClasses(model.info, dataset.info);
      const plan = await makePlan(command, job, { model, dataset, match, accelerator });
      await job.prepared(plan);
      return await carryOut(command, job, { model, dataset, match, plan });
    } finally {
      await dataset.close();
    }
  } finally {
    model.dispose();
  }
}

interface Opened {
  readonly model: TrainableModel;
  readonly dataset: Dataset;
  readonly match: ClassMatch;
}

async function makePlan(
  command: EraseCommand,
  job: Job,
  opened: Opened & Pick<ErasePlan, 'accelerator'>,
): Promise<ErasePlan> {
  const { model, dataset, match, accelerator } = opened;
  const { classNames } = match;
  const recipe = recipes[command.recipe](command.seed);
  const forget = forgetClasses(command.forget, classNames);
  const retain = classNames.flatMap((_, index) => (forget.includes(index) ? [] : [index]));
  const perClass = Math.max(recipe.impair.retainPerClass, recipe.repair.retainPerClass);
  const retainSample = classNames.map((_, index) =>
    forget.includes(index) ? 0 : Math.min(perClass, match.images('train', index)),
  );
  checkImages(match, forget, retain, job);

  let preprocessing: Preprocessing;
  let preprocessingTrials: ErasePlan['preprocessingTrials'] = [];
  if (command.preprocessing !== null) preprocessing = parsePreprocessing(command.preprocessing);
  else {
    const labels = match.dataLabels(retain);
    const sample = dataset.select({
      split: 'train',
      labels,
      perClass: Math.ceil(512 / retain.length),
    });
    const proposal = await proposePreprocessing(model, dataset, sample, match.modelIndex);
    preprocessing = proposal.best;
    preprocessingTrials = proposal.trials;
  }
  return {
    model: model.info,
    data: dataset.info,
    classNames: [...classNames],
    forget,
    retain,
    retainSample,
    preprocessing,
    preprocessingTrials,
    recipe,
    accelerator,
  };
}

/** Refuses data that cannot serve, and says what is missing from data that can. */
function checkImages(
  match: ClassMatch,
  forget: readonly number[],
  retain: readonly number[],
  job: Job,
): void {
  const without = (split: 'train' | 'test', classes: readonly number[]): string[] =>
    classes
      .filter((index) => match.images(split, index) === 0)
      .map((index) => match.classNames[index]);

  const untrained = without('train', retain);
  if (untrained.length === retain.length) {
    throw new ProblemError(
      'no-retain-images',
      'The data holds no training images of the classes to keep. Add some under train/<class name>/: without them the model could not be repaired.',
    );
  }
  if (without('test', retain).length === retain.length) {
    throw new ProblemError(
      'no-test-images',
      'The data holds no test images of the classes to keep. Add some under test/<class name>/: without them nobody could tell what the erasure did to the model.',
    );
  }
  if (untrained.length > 0) {
    job.notice(
      `There are no training images of ${listed(untrained)}, so the model may lose what it knows of ${untrained.length === 1 ? 'it' : 'them'} too.`,
    );
  }
  const unmeasured = without('test', forget);
  if (unmeasured.length > 0) {
    job.notice(
      `There are no test images of ${listed(unmeasured)}, so this run cannot measure whether the model still recognises ${unmeasured.length === 1 ? 'it' : 'them'}.`,
    );
  }
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 5).map((name) => `"${name}"`);
  const more = names.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${String(more)} more` : shown.join(', ');
}

async function carryOut(
  command: EraseCommand,
  job: Job,
  { model, dataset, match, plan }: Opened & { plan: ErasePlan },
): Promise<EraseResult> {
  const started = performance.now();
  const { recipe, forget, retain } = plan;
  const data = new MatchedData(dataset, match, plan.preprocessing);
  const schedule = scheduleOf(job, plan, match, data);

  const measure = async (phase: Phase): Promise<Accuracy> => {
    const steps = measuringSteps(match.totalImages('test'));
    const measuring = countHits(model, data);
    for (let step = 1; ; step++) {
      const outcome = await measuring.next();
      if (outcome.done === true) return accuracyOf(outcome.value, forget);
      await schedule.step(phase, outcome.value, { step, steps, loss: null, accuracy: null });
    }
  };

  const before = await measure('measuring-before');
  const erasure: Erasure = { model, data, forget, retain, recipe };
  const seconds = { noise: 0, impair: 0, repair: 0 };
  let impaired = before;
  let last = performance.now();
  for await (const step of unsir(erasure)) {
    seconds[step.phase] += (performance.now() - last) / 1000;
    await schedule.step(step.phase, step.images, step);
    if (step.phase === 'impair' && step.step === step.steps) {
      impaired = await measure('measuring-impaired');
    }
    last = performance.now();
  }
  const after = await measure('measuring-after');

  await schedule.step('saving', 0, { step: 0, steps: 1, loss: null, accuracy: null });
  const sha256 = await model.save(command.output);
  const probe = await data.read(
    data.select('test', retain, Math.ceil(64 / retain.length)),
    'measure',
  );
  const largestLogitDifference = await largestSavedDifference(model, command.output, probe.images);
  probe.images.dispose();
  await schedule.step('saving', 0, { step: 1, steps: 1, loss: null, accuracy: null });

  return {
    type: 'erase',
    before,
    impaired,
    after,
    reads: dataset.reads,
    imagesReadOfForgetClasses: readWhileErasing(dataset, match.dataLabels(forget)),
    seconds: { ...seconds, total: (performance.now() - started) / 1000 },
    peakBytes: process.resourceUsage().maxRSS * 1024,
    erased: { path: command.output, sha256, largestLogitDifference },
  };
}

function scheduleOf(job: Job, plan: ErasePlan, match: ClassMatch, data: MatchedData): Schedule {
  const { recipe, forget, retain } = plan;
  const sample = {
    impair: data.select('train', retain, recipe.impair.retainPerClass).length,
    repair: data.select('train', retain, recipe.repair.retainPerClass).length,
  };
  const measured = { images: match.totalImages('test'), costPerImage: passCost.measure };
  const noiseImages = forget.length * recipe.impair.noiseCopies * recipe.noise.batchSize;
  return new Schedule(job, [
    { phase: 'measuring-before', ...measured },
    {
      phase: 'noise',
      images: forget.length * recipe.noise.steps * recipe.noise.batchSize,
      costPerImage: passCost.inputGradient,
    },
    {
      phase: 'impair',
      images: recipe.impair.epochs * (noiseImages + sample.impair),
      costPerImage: passCost.train,
    },
    { phase: 'measuring-impaired', ...measured },
    {
      phase: 'repair',
      images: recipe.repair.epochs * sample.repair,
      costPerImage: passCost.train,
    },
    { phase: 'measuring-after', ...measured },
  ]);
}

/** Images of these classes of the data handed out in the phases that change weights. */
function readWhileErasing(dataset: Dataset, labels: readonly number[]): number {
  const phases = readPhaseSchema.extract(['noise', 'impair', 'repair']).options;
  return phases
    .flatMap((phase) => labels.map((label) => dataset.reads[phase]?.[label] ?? 0))
    .reduce((sum, images) => sum + images, 0);
}
