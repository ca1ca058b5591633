import * as tf from '@tensorflow/tfjs-core';
import { Adam } from '../operations/adam.ts';
import { softmaxCrossEntropy } from '../operations/softmax-cross-entropy.ts';
import { variableGradients } from '../operations/variable-gradients.ts';
import { deriveSeed } from '../random.ts';
import type { RecipeNamed } from '../protocol/recipe.ts';
import type { Erasure, ErasureStep } from './method.ts';

/** Of those that start from noise. */
type NoiseErasure = Erasure<RecipeNamed<'paper' | 'adaptive'>>;

/** Inputs that the model errs on as badly as could be found for `label`. */
export interface Noise {
  readonly label: number;
  /** [count, H, W, C], row by row. */
  readonly values: Float32Array;
  readonly count: number;
}

/** One image of a noise. */
export interface NoiseImage {
  readonly kind: 'noise';
  readonly label: number;
  /** [H · W · C] */
  readonly pixels: Float32Array;
}

export function noiseRows({ label, values, count }: Noise): NoiseImage[] {
  const length = values.length / count;
  return Array.from({ length: count }, (_, row) => ({
    kind: 'noise',
    label,
    pixels: values.subarray(row * length, (row + 1) * length),
  }));
}

/** Learns the noise of every forget class in turn. */
export async function* learnNoises(erasure: NoiseErasure): AsyncGenerator<ErasureStep, Noise[]> {
  const noises: Noise[] = [];
  for (const [index, label] of erasure.forget.entries()) {
    const values = yield* learnNoise(erasure, label, index);
    noises.push({ label, values, count: erasure.recipe.noise.batchSize });
  }
  return noises;
}

/**
 * Learns a batch of inputs that maximises the model's error on a class, the model itself unchanged and in inference
 * mode (equation 2 of the paper: arg min over the noise of −L(f(noise), label) + λ‖noise‖²). No image is looked at.
 */
async function* learnNoise(
  { model, forget, recipe }: NoiseErasure,
  label: number,
  index: number,
): AsyncGenerator<ErasureStep, Float32Array> {
  const { batchSize, steps, learningRate, decay } = recipe.noise;
  const [height, width, channels] = model.info.inputShape;
  const noise = tf.tidy(() => {
    const seed = deriveSeed(recipe.seed, 'noise', label);
    return tf.variable(
      tf.randomNormal<tf.Rank.R4>([batchSize, height, width, channels], 0, 1, 'float32', seed),
    );
  });
  const labels = tf.tensor1d(new Int32Array(batchSize).fill(label), 'int32');
  const optimizer = new Adam([noise], { learningRate });

  function loss(): tf.Scalar {
    const error = softmaxCrossEntropy(model.logits(noise, { training: false }), labels);
    const size = tf.mean(tf.sum(tf.square(noise), [1, 2, 3]));
    return tf.sub<tf.Scalar>(tf.mul(size, decay), error);
  }

  try {
    for (let step = 1; step <= steps; step++) {
      const value = tf.tidy(() => {
        const { value, gradients } = variableGradients(loss, [noise]);
        optimizer.apply(gradients);
        return value;
      });
      const [lossNow] = await value.data();
      value.dispose();
      yield {
        phase: 'noise',
        step: index * steps + step,
        steps: forget.length * steps,
        images: batchSize,
        loss: lossNow,
        accuracy: null,
      };
    }
    return await noise.data<'float32'>();
  } finally {
    optimizer.dispose();
    tf.dispose([noise, labels]);
  }
}
