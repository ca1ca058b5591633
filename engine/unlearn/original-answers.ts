import * as tf from '@tensorflow/tfjs-core';
import type { ImageReference } from '../data/dataset.ts';
import type { MatchedData } from '../data/matched-data.ts';
import type { TrainableModel } from '../models/models.ts';

/** Low enough that nothing is left of a class after a softmax, and no overflow in half precision. */
const masked = -3e4;

/** At most so many images of a class make its mean. */
const imagesPerMean = 100;
const batchSize = 256;

/** What the original says of images when it may not name the forget classes: the target of repair. */
export class OriginalAnswers {
  readonly #original: TrainableModel;
  readonly #mask: tf.Tensor2D;

  constructor(original: TrainableModel, forget: readonly number[]) {
    this.#original = original;
    const { classCount } = original.info;
    const row = Float32Array.from({ length: classCount }, (_, index) =>
      forget.includes(index) ? masked : 0,
    );
    this.#mask = tf.tensor2d(row, [1, classCount]);
  }

  /** Probabilities of the classes, none of them of a forget class: [N, H, W, C] → [N, K]. */
  of(images: tf.Tensor4D): tf.Tensor2D {
    return tf.tidy(() => {
      const logits = this.#original.logits(images, { training: false });
      return tf.softmax(tf.add<tf.Tensor2D>(logits, this.#mask));
    });
  }

  /** Where the original's features of each retain class lie on average. */
  async means(data: MatchedData, references: readonly ImageReference[]): Promise<FeatureMeans> {
    const { classCount } = this.#original.info;
    const taken = new Map<number, number>();
    const few = references.filter(({ label }) => {
      const count = (taken.get(label) ?? 0) + 1;
      taken.set(label, count);
      return count <= imagesPerMean;
    });
    let sums: Float64Array | null = null;
    const counts = new Array<number>(classCount).fill(0);
    for (let start = 0; start < few.length; start += batchSize) {
      const { images, labels } = await data.read(few.slice(start, start + batchSize), 'repair');
      const { logits, features } = this.#original.activations(images, { training: false });
      const values = await features.data<'float32'>();
      const dimensions = features.shape[1];
      tf.dispose([images, logits, features]);
      sums ??= new Float64Array(classCount * dimensions);
      for (const [row, label] of labels.entries()) {
        counts[label]++;
        for (let at = 0; at < dimensions; at++)
          sums[label * dimensions + at] += values[row * dimensions + at];
      }
    }
    if (sums === null) throw new RangeError('no image to take a mean of');
    const dimensions = sums.length / classCount;
    const means = Float32Array.from(sums, (sum, at) => {
      const count = counts[Math.floor(at / dimensions)];
      return count === 0 ? 0 : sum / count;
    });
    const scatter = scatterOf(means, counts, dimensions);
    return { means: tf.tensor2d(means, [classCount, dimensions]), scatter };
  }

  dispose(): void {
    this.#mask.dispose();
  }
}

/** The caller disposes of the tensor. */
export interface FeatureMeans {
  /** [K, D], zeros for a class without images. */
  readonly means: tf.Tensor2D;
  /** Mean squared distance of the classes' means from their own mean; 0 where there are images of one class only. */
  readonly scatter: number;
}

function scatterOf(means: Float32Array, counts: readonly number[], dimensions: number): number {
  const present = counts.flatMap((count, label) => (count > 0 ? [label] : []));
  let sum = 0;
  for (let at = 0; at < dimensions; at++) {
    const values = present.map((label) => means[label * dimensions + at]);
    const center = values.reduce((total, value) => total + value, 0) / values.length;
    for (const value of values) sum += (value - center) ** 2;
  }
  return sum / present.length;
}
