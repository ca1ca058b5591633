import type { Dataset } from '../data/dataset.ts';
import type { ClassMatch } from '../data/matched-data.ts';
import { parsePreprocessing, proposePreprocessing } from '../data/preprocessing.ts';
import type { TrainableModel } from '../models/models.ts';
import type { ErasePlan } from '../protocol/protocol.ts';

type Choice = Pick<ErasePlan, 'preprocessing' | 'preprocessingTrials'>;

/** At most so many images are tried on, of all classes together. */
const tried = 512;

/**
 * The preprocessing asked for, or else the one that images of the retain classes fit best: training images, where there are any.
 * @param asked as of {@link parsePreprocessing}
 * @throws ProblemError `unknown-preprocessing`, `poor-preprocessing`
 */
export async function choosePreprocessing(
  asked: string | null,
  { model, dataset, match }: { model: TrainableModel; dataset: Dataset; match: ClassMatch },
  retain: readonly number[],
): Promise<Choice> {
  if (asked !== null) return { preprocessing: parsePreprocessing(asked), preprocessingTrials: [] };
  const labels = match.dataLabels(retain);
  const perClass = Math.ceil(tried / retain.length);
  const train = dataset.select({ split: 'train', labels, perClass });
  const test = dataset.select({ split: 'test', labels, perClass });
  const sample = train.length > 0 ? train : test;
  const { best, trials } = await proposePreprocessing(model, dataset, sample, match.modelIndex);
  return { preprocessing: best, preprocessingTrials: trials };
}
