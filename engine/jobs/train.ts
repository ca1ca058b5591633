import { existsSync } from 'node:fs';
import { selectAccelerator } from '../accelerators/accelerators.ts';
import { openDataset } from '../data/data.ts';
import { MatchedData, matchClasses } from '../data/matched-data.ts';
import { oneAhead } from '../data/pipeline.ts';
import { parsePreprocessing } from '../data/preprocessing.ts';
import { createSmallConvolutionalNetwork } from '../models/tfjs-layers/small-convolutional-network.ts';
import { ProblemError } from '../protocol/problem.ts';
import type { TrainCommand, TrainResult } from '../protocol/protocol.ts';
import { deriveSeed } from '../random.ts';
import { passCost } from '../unlearn/unlearn.ts';
import { batchBounds, shuffledBatches, train as trainOn } from '../unlearn/training.ts';
import { accuracyOf, countHits } from '../verify/accuracy.ts';
import type { Job } from './job.ts';
import { runThrough } from './run-through.ts';
import { Schedule } from './schedule.ts';

/** The last epochs are taken at a tenth of the learning rate, to settle. */
const settlingShare = 1 / 3;

/** Trains a small convolutional network from nothing on the data's training images. */
export async function train(command: TrainCommand, job: Job): Promise<TrainResult> {
  const started = performance.now();
  if (existsSync(command.output)) {
    throw new ProblemError(
      'output-exists',
      `There is something at ${command.output} already. Choose another place for the model, so that nothing is overwritten.`,
    );
  }
  await selectAccelerator(command.accelerator, (sentence) => {
    job.notice(sentence);
  });
  const { seed, resize, epochs, batchSize, learningRate } = command;
  const dataset = await openDataset(command.data, { imageShape: null, resize, seed });
  for (const { sentence } of dataset.notices) job.notice(sentence);
  const { imageShape, classNames } = dataset.info;
  const model = createSmallConvolutionalNetwork({ inputShape: imageShape, classNames, seed });
  try {
    const match = matchClasses(model.info, dataset.info);
    const data = new MatchedData(dataset, match, parsePreprocessing(command.preprocessing));
    const classes = [...classNames.keys()];
    const images = data.select('train', classes);
    const schedule = new Schedule(job, [
      { phase: 'train', images: epochs * images.length, costPerImage: passCost.train },
      {
        phase: 'measuring-after',
        images: match.totalImages('test'),
        costPerImage: passCost.measure,
      },
    ]);

    const settling = Math.floor(epochs * settlingShare);
    const perEpoch = batchBounds(images.length, batchSize).length;
    const stages = [
      { first: 0, end: epochs - settling, learningRate },
      { first: epochs - settling, end: epochs, learningRate: learningRate / 10 },
    ];
    for (const stage of stages) {
      const batches = Array.from({ length: stage.end - stage.first }, (_, epoch) =>
        shuffledBatches(images, batchSize, deriveSeed(seed, 'train', stage.first + epoch)),
      ).flat();
      const read = oneAhead(
        batches,
        (batch) => data.read(batch, 'train'),
        (batch) => batch.images.dispose(),
      );
      const steps = { steps: batches.length, learningRate: stage.learningRate };
      for await (const step of trainOn(model, read, steps)) {
        await schedule.step('train', step.images, {
          ...step,
          step: stage.first * perEpoch + step.step,
          steps: epochs * perEpoch,
        });
      }
    }

    const hits = await runThrough(countHits(model, data), () => job.turn());
    const accuracy = accuracyOf(hits, []);
    await model.save(command.output);
    return {
      type: 'train',
      model: model.info,
      path: command.output,
      accuracy: { perClass: accuracy.perClass, overall: accuracy.retain },
      seconds: (performance.now() - started) / 1000,
    };
  } finally {
    model.dispose();
    await dataset.close();
  }
}
