import * as tf from '@tensorflow/tfjs-core';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { uniformInt } from 'pure-rand/distribution/uniformInt';

/**
 * Each image, perhaps, mirrored, and shifted by up to `shift` of its height and width; zero where nothing was.
 * @param settings.mirror whether any image is mirrored at all
 * @param images preprocessed, [N, H, W, C]; disposed of
 */
export async function flipAndShift(
  images: tf.Tensor4D,
  { shift, mirror = true, seed }: { shift: number; mirror?: boolean; seed: number },
): Promise<tf.Tensor4D> {
  const [count, height, width, channels] = images.shape;
  const source = await images.data<'float32'>();
  images.dispose();
  const target = new Float32Array(source.length);
  const random = xoroshiro128plus(seed);
  const offset = (side: number): number => {
    const most = Math.round(side * shift);
    return uniformInt(random, -most, most);
  };
  for (let image = 0; image < count; image++) {
    const isMirrored = uniformInt(random, 0, 1) === 1 && mirror;
    const [down, right] = [offset(height), offset(width)];
    const [first, end] = [Math.max(0, right), Math.min(width, width + right)];
    for (let row = Math.max(0, down); row < Math.min(height, height + down); row++) {
      const from = (image * height + row - down) * width;
      const to = (image * height + row) * width;
      for (let column = first; column < end; column++) {
        const seen = column - right;
        const pixel = (from + (isMirrored ? width - 1 - seen : seen)) * channels;
        for (let channel = 0; channel < channels; channel++)
          target[(to + column) * channels + channel] = source[pixel + channel];
      }
    }
  }
  return tf.tensor4d(target, [count, height, width, channels]);
}
