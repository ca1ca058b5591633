import * as tf from '@tensorflow/tfjs-core';
import type { ImageReference } from '../data/dataset.ts';
import type { MatchedData } from '../data/matched-data.ts';
import type { TrainableModel } from '../models/models.ts';
import type { NoiseImage } from './noise.ts';
import type { TrainingBatch } from './training.ts';

export interface RetainImage {
  readonly kind: 'retain';
  readonly reference: ImageReference;
}
export type MixedImage = NoiseImage | RetainImage;

/** Noise as it is and images preprocessed, in one batch; within a batch the order means nothing. */
export async function readMixed(
  batch: readonly MixedImage[],
  model: TrainableModel,
  data: MatchedData,
): Promise<TrainingBatch> {
  const noise = batch.filter((image) => image.kind === 'noise');
  const references = batch.flatMap((image) => (image.kind === 'retain' ? [image.reference] : []));
  if (noise.length === 0) return data.read(references, 'impair');
  const [height, width, channels] = model.info.inputShape;
  const pixels = new Float32Array(noise.length * height * width * channels);
  for (const [row, image] of noise.entries()) pixels.set(image.pixels, row * image.pixels.length);
  const noiseImages = tf.tensor4d(pixels, [noise.length, height, width, channels]);
  const noiseLabels = Int32Array.from(noise, (image) => image.label);
  if (references.length === 0) return { images: noiseImages, labels: noiseLabels };
  const retain = await data.read(references, 'impair');
  const images = tf.concat([noiseImages, retain.images], 0);
  tf.dispose([noiseImages, retain.images]);
  return { images, labels: Int32Array.from([...noiseLabels, ...retain.labels]) };
}
