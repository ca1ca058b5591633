import { expect, it } from 'vitest';
import { openDataset } from '../../../engine/data/data.ts';
import { DrawnDataset } from '../../../engine/data/drawn-dataset.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { writeGlyphs } from '../verify/glyphs.ts';

it('gives the drawn images for the training images of their class, and all others as they are', async () => {
  const folder = temporaryFolder();
  writeGlyphs(folder, { train: [4, 3], test: [2, 2] }, null);
  const dataset = await openDataset(folder, { imageShape: null, resize: false, seed: 0 });
  try {
    const drawn = [
      { split: 'test' as const, label: 0, index: 1 },
      { split: 'train' as const, label: 0, index: 2 },
    ];
    const other = new DrawnDataset(dataset, new Map([[0, drawn]]));
    expect(other.info.counts).toEqual({ train: [2, 3], test: [2, 2] });
    const of = (split: 'train' | 'test', perClass = Infinity) =>
      other.select({ split, labels: [1, 0], perClass });
    expect(of('train')).toEqual([
      ...drawn,
      ...dataset.select({ split: 'train', labels: [1], perClass: Infinity }),
    ]);
    expect(of('train', 1).map(({ label }) => label)).toEqual([0, 1]);
    expect(of('test')).toEqual(
      dataset.select({ split: 'test', labels: [0, 1], perClass: Infinity }),
    );
    const { images, labels } = await other.read(drawn, 'train');
    expect(labels).toEqual(Int32Array.of(0, 0));
    expect(images).toEqual((await dataset.read(drawn, 'measure')).images);
    expect(other.reads.train).toEqual([2, 0]);
  } finally {
    await dataset.close();
  }
});
