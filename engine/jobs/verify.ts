import { selectAccelerator } from '../accelerators/accelerators.ts';
import { forRecord, openDataset } from '../data/data.ts';
import {
  MatchedData,
  matchClasses,
  requireTestImages,
  requireTwoClasses,
} from '../data/matched-data.ts';
import { openModel } from '../models/models.ts';
import { ProblemError } from '../protocol/problem.ts';
import type { VerifyCommand, VerifyResult } from '../protocol/protocol.ts';
import { choosePreprocessing } from './choose-preprocessing.ts';
import { forgetClasses } from './forget-classes.ts';
import type { Job } from './job.ts';
import { chooseReference } from './reference.ts';
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
      for (const { sentence } of dataset.notices) job.notice(sentence);
      const match = matchClasses(original.info, dataset.info);
      const forget = forgetClasses(command.forget, match.classNames);
      const retain = [...match.classNames.keys()].filter((index) => !forget.includes(index));
      requireTestImages(match, retain);
      const { preprocessing } = await choosePreprocessing(
        command.preprocessing,
        { model: original, dataset, match },
        retain,
      );
      const data = new MatchedData(dataset, match, preprocessing);
      const reference = chooseReference(command.reference, {
        ...{ paths: { model: command.original, data: command.data }, resize, seed },
        ...{ model: original.info, data: dataset.info, match, retain, preprocessing },
      });
      const verification = new Verification({ ...command, reference }, data, match, forget);
      const schedule = new Schedule(job, [
        ...verification.phasesBefore,
        ...verification.phasesAfter,
      ]);
      // Before hours are spent on what it is to be compared with.
      const asked = await verification.openAlike(command.model, original.info);
      asked.dispose();
      const terms = await verification.fixTerms(original, schedule);
      if (terms.reference?.sha256 === asked.info.sha256) throw itsOwnReference();
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
        account: [...forRecord(dataset), ...(reference?.account ?? [])],
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

function itsOwnReference(): ProblemError {
  return new ProblemError(
    'unfit-reference',
    'The model and the reference are one and the same, so that it would be found to be like itself. Give another reference, or none.',
  );
}
