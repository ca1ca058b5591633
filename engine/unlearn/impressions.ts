import * as tf from '@tensorflow/tfjs-core';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { TrainableModel } from '../models/models.ts';
import { Adam } from '../operations/adam.ts';
import { softmaxCrossEntropy } from '../operations/softmax-cross-entropy.ts';
import { variableGradients } from '../operations/variable-gradients.ts';
import type { RecipeNamed } from '../protocol/recipe.ts';
import { deriveSeed } from '../random.ts';
import type { ErasureStep } from './method.ts';

type Settings = RecipeNamed<'class-impressions'>['impressions'];

/** An image that a model takes for one of a class of its own. */
export interface Impression {
  readonly label: number;
  /** [H · W · C], as after preprocessing. */
  readonly pixels: Float32Array;
}

export interface Making {
  /** The class of each image to make; all are made at once. */
  readonly labels: readonly number[];
  readonly seed: number;
  /** Steps that others were made in, and of all together. */
  readonly stepsBefore: number;
  readonly stepsInAll: number;
}

/** Images are moved by up to so many pixels between steps, so that nothing hangs on a single one. */
const jitter = 2;

/**
 * Makes images from a model alone (Yin et al. 2020, "Dreaming to Distill", section 3.1): noise is changed until the model
 * takes it for the classes wanted, until what its batch normalisations see of it is what they saw in training, and so that
 * neighbouring pixels are alike. The model is not changed.
 */
export async function* makeImpressions(
  model: TrainableModel,
  { steps, learningRate, smoothness, statistics }: Settings,
  { labels, seed, stepsBefore, stepsInAll }: Making,
): AsyncGenerator<ErasureStep, Impression[]> {
  const [height, width, channels] = model.info.inputShape;
  const images = tf.tidy(() =>
    tf.variable(
      tf.randomNormal<tf.Rank.R4>(
        [labels.length, height, width, channels],
        0,
        1,
        'float32',
        deriveSeed(seed, 'start'),
      ),
    ),
  );
  const optimizer = new Adam([images], { learningRate });
  const random = xoroshiro128plus(deriveSeed(seed, 'jitter'));

  const draw = (): number => uniformInt(random, -jitter, jitter);

  function loss(): tf.Scalar {
    const { logits, deviation } = model.likeness(moved(moved(images, draw(), 1), draw(), 2));
    const surprise = softmaxCrossEntropy(logits, tf.tensor1d([...labels], 'int32'));
    return tf.addN<tf.Scalar>([
      surprise,
      tf.mul(deviation, statistics),
      tf.mul(roughness(images), smoothness),
    ]);
  }

  try {
    for (let step = 1; step <= steps; step++) {
      const value = tf.tidy(() => {
        const { value, gradients } = variableGradients(loss, [images]);
        optimizer.apply(gradients);
        return value;
      });
      const [lossNow] = await value.data();
      value.dispose();
      yield {
        phase: 'unlearn',
        step: stepsBefore + step,
        steps: stepsInAll,
        images: labels.length,
        loss: lossNow,
        accuracy: null,
      };
    }
    const values = Float32Array.from(await images.data<'float32'>());
    const length = values.length / labels.length;
    return labels.map((label, row) => ({
      label,
      pixels: values.subarray(row * length, (row + 1) * length),
    }));
  } finally {
    optimizer.dispose();
    images.dispose();
  }
}

/** All images by so many pixels along an axis, what leaves on one side coming in on the other. */
function moved(images: tf.Tensor4D, by: number, axis: 1 | 2): tf.Tensor4D {
  const side = images.shape[axis];
  const cut = (by + side) % side;
  if (cut === 0) return images;
  const [first, second] = tf.split<tf.Tensor4D>(images, [cut, side - cut], axis);
  return tf.concat<tf.Tensor4D>([second, first], axis);
}

/** The mean over images of the squared differences between neighbouring pixels, summed. */
function roughness(images: tf.Tensor4D): tf.Scalar {
  const [count, height, width, channels] = images.shape;
  const part = (top: number, left: number, rows: number, columns: number): tf.Tensor4D =>
    tf.slice(images, [0, top, left, 0], [count, rows, columns, channels]);
  const down = tf.sub(part(1, 0, height - 1, width), part(0, 0, height - 1, width));
  const right = tf.sub(part(0, 1, height, width - 1), part(0, 0, height, width - 1));
  const sum = tf.add<tf.Scalar>(tf.sum(tf.square(down)), tf.sum(tf.square(right)));
  return tf.div(sum, count);
}
