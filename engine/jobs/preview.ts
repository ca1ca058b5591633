import sharp from 'sharp';
import { openDataset } from '../data/data.ts';
import type { ImageBatch } from '../data/dataset.ts';
import type { PreviewCommand, PreviewResult } from '../protocol/protocol.ts';
import type { Job } from './job.ts';

/** What a dataset holds: classes, counts, and a few pictures of each class. */
export async function preview(command: PreviewCommand, job: Job): Promise<PreviewResult> {
  const dataset = await openDataset(command.data, { imageShape: null, resize: true, seed: 0 });
  try {
    const thumbnails: string[][] = [];
    for (const label of dataset.info.classNames.keys()) {
      const perClass = command.thumbnailsPerClass;
      const train = dataset.select({ split: 'train', labels: [label], perClass });
      const test = dataset.select({ split: 'test', labels: [label], perClass });
      const batch = await dataset.read([...train, ...test].slice(0, perClass), 'preview');
      thumbnails.push(await pngDataUrls(batch));
      await job.turn();
    }
    return { type: 'preview', data: dataset.info, thumbnails };
  } finally {
    await dataset.close();
  }
}

function pngDataUrls({ images, shape }: ImageBatch): Promise<string[]> {
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
