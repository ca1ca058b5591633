import type { MatchedData } from '../data/matched-data.ts';
import { oneAhead } from '../data/pipeline.ts';
import { answeredClasses, type TrainableModel } from '../models/models.ts';
import type { Accuracy } from '../protocol/protocol.ts';
import { recognised, rowsOf } from './answers.ts';
import type { Evidence } from './evidence.ts';

const batchSize = 256;

/** How many passes {@link countHits} makes over so many test images. */
export function measuringSteps(images: number): number {
  return Math.ceil(images / batchSize);
}

/** Test images of each class, and how many of them the model recognised. */
export interface Hits {
  readonly images: number[];
  readonly recognised: number[];
}

/** Shows the model every test image of its classes. Yields, after each batch, the number of images in it. */
export async function* countHits(
  model: TrainableModel,
  data: MatchedData,
): AsyncGenerator<number, Hits> {
  const classes = Array.from({ length: model.info.classCount }, (_, index) => index);
  const hits: Hits = { images: classes.map(() => 0), recognised: classes.map(() => 0) };
  const references = data.select('test', classes);
  const chunks = Array.from({ length: measuringSteps(references.length) }, (_, index) =>
    references.slice(index * batchSize, (index + 1) * batchSize),
  );
  const batches = oneAhead(
    chunks,
    (chunk) => data.read(chunk, 'measure'),
    (batch) => batch.images.dispose(),
  );
  for await (const { images, labels } of batches) {
    const answers = await answeredClasses(model, images);
    images.dispose();
    for (const [row, label] of labels.entries()) {
      hits.images[label]++;
      if (answers[row] === label) hits.recognised[label]++;
    }
    yield labels.length;
  }
  return hits;
}

/** What a model recognised of the test images that it was shown as evidence. */
export function hitsAmong({ test, classCount }: Evidence): Hits {
  const rows = Array.from({ length: classCount }, (_, label) => rowsOf(test, [label]));
  return {
    images: rows.map((ofClass) => ofClass.length),
    recognised: rows.map((ofClass) => recognised(test, ofClass)),
  };
}

/** The hits as percentages: per class, and over all images of the forget and of the retain classes. */
export function accuracyOf(hits: Hits, forget: readonly number[]): Accuracy {
  const classes = hits.images.map((_, index) => index);
  const over = (chosen: readonly number[]): number | null => {
    const images = chosen.reduce((sum, index) => sum + hits.images[index], 0);
    const recognised = chosen.reduce((sum, index) => sum + hits.recognised[index], 0);
    return images === 0 ? null : (100 * recognised) / images;
  };
  return {
    perClass: classes.map((index) => over([index])),
    forget: over(forget),
    retain: over(classes.filter((index) => !forget.includes(index))),
  };
}
