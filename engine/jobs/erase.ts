import { existsSync } from 'node:fs';
import { selectAccelerator } from '../accelerators/accelerators.ts';
import { forRecord, openDataset } from '../data/data.ts';
import type { Dataset } from '../data/dataset.ts';
import {
  MatchedData,
  matchClasses,
  requireTestImages,
  requireTwoClasses,
  type ClassMatch,
} from '../data/matched-data.ts';
import { largestSavedDifference, openModel, type TrainableModel } from '../models/models.ts';
import { ProblemError } from '../protocol/problem.ts';
import type { Accuracy, EraseCommand, ErasePlan, EraseResult } from '../protocol/protocol.ts';
import { readPhaseSchema } from '../protocol/protocol.ts';
import {
  costOf,
  imagesRead,
  makeRecipe,
  passCost,
  proposeRecipe,
  unlearn,
  type ErasurePhase,
  type ImagesRead,
} from '../unlearn/unlearn.ts';
import { accuracyOf, countHits, hitsAmong, measuringSteps } from '../verify/accuracy.ts';
import { choosePreprocessing } from './choose-preprocessing.ts';
import { forgetClasses } from './forget-classes.ts';
import type { Job } from './job.ts';
import { chooseReference } from './reference.ts';
import { runThrough } from './run-through.ts';
import { Schedule, type PlannedPhase } from './schedule.ts';
import { accountOf, ShadowModels } from './shadow-models.ts';
import type { LastTerms } from './terms.ts';
import { Verification } from './verification.ts';

/**
 * Makes a model forget classes. Everything that can be checked is checked before `prepared`; only after `proceed` is
 * anything changed, and the file given is never changed at all.
 * @param last where a trial finds what was asked of the one before
 */
