import * as tf from '@tensorflow/tfjs-core';
import { parsePreprocessing, preprocess } from '../data/preprocessing.ts';
import type { ShowCommand, ShowResult } from '../protocol/protocol.ts';
import { forgetClasses } from './forget-classes.ts';
import type { Job } from './job.ts';
import { withMatchedModel } from './matched-model.ts';
import { thumbnailsOf } from './thumbnails.ts';

/** How many of a model's answers to one picture are told. */
const mostAnswers = 3;

/** What a model says when it is shown pictures of some classes. It is not changed, and nothing is written. */
export function show(command: ShowCommand, job: Job): Promise<ShowResult> {
  return withMatchedModel(command, job, async ({ model, dataset, match }) => {
    const preprocessing = parsePreprocessing(command.preprocessing);
    const pictures: ShowResult['pictures'] = [];
    for (const index of forgetClasses(command.classes, match.classNames)) {
      const labels = match.dataLabels([index]);
      const perClass = command.imagesPerClass;
      const test = dataset.select({ split: 'test', labels, perClass });
      const train = dataset.select({ split: 'train', labels, perClass });
      const chosen = (test.length > 0 ? test : train).slice(0, perClass);
      if (chosen.length === 0) continue;
      const batch = await dataset.read(chosen, 'preview');
      const inputs = preprocess(batch, preprocessing);
      const shares = tf.tidy(() => tf.softmax(model.logits(inputs, { training: false })));
      const values = await shares.data<'float32'>();
      const classes = shares.shape[1] ?? 0;
      tf.dispose([inputs, shares]);
      const thumbnails = await thumbnailsOf(batch);
      thumbnails.forEach((thumbnail, row) => {
        const answers = surest(values.subarray(row * classes, (row + 1) * classes));
        pictures.push({ class: index, thumbnail, answers });
      });
      await job.turn();
    }
    return { type: 'show', classNames: [...match.classNames], pictures };
  });
}

function surest(shares: Float32Array): { class: number; percent: number }[] {
  return [...shares.keys()]
    .toSorted((a, b) => shares[b] - shares[a])
    .slice(0, mostAnswers)
    .map((index) => ({ class: index, percent: Math.min(100, 100 * shares[index]) }));
}
