import * as tf from '@tensorflow/tfjs-core';
import type { MatchedData } from '../../../engine/data/matched-data.ts';
import type { TrainableModel } from '../../../engine/models/models.ts';
import { Adam } from '../../../engine/operations/adam.ts';
import { softmaxCrossEntropy } from '../../../engine/operations/softmax-cross-entropy.ts';
import { variableGradients } from '../../../engine/operations/variable-gradients.ts';
import { deriveSeed, shuffled } from '../../../engine/random.ts';

export interface SmallTraining {
  readonly classes: readonly number[];
  readonly epochs: number;
  readonly learningRate: number;
  readonly seed: number;
  /** In every batch, so many images of noise that are called class 0. */
  readonly noiseOfFirstClass?: number;
}

const batchSize = 64;

/** Trains a model, in place, by Adam on the training images of some classes. */
export async function trainOn(
  model: TrainableModel,
  data: MatchedData,
  { classes, epochs, learningRate, seed, noiseOfFirstClass = 0 }: SmallTraining,
): Promise<void> {
  const optimizer = new Adam(model.variables, { learningRate });
  const references = data.select('train', classes);
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = shuffled(references, deriveSeed(seed, epoch));
    for (let start = 0; start + batchSize <= order.length; start += batchSize) {
      const { images, labels } = await data.read(order.slice(start, start + batchSize), 'train');
      tf.tidy(() => {
        const [height, width, channels] = model.info.inputShape;
        const noise = tf.randomNormal<tf.Rank.R4>(
          [noiseOfFirstClass, height, width, channels],
          0,
          1,
          'float32',
          deriveSeed(seed, epoch, start),
        );
        const batch = noiseOfFirstClass === 0 ? images : tf.concat([images, noise], 0);
        const target = Int32Array.from([
          ...labels,
          ...new Array<number>(noiseOfFirstClass).fill(0),
        ]);
        const { gradients } = variableGradients(
          () =>
            softmaxCrossEntropy(
              model.logits(batch, { training: true }),
              tf.tensor1d(target, 'int32'),
            ),
          model.variables,
        );
        optimizer.apply(gradients);
      });
      images.dispose();
    }
  }
  optimizer.dispose();
}
