import { openDataset } from '../data/data.ts';
import type { ImageShape } from '../data/dataset.ts';
import type { PreviewCommand, PreviewResult } from '../protocol/protocol.ts';
import type { Job } from './job.ts';
import { thumbnailsOf } from './thumbnails.ts';

/** Thumbnails are no larger than this, in pixels, whatever the images are. */
const largestSide = 96;

/** What a dataset holds: classes, counts, and a few pictures of each class. */
export async function preview(command: PreviewCommand, job: Job): Promise<PreviewResult> {
  const asFound = { imageShape: null, resize: true, seed: 0 };
  const found = await openDataset(command.data, asFound);
  const { info, notices } = found;
  await found.close();
  for (const { sentence } of notices) job.notice(sentence);
  const imageShape = thumbnailShape(info.imageShape);
  const dataset = await openDataset(command.data, { ...asFound, imageShape });
  try {
    const thumbnails: string[][] = [];
    for (const label of info.classNames.keys()) {
      const perClass = command.thumbnailsPerClass;
      const train = dataset.select({ split: 'train', labels: [label], perClass });
      const test = dataset.select({ split: 'test', labels: [label], perClass });
      const batch = await dataset.read([...train, ...test].slice(0, perClass), 'preview');
      thumbnails.push(await thumbnailsOf(batch));
      await job.turn();
    }
    return { type: 'preview', data: info, thumbnails };
  } finally {
    await dataset.close();
  }
}

function thumbnailShape([height, width, channels]: ImageShape): ImageShape {
  const scale = Math.min(1, largestSide / Math.max(height, width));
  const scaled = (side: number): number => Math.max(1, Math.round(side * scale));
  return [scaled(height), scaled(width), channels];
}
