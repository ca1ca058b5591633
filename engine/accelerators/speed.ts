import * as tf from '@tensorflow/tfjs-core';
import { rectify } from '../operations/clip.ts';
import { variableGradients } from '../operations/variable-gradients.ts';

const SIZE = 16;
const CHANNELS = 64;
/** Of a step that is too short to be measured well; the next one has more images. */
const TOO_SHORT_MILLISECONDS = 100;
const MOST_IMAGES = 512;
const STEPS = 3;

/**
 * How fast the accelerator that is set trains: two convolutions of 3 × 3, forward and back, as they are in most models.
 * @returns multiplications and additions in a second; the best of a few steps, as others on the machine only slow it down
 */
export async function measureSpeed(): Promise<number> {
  for (let images = 1; ; images = Math.min(MOST_IMAGES, images * 8)) {
    // The first step makes what the others have ready.
    await step(images);
    const milliseconds = await step(images);
    if (milliseconds < TOO_SHORT_MILLISECONDS && images < MOST_IMAGES) continue;
    const more = milliseconds > 10 * TOO_SHORT_MILLISECONDS ? 0 : STEPS - 1;
    let shortest = milliseconds;
    for (let count = 0; count < more; count++) shortest = Math.min(shortest, await step(images));
    const perImage = 2 * 2 * SIZE ** 2 * 9 * CHANNELS ** 2;
    // Forward, and back twice: for the inputs and for the filters.
    return (3 * perImage * images) / (shortest / 1000);
  }
}

/** @returns milliseconds */
async function step(images: number): Promise<number> {
  const started = performance.now();
  const results = tf.tidy(() => {
    const filled = (...shape: tf.ShapeMap[tf.Rank.R4]): tf.Variable<tf.Rank.R4> =>
      tf.variable(tf.fill<tf.Rank.R4>(shape, 0.01));
    const x = filled(images, SIZE, SIZE, CHANNELS);
    const [first, second] = [1, 2].map(() => filled(3, 3, CHANNELS, CHANNELS));
    const variables = [x, first, second];
    const { gradients } = variableGradients(() => {
      const between = rectify(tf.conv2d(x, first, 1, 'same'));
      return tf.sum<tf.Scalar>(rectify(tf.conv2d(between, second, 1, 'same')));
    }, variables);
    tf.dispose(variables);
    // To wait for what a graphics card does, something of it has to be read.
    return gradients.map((gradient) => tf.sum(gradient));
  });
  await Promise.all(results.map((result) => result.data()));
  tf.dispose(results);
  return performance.now() - started;
}
