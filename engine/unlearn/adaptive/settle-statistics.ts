import * as tf from '@tensorflow/tfjs-core';
import type { ImageReference } from '../../data/dataset.ts';
import { deriveSeed, endless } from '../../random.ts';
import type { Erasure } from '../method.ts';

type Settling = Pick<Erasure, 'model' | 'data'> & {
  readonly recipe: { readonly batchSize: number; readonly seed: number };
};

/** What is to be left of what the running statistics of batch normalisation were, as a share. */
const unsettled = 0.08;
/** With momentum 0.9, the usual one of PyTorch, 24 batches leave that; with 0.99, the usual one of Keras, 252 do. */
const settlingBatches = { least: 24, most: 252 };

/** How many batches fill running statistics anew. With a momentum above 0.99 it would be thousands: then it is not all. */
export function batchesToSettle(momentum: number): number {
  const { least, most } = settlingBatches;
  return Math.max(least, Math.min(most, Math.ceil(Math.log(unsettled) / Math.log(momentum))));
}

/**
 * Running statistics are to be those of images as they come, not of noise or of mirrored and shifted ones. No weight changes.
 */
export async function settleStatistics(
  { model, data, recipe: { batchSize, seed } }: Settling,
  references: readonly ImageReference[],
): Promise<void> {
  const next = endless(references, deriveSeed(seed, 'statistics'));
  const count = Math.min(batchSize, references.length);
  const batches = batchesToSettle(model.momentum);
  for (let batch = 0; batch < batches; batch++) {
    const { images } = await data.read(Array.from({ length: count }, next), 'repair');
    const logits = model.logits(images, { training: true });
    tf.dispose([images, logits]);
  }
}
