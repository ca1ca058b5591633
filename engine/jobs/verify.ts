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
import type { Preprocessing, VerifyCommand, VerifyResult } from '../protocol/protocol.ts';
import { forgetClasses } from './forget-classes.ts';
import type { Job } from './job.ts';
import { Schedule } from './schedule.ts';
import { Verification } from './verification.ts';

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
      const verification = new Verification(command, data, match, forget);
      const schedule = new Schedule(job, [
        ...verification.phasesBefore,
        ...verification.phasesAfter,
      ]);
      const terms = await verification.fixTerms(original, schedule);
      const model = await verification.openAlike(command.model, original.info);
      const { findings, verdict } = await verification.judge(model, terms, schedule).finally(() => {
        model.dispose();
      });
      return {
        type: 'verify',
        ...terms,
        model: model.info,
        findings,
        verdict,
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
