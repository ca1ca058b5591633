import { selectAccelerator } from '../accelerators/accelerators.ts';
import { openDataset } from '../data/data.ts';
import type { Dataset } from '../data/dataset.ts';
import { matchClasses, requireTwoClasses, type ClassMatch } from '../data/matched-data.ts';
import { openModel, type TrainableModel } from '../models/models.ts';
import type { SurveyCommand } from '../protocol/protocol.ts';
import type { Job } from './job.ts';

interface MatchedModel {
  readonly model: TrainableModel;
  readonly dataset: Dataset;
  readonly match: ClassMatch;
}

/** Opens a model and the images for it, has something done with both, and closes them however that ends. */
export async function withMatchedModel<Result>(
  command: Pick<SurveyCommand, 'model' | 'data' | 'resize' | 'seed' | 'accelerator'>,
  job: Job,
  use: (opened: MatchedModel) => Promise<Result>,
): Promise<Result> {
  await selectAccelerator(command.accelerator, (sentence) => {
    job.notice(sentence);
  });
  const model = await openModel(command.model);
  try {
    requireTwoClasses(model.info);
    const { resize, seed } = command;
    const imageShape = model.info.inputShape;
    const dataset = await openDataset(command.data, { imageShape, resize, seed });
    try {
      for (const { sentence } of dataset.notices) job.notice(sentence);
      return await use({ model, dataset, match: matchClasses(model.info, dataset.info) });
    } finally {
      await dataset.close();
    }
  } finally {
    model.dispose();
  }
}