export async function erase(
  command: EraseCommand,
  job: Job,
  last: LastTerms,
): Promise<EraseResult> {
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
      for (const { sentence } of dataset.notices) job.notice(sentence);
      const match = matchClasses(model.info, dataset.info);
      const opened = { model, dataset, match, accelerator };
      const prepared = await prepare(command, job, opened, last);
      await job.prepared(prepared.plan);
      return await carryOut(command, { model, dataset, match }, prepared);
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

interface Prepared {
  readonly plan: ErasePlan;
  readonly data: MatchedData;
  readonly verification: Verification;
  readonly schedule: Schedule;
  /** What was trained here to compare with. */
  readonly account: readonly string[];
}

async function prepare(
  command: EraseCommand,
  job: Job,
  opened: Opened & Pick<ErasePlan, 'accelerator'>,
  last: LastTerms,
): Promise<Prepared> {
  const { model, dataset, match, accelerator } = opened;
  const { classNames } = match;
  const forget = forgetClasses(command.forget, classNames);
  const retain = classNames.flatMap((_, index) => (forget.includes(index) ? [] : [index]));
  const { recipe, recipeReason } = chooseRecipe(command, match, forget, retain);
  const read = imagesRead(recipe);
  checkImages(match, forget, retain, read, job);
  const retainSample = classNames.map((_, index) =>
    Math.min(
      forget.includes(index) ? read.forgetPerClass : read.retainPerClass,
      match.images('train', index),
    ),
  );
  const { preprocessing, preprocessingTrials } = await choosePreprocessing(
    command.preprocessing,
    opened,
    retain,
  );
  const data = new MatchedData(dataset, match, preprocessing);
  const reference = chooseReference(command.reference, {
    ...{ paths: command, resize: command.resize, seed: command.seed },
    ...{ model: model.info, data: dataset.info, match, retain, preprocessing },
  });
  const verification = new Verification({ ...command, reference }, data, match, forget);
  if (command.trial) {
    await verification.takeOver(last, [
      ...[model.info.sha256, dataset.info.digest, command.resize, preprocessing, accelerator],
    ]);
  }
  const among = (classes: readonly number[]): number =>
    classes.reduce((sum, index) => sum + retainSample[index], 0);
  const impaired: PlannedPhase = {
    phase: 'measuring-impaired',
    images: match.totalImages('test'),
    costPerImage: passCost.measure,
  };
  const erasing = costOf(recipe, {
    retain: among(retain),
    forget: among(forget),
    forgetClasses: forget.length,
  });
  const shadowModels =
    command.shadowModels === null
      ? null
      : new ShadowModels(command, {
          count: command.shadowModels,
          ...{ match, forget, retain, preprocessing, recipe, erasing },
          sample: verification.forgetSample,
        });
  const schedule = new Schedule(job, [
    ...(shadowModels?.phases ?? []),
    ...verification.phasesBefore,
    ...erasing.flatMap((each) =>
      recipe.name === 'paper' && each.phase === 'impair' ? [each, impaired] : [each],
    ),
    ...verification.phasesAfter,
  ]);
  const shadows = (await shadowModels?.train(schedule)) ?? null;
  const terms = await verification.fixTerms(model, schedule, shadows);
  const plan: ErasePlan = {
    model: model.info,
    data: dataset.info,
    classNames: [...classNames],
    forget,
    retain,
    retainSample,
    preprocessing,
    preprocessingTrials,
    recipe,
    recipeReason,
    accelerator,
    ...terms,
  };
  const account = [
    ...forRecord(dataset),
    ...(reference?.account ?? []),
    ...(shadows === null ? [] : [accountOf(shadows)]),
  ];
  return { plan, data, verification, schedule, account };
}

function chooseRecipe(
  { recipe: asked, seed }: EraseCommand,
  match: ClassMatch,
  forget: readonly number[],
  retain: readonly number[],
): Pick<ErasePlan, 'recipe' | 'recipeReason'> {
  const among = (classes: readonly number[]): number =>
    classes.reduce((sum, index) => sum + match.images('train', index), 0);
  const isComplete = forget.every((index) => match.images('train', index) > 0);
  const images = { retain: among(retain), forget: isComplete ? among(forget) : 0 };
  const classes = { retain: retain.length, forget: forget.length };
  if (asked !== null)
    return { recipe: makeRecipe(asked, seed, images, classes), recipeReason: null };
  const { recipe, reason } = proposeRecipe({
    ...images,
    retain: retain.map((index) => match.images('train', index)),
  });
  return { recipe: makeRecipe(recipe, seed, images, classes), recipeReason: reason };
}

/** Refuses data that cannot serve, and says what is missing from data that can. */
function checkImages(
  match: ClassMatch,
  forget: readonly number[],
  retain: readonly number[],
  read: ImagesRead,
  job: Job,
): void {
  const without = (split: 'train' | 'test', classes: readonly number[]): string[] =>
    classes
      .filter((index) => match.images(split, index) === 0)
      .map((index) => match.classNames[index]);

  const lacking = without('train', retain);
  const untrained = read.retainPerClass > 0 ? lacking : [];
  if (untrained.length === retain.length) {
    throw new ProblemError(
      'no-retain-images',
      'The data holds no training images of the classes to keep. Add some under train/<class name>/: without them the model could not be repaired.',
    );
  }
  if (read.everyRetainClass && untrained.length > 0) {
    throw new ProblemError(
      'no-retain-images',
      `This recipe begins anew on images of all classes to keep, and there are no training images of ${listed(untrained)}. Add some under train/<class name>/, or choose another recipe: this one would leave a model that never knew ${untrained.length === 1 ? 'it' : 'them'}.`,
    );
  }
  requireTestImages(match, retain);
  const unseen = read.forgetPerClass > 0 ? without('train', forget) : [];
  if (unseen.length > 0) {
    const other = lacking.length < retain.length ? 'adaptive' : 'class-impressions';
    throw new ProblemError(
      'no-forget-images',
      `This recipe learns from training images of the classes to erase, and there are none of ${listed(unseen)}. Add some under train/<class name>/, or choose the recipe “${other}”, which needs none.`,
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
  { model, dataset, match }: Opened,
  { plan, data, verification, schedule, account: before }: Prepared,
): Promise<EraseResult> {
  const started = performance.now();
  const { recipe, forget, retain } = plan;
  const erasing = unlearn(recipe, {
    model,
    openOriginal: () => openModel(command.model),
    data,
    forget,
    retain,
  });
  const seconds: Partial<Record<ErasurePhase, number>> = {};
  let impaired: Accuracy | null = null;
  let last = performance.now();
  const decided = await runThrough(erasing, async (progress) => {
    const { phase, images, step, steps } = progress;
    await schedule.step(phase, images, progress);
    seconds[phase] = (seconds[phase] ?? 0) + (performance.now() - last) / 1000;
    if (recipe.name === 'paper' && phase === 'impair' && step === steps) {
      impaired = await measureImpaired(model, data, match, forget, schedule);
    }
    last = performance.now();
  });
  const account = [...before, ...decided];

  const { evidence, findings, verdict } = await verification.judge(model, plan, schedule);

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
    before: accuracyOf(hitsAmong(verification.original), forget),
    impaired,
    after: accuracyOf(hitsAmong(evidence), forget),
    findings,
    verdict,
    account,
    reads: dataset.reads,
    imagesReadOfForgetClasses: readWhileErasing(dataset, match.dataLabels(forget)),
    seconds: { ...seconds, total: (performance.now() - started) / 1000 },
    peakBytes: process.resourceUsage().maxRSS * 1024,
    erased: { path: command.output, sha256, largestLogitDifference },
  };
}

async function measureImpaired(
  model: TrainableModel,
  data: MatchedData,
  match: ClassMatch,
  forget: readonly number[],
  schedule: Schedule,
): Promise<Accuracy> {
  const steps = measuringSteps(match.totalImages('test'));
  let step = 0;
  const hits = await runThrough(countHits(model, data), async (images) => {
    step++;
    const progress = { step, steps, loss: null, accuracy: null };
    await schedule.step('measuring-impaired', images, progress);
  });
  return accuracyOf(hits, forget);
}

/** Images of these classes of the data handed out in the phases that change weights. */
function readWhileErasing(dataset: Dataset, labels: readonly number[]): number {
  const phases = readPhaseSchema.extract(['noise', 'impair', 'repair', 'unlearn']).options;
  return phases
    .flatMap((phase) => labels.map((label) => dataset.reads[phase]?.[label] ?? 0))
    .reduce((sum, images) => sum + images, 0);
}
