import sharp from 'sharp';
import type { ImageBatch } from '../data/dataset.ts';

/** Images as PNG in data URLs, in the order of the batch. They live in memory only. */
export function thumbnailsOf({ images, shape }: ImageBatch): Promise<string[]> {
  const [count, height, width, channels] = shape;
  const length = height * width * channels;
  const raw = { width, height, channels: channels === 1 ? 1 : 3 } as const;
  return Promise.all(
    Array.from({ length: count }, async (_, row) => {
      const pixels = images.subarray(row * length, (row + 1) * length);
      const png = await sharp(pixels, { raw }).png().toBuffer();
      return `data:image/png;base64,${png.toString('base64')}`;
    }),
  );
}
