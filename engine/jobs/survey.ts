import type { ImageReference } from '../data/dataset.ts';
import { MatchedData } from '../data/matched-data.ts';
import { answeredClasses } from '../models/models.ts';
import type { SurveyCommand, SurveyResult } from '../protocol/protocol.ts';
import { passCost } from '../unlearn/unlearn.ts';
import { choosePreprocessing } from './choose-preprocessing.ts';
import type { Job } from './job.ts';
import { withMatchedModel } from './matched-model.ts';
import { Schedule } from './schedule.ts';

/** Enough to tell in seconds how good a model is, and of which classes; what a verdict rests on looks at all. */
const mostImages = 2000;
const batchSize = 256;

/** What a model makes of a sample of images. It is not changed, and nothing is written. */
export function survey(command: SurveyCommand, job: Job): Promise<SurveyResult> {
  return withMatchedModel(command, job, async ({ model, dataset, match }) => {
    const classes = [...match.classNames.keys()];
    const { preprocessing, preprocessingTrials } = await choosePreprocessing(
      command.preprocessing,
      { model, dataset, match },
      classes,
    );
    const data = new MatchedData(dataset, match, preprocessing);
    const sample = data.select('test', classes, Math.ceil(mostImages / classes.length));
    const schedule = new Schedule(job, [
      { phase: 'measuring-before', images: sample.length, costPerImage: passCost.measure },
    ]);
    const images = classes.map(() => 0);
    const hits = classes.map(() => 0);
    const batches = batchesOf(sample);
    for (const [index, batch] of batches.entries()) {
      const { images: inputs, labels } = await data.read(batch, 'measure');
      const answers = await answeredClasses(model, inputs);
      inputs.dispose();
      for (const [row, label] of labels.entries()) {
        images[label]++;
        if (answers[row] === label) hits[label]++;
      }
      const progress = { step: index + 1, steps: batches.length, loss: null, accuracy: null };
      await schedule.step('measuring-before', batch.length, progress);
    }
    const sum = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0);
    return {
      type: 'survey',
      classNames: [...match.classNames],
      preprocessing,
      preprocessingTrials,
      accuracy: classes.map((index) => percent(hits[index], images[index])),
      overall: percent(sum(hits), sum(images)),
      images: sample.length,
    };
  });
}

function batchesOf(references: readonly ImageReference[]): ImageReference[][] {
  return Array.from({ length: Math.ceil(references.length / batchSize) }, (_, index) =>
    references.slice(index * batchSize, (index + 1) * batchSize),
  );
}

function percent(hits: number, images: number): number | null {
  return images === 0 ? null : (100 * hits) / images;
}
