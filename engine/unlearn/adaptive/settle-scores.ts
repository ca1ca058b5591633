import * as tf from '@tensorflow/tfjs-core';
import type { ImageReference } from '../../data/dataset.ts';
import { deriveSeed, shuffled } from '../../random.ts';
import type { Erasure } from '../method.ts';

type Settling = Pick<Erasure, 'model' | 'data' | 'forget' | 'retain'> & {
  readonly recipe: { readonly seed: number };
};

const mostImages = 1000;

/**
 * Training that no image is of the forget classes can, where a model is unsure, turn what gives these their scores so far that
 * they differ from image to image more than the scores of the kept classes do, and tell images apart. Then it is made the
 * mean of the others. How low training had brought the scores is left to them: as likely as the kept classes are on average,
 * the erased ones would have a share in every answer.
 *
 * Only then: what is held down by a number alone is learned again sooner than what is held down by weights. A ResNet-18 that
 * took 21 steps to learn a class of CIFAR-10 again, where one retrained without it took 31, took 9 when it was levelled.
 * @param references images of the kept classes, one at least
 * @returns whether anything changed
 */
export async function settleScores(
  settling: Settling,
  references: readonly ImageReference[],
): Promise<boolean> {
  const { model, forget, retain, recipe } = settling;
  const some = shuffled(references, deriveSeed(recipe.seed, 'scores')).slice(0, mostImages);
  const trained = await scoresOf(settling, some);
  const deviation = (label: number): number => trained[label].deviation;
  // Of a model that answers with no numbers nothing can be said, not even that.
  if (!(meanOf(forget, deviation) > meanOf(retain, deviation))) return false;
  model.levelScores(forget);
  // Scores that a number can be added to are linear in what gives them, so that the mean of these has the mean of the scores.
  const others = [...trained.keys()].filter((label) => !forget.includes(label));
  const mean = (label: number): number => trained[label].mean;
  model.raiseScores(forget, meanOf(forget, mean) - meanOf(others, mean));
  return true;
}

interface Scores {
  readonly mean: number;
  /** The standard deviation. */
  readonly deviation: number;
}

const batchSize = 256;

/** Of the logits of each class, in inference mode: [K] */
async function scoresOf(
  { model, data }: Settling,
  references: readonly ImageReference[],
): Promise<Scores[]> {
  const { classCount } = model.info;
  const sums = new Float64Array(classCount);
  const squares = new Float64Array(classCount);
  for (let start = 0; start < references.length; start += batchSize) {
    const { images } = await data.read(references.slice(start, start + batchSize), 'repair');
    const logits = model.logits(images, { training: false });
    const values = await logits.data<'float32'>();
    tf.dispose([images, logits]);
    for (const [at, value] of values.entries()) {
      sums[at % classCount] += value;
      squares[at % classCount] += value ** 2;
    }
  }
  const { length } = references;
  return Array.from(sums, (sum, label) => {
    const mean = sum / length;
    return { mean, deviation: Math.sqrt(Math.max(0, squares[label] / length - mean ** 2)) };
  });
}

function meanOf(classes: readonly number[], value: (label: number) => number): number {
  return classes.reduce((sum, label) => sum + value(label), 0) / classes.length;
}
