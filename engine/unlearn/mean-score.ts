import * as tf from '@tensorflow/tfjs-core';
import type { ImageReference } from '../data/dataset.ts';
import type { MatchedData } from '../data/matched-data.ts';
import type { TrainableModel } from '../models/models.ts';

const batchSize = 256;

/** The logits of some classes, in inference mode, averaged over these and the images; there must be some of both. */
export async function meanScore(
  model: TrainableModel,
  data: MatchedData,
  references: readonly ImageReference[],
  classes: readonly number[],
): Promise<number> {
  let sum = 0;
  for (let start = 0; start < references.length; start += batchSize) {
    const { images } = await data.read(references.slice(start, start + batchSize), 'repair');
    const total = tf.tidy(() =>
      tf.sum(tf.gather(model.logits(images, { training: false }), [...classes], 1)),
    );
    const [value] = await total.data<'float32'>();
    tf.dispose([images, total]);
    sum += value;
  }
  return sum / (references.length * classes.length);
}
