import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { inCodePointOrder } from '../../../engine/data/code-point-order.ts';
import { openDataset } from '../../../engine/data/data.ts';
import { drawTestImages } from '../../../engine/data/image-listing.ts';
import { problemOfAsync } from '../../problem-of.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

const asFound = { imageShape: null, resize: false, seed: 0 };

interface Picture {
  readonly width?: number;
  readonly height?: number;
  readonly channels?: 3 | 4;
  readonly colour?: { r: number; g: number; b: number; alpha?: number };
}

async function draw(file: string, picture: Picture = {}): Promise<void> {
  const { width = 4, height = 4, channels = 3, colour = { r: 10, g: 20, b: 30 } } = picture;
  mkdirSync(join(file, '..'), { recursive: true });
  await sharp({ create: { width, height, channels, background: colour } })
    .png()
    .toFile(file);
}

describe('an image folder', () => {
  it('has the classes of both splits, in code-point order, and counts the images of each', async () => {
    const folder = temporaryFolder();
    for (const file of [
      'train/b/1.png',
      'train/b/2.png',
      'train/Z/1.png',
      'test/b/1.png',
      'test/é/1.png',
    ]) {
      await draw(join(folder, file));
    }
    const { info } = await openDataset(folder, asFound);
    expect(info).toMatchObject({
      source: 'image-folder',
      classNames: ['Z', 'b', 'é'],
      counts: { train: [1, 2, 0], test: [0, 1, 1] },
      imageShape: [4, 4, 3],
    });
  });

  it('is split by seed when it has no split: disjoint, complete, and the same again', async () => {
    const folder = temporaryFolder();
    const colours = Array.from({ length: 10 }, (_, index) => ({ r: 20 * index, g: 0, b: 0 }));
    for (const [index, colour] of colours.entries()) {
      for (const name of ['a', 'b'])
        await draw(join(folder, name, `${String(index)}.png`), { colour });
    }
    const reds = async (seed: number, split: 'train' | 'test'): Promise<number[]> => {
      const dataset = await openDataset(folder, { ...asFound, seed });
      const { images } = await dataset.read(
        dataset.select({ split, labels: [0], perClass: Infinity }),
        'measure',
      );
      return Array.from({ length: images.length / 48 }, (_, row) => images[row * 48]);
    };
    const [train, test] = [await reds(0, 'train'), await reds(0, 'test')];
    expect([train.length, test.length]).toEqual([8, 2]);
    expect([...train, ...test].toSorted((left, right) => left - right)).toEqual(
      colours.map(({ r }) => r),
    );
    expect(await reds(0, 'test')).toEqual(test);
    const others = await Promise.all([1, 2, 3, 4].map((seed) => reds(seed, 'test')));
    expect(others).not.toEqual(Array(4).fill(test));
  });

  it('reads pixels row by row, in the order asked for, and counts them by phase and class', async () => {
    const folder = temporaryFolder();
    await draw(join(folder, 'train/a/1.png'), { colour: { r: 1, g: 2, b: 3 } });
    await draw(join(folder, 'train/b/1.png'), { colour: { r: 4, g: 5, b: 6 } });
    await draw(join(folder, 'test/b/1.png'));
    const dataset = await openDataset(folder, asFound);
    const references = dataset.select({ split: 'train', labels: [1, 0], perClass: 1 }).reverse();
    const batch = await dataset.read(references, 'impair');
    expect(batch.shape).toEqual([2, 4, 4, 3]);
    expect([...batch.labels]).toEqual([1, 0]);
    expect([...batch.images.subarray(0, 4)]).toEqual([4, 5, 6, 4]);
    expect([...batch.images.subarray(48, 51)]).toEqual([1, 2, 3]);
    await dataset.read(references.slice(0, 1), 'repair');
    expect(dataset.reads).toEqual({ impair: [1, 1], repair: [0, 1] });
  });

  it('turns grey into colour, colour into grey, and drops transparency', async () => {
    const folder = temporaryFolder();
    const colour = { r: 200, g: 100, b: 50, alpha: 0.25 };
    await draw(join(folder, 'train/a/1.png'), { channels: 4, colour });
    mkdirSync(join(folder, 'train/b'), { recursive: true });
    await sharp(Buffer.alloc(16, 77), { raw: { width: 4, height: 4, channels: 1 } })
      .png()
      .toFile(join(folder, 'train/b/1.png'));
    const both = { split: 'train', labels: [0, 1], perClass: 1 } as const;
    const colours = await openDataset(folder, { ...asFound, imageShape: [4, 4, 3] });
    const { images } = await colours.read(colours.select(both), 'measure');
    expect([...images.subarray(0, 3)]).toEqual([200, 100, 50]);
    expect([...images.subarray(48, 51)]).toEqual([77, 77, 77]);
    const greys = await openDataset(folder, { ...asFound, imageShape: [4, 4, 1] });
    const grey = await greys.read(greys.select(both), 'measure');
    expect(grey.shape).toEqual([2, 4, 4, 1]);
    // ITU-R 601 luma: 0.299 · 200 + 0.587 · 100 + 0.114 · 50 = 124.2
    expect(grey.images[0]).toBe(124);
    expect(grey.images[16]).toBe(77);
  });

  it('decodes as Pillow does: no rotation by EXIF, no colour profile, 16 bits by their upper 8', async () => {
    const folder = temporaryFolder();
    const row = Uint8Array.from([250, 120, 60, 0, 0, 0]);
    const picture = (): Sharp => sharp(row, { raw: { width: 2, height: 1, channels: 3 } });
    mkdirSync(join(folder, 'train/a'), { recursive: true });
    mkdirSync(join(folder, 'train/b'));
    await picture()
      .withMetadata({ orientation: 3 })
      .png()
      .toFile(join(folder, 'train/a/1-turned.png'));
    await picture().withIccProfile('p3').png().toFile(join(folder, 'train/a/2-profile.png'));
    const [wide] = await picture().withIccProfile('p3').raw().toBuffer();
    expect(wide).not.toBe(250);
    await picture().toColourspace('rgb16').png().toFile(join(folder, 'train/a/3-deep.png'));
    const dataset = await openDataset(folder, asFound);
    const all = dataset.select({ split: 'train', labels: [0], perClass: 3 });
    const { images } = await dataset.read(all, 'measure');
    expect([...images.subarray(0, 6)]).toEqual([...row]);
    expect(images[6]).toBe(wide);
    expect([...images.subarray(12, 18)]).toEqual([...row]);
  });

  it('scales images only on request, and names the first that does not fit', async () => {
    const folder = temporaryFolder();
    await draw(join(folder, 'train/a/1.png'));
    await draw(join(folder, 'train/a/2.png'), { width: 9, height: 5 });
    await draw(join(folder, 'train/b/1.png'), { width: 2, height: 3, channels: 4 });
    const strict = await openDataset(folder, { ...asFound, imageShape: [4, 4, 3] });
    for (const [label, sentence] of [
      [0, /a\/2\.png is 9×5 pixels.*takes 4×4.*--resize/],
      [1, /b\/1\.png is 2×3 pixels.*takes 4×4.*--resize/],
    ] as const) {
      const references = strict.select({ split: 'train', labels: [label], perClass: 2 });
      const problem = await problemOfAsync(() => strict.read(references, 'measure'));
      expect(problem.code).toBe('images-do-not-fit');
      expect(problem.sentence).toMatch(sentence);
    }
    const atOnce = await problemOfAsync(() =>
      openDataset(folder, { ...asFound, imageShape: [8, 8, 3] }),
    );
    expect(atOnce.code).toBe('images-do-not-fit');

    const scaled = await openDataset(folder, { imageShape: [4, 4, 3], resize: true, seed: 0 });
    const all = scaled.select({ split: 'train', labels: [0, 1], perClass: 2 });
    const { images, shape } = await scaled.read(all, 'measure');
    expect(shape).toEqual([3, 4, 4, 3]);
    expect([...images.subarray(96)]).toEqual(Array(16).fill([10, 20, 30]).flat());
  });

  it('enlarges between the centres of pixels', async () => {
    const folder = temporaryFolder();
    for (const name of ['a', 'b']) {
      mkdirSync(join(folder, 'train', name), { recursive: true });
      await sharp(Uint8Array.from([0, 100]), { raw: { width: 2, height: 1, channels: 1 } })
        .png()
        .toFile(join(folder, 'train', name, '1.png'));
    }
    const dataset = await openDataset(folder, { imageShape: [1, 4, 1], resize: true, seed: 0 });
    const { images } = await dataset.read(
      dataset.select({ split: 'train', labels: [0], perClass: 1 }),
      'measure',
    );
    expect([...images]).toEqual([0, 25, 75, 100]);
  });

  it('reads the same again from what it has kept, unless the image is gone before it was read', async () => {
    const folder = temporaryFolder();
    for (const file of ['train/a/1.png', 'train/a/2.png', 'train/b/1.png'])
      await draw(join(folder, file));
    const dataset = await openDataset(folder, asFound);
    const [first, second] = dataset.select({ split: 'train', labels: [0], perClass: 2 });
    const { images } = await dataset.read([first], 'impair');
    rmSync(join(folder, 'train/a'), { recursive: true });
    expect((await dataset.read([first], 'repair')).images).toEqual(images);
    const problem = await problemOfAsync(() => dataset.read([second], 'repair'));
    expect(problem.sentence).toContain('2.png');
    expect(dataset.reads).toEqual({ impair: [1, 0], repair: [1, 0] });
  });

  it.each([
    ['no picture', Buffer.from('not a picture')],
    ['cut short', null],
    [
      'an SVG under another name',
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"/>'),
    ],
    ['empty', Buffer.alloc(0)],
  ])('names the file that is %s', async (_, content) => {
    const folder = temporaryFolder();
    await draw(join(folder, 'train/a/1.png'));
    await draw(join(folder, 'train/b/1.png'));
    const noise = Uint8Array.from({ length: 48 }, (__, index) => (index * 89) % 256);
    const whole = await sharp(noise, { raw: { width: 4, height: 4, channels: 3 } })
      .jpeg()
      .toBuffer();
    writeFileSync(join(folder, 'train/a/2.jpg'), content ?? whole.subarray(0, -20));
    const dataset = await openDataset(folder, asFound);
    const references = dataset.select({ split: 'train', labels: [0], perClass: 2 });
    const problem = await problemOfAsync(() => dataset.read(references, 'measure'));
    expect(problem.code).toBe('unreadable-data');
    expect(problem.sentence).toMatch(/2\.jpg cannot be read/);
  });

  it('decodes nothing but JPEG, PNG and WebP, whatever a file is called', async () => {
    const folder = temporaryFolder();
    await draw(join(folder, 'train/a/1.png'));
    await draw(join(folder, 'train/b/1.png'));
    const picture = sharp(join(folder, 'train/a/1.png'));
    await picture.clone().toFormat('gif').toFile(join(folder, 'train/a/2.gif'));
    const disguised = await picture.clone().toFormat('tiff').toBuffer();
    writeFileSync(join(folder, 'train/b/2.png'), disguised);
    const dataset = await openDataset(folder, asFound);
    expect(dataset.info.counts.train).toEqual([1, 2]);
    const references = dataset.select({ split: 'train', labels: [1], perClass: 2 });
    const problem = await problemOfAsync(() => dataset.read(references, 'measure'));
    expect(problem.sentence).toMatch(/b\/2\.png cannot be read/);
  });

  it('refuses an image of more pixels than can be scaled by its header alone', async () => {
    const folder = temporaryFolder();
    await draw(join(folder, 'train/a/1.png'));
    await draw(join(folder, 'train/b/1.png'));
    const bomb = readFileSync(join(folder, 'train/b/1.png'));
    bomb.writeUInt32BE(100_000, 16);
    bomb.writeUInt32BE(100_000, 20);
    bomb.writeUInt32BE(crc32(bomb.subarray(12, 29)), 29);
    writeFileSync(join(folder, 'train/b/1.png'), bomb);
    const dataset = await openDataset(folder, { ...asFound, resize: true });
    const references = dataset.select({ split: 'train', labels: [1], perClass: 1 });
    const problem = await problemOfAsync(() => dataset.read(references, 'measure'));
    expect(problem.code).toBe('unreadable-data');
    expect(problem.sentence).toMatch(/has 10000 megapixels; images are read up to 100 megapixels/);
  });

  it('follows no link out of the folder, passes over what is hidden, and says what it passed over', async () => {
    const [folder, elsewhere] = [temporaryFolder(), temporaryFolder()];
    await draw(join(elsewhere, 'secret.png'));
    await draw(join(folder, 'train/a/1.png'));
    await draw(join(folder, 'train/b/deeper/1.png'));
    await draw(join(folder, 'train/b/.hidden.png'));
    await draw(join(folder, 'train/.cache/1.png'));
    symlinkSync(join(elsewhere, 'secret.png'), join(folder, 'train/a/2.png'));
    symlinkSync(elsewhere, join(folder, 'train/c'));
    const { info, notices } = await openDataset(folder, asFound);
    expect(info).toMatchObject({ classNames: ['a', 'b'], counts: { train: [1, 1] } });
    expect(notices).toEqual([
      {
        sentence: expect.stringMatching(/^2 things in the data were passed over.*train\/a\/2\.png/),
        // It names files.
        isForRecord: false,
      },
    ]);
  });

  it('takes a folder "train" without folders in it for a class', async () => {
    const folder = temporaryFolder();
    for (const file of ['car/1.png', 'train/1.png', 'train/2.png']) await draw(join(folder, file));
    const { info, notices } = await openDataset(folder, asFound);
    expect(info).toMatchObject({
      classNames: ['car', 'train'],
      counts: { train: [1, 1], test: [0, 1] },
    });
    expect(notices).toEqual([
      { sentence: expect.stringMatching(/a fifth of the images/), isForRecord: true },
    ]);
  });

  it('takes "val" for the test images where there is no "test"', async () => {
    const folder = temporaryFolder();
    for (const file of ['train/a/1.png', 'val/a/1.png', 'val/b/1.png'])
      await draw(join(folder, file));
    const { info, notices } = await openDataset(folder, asFound);
    expect(info.counts).toEqual({ train: [1, 0], test: [1, 1] });
    expect(notices).toEqual([]);
  });

  it('has a digest that names the data: by names and sizes, not by place or seed', async () => {
    const digest = async (names: readonly string[], seed: number, extra = ''): Promise<string> => {
      const folder = temporaryFolder();
      for (const name of names) {
        await draw(join(folder, name));
        appendFileSync(join(folder, name), extra);
      }
      return (await openDataset(folder, { ...asFound, seed })).info.digest;
    };
    const names = ['a/1.png', 'a/2.png', 'b/1.png'];
    const original = await digest(names, 0);
    expect(await digest(names.toReversed(), 1)).toBe(original);
    expect(await digest(['a/1.png', 'a/3.png', 'b/1.png'], 0)).not.toBe(original);
    expect(await digest(names, 0, '.')).not.toBe(original);
  });

  it('says what is missing when it cannot be used', async () => {
    const folder = temporaryFolder();
    const sentence = async (path: string): Promise<string> =>
      (await problemOfAsync(() => openDataset(path, asFound))).sentence;
    expect(await sentence(folder)).toMatch(/no class folders.*train\/<class>/);
    await draw(join(folder, 'loose.png'));
    expect(await sentence(folder)).toMatch(/no class folders/);
    mkdirSync(join(folder, 'a'));
    mkdirSync(join(folder, 'b'));
    expect(await sentence(folder)).toMatch(/hold no JPEG, PNG or WebP images/);
    await draw(join(folder, 'a/1.png'));
    expect((await openDataset(folder, asFound)).info.counts.train).toEqual([1, 0]);
    rmSync(join(folder, 'b'), { recursive: true });
    expect(await sentence(folder)).toMatch(/only one class, "a".*at least two/);

    const nowhere = join(folder, 'nowhere');
    expect((await problemOfAsync(() => openDataset(nowhere, asFound))).code).toBe('no-such-file');
    writeFileSync(nowhere, '');
    expect(await sentence(nowhere)).toMatch(/is a file/);
  });

  it('is refused by a model that takes neither grey nor colour', async () => {
    const folder = temporaryFolder();
    for (const name of ['a', 'b']) await draw(join(folder, 'train', name, '1.png'));
    const problem = await problemOfAsync(() =>
      openDataset(folder, { ...asFound, imageShape: [4, 4, 4] }),
    );
    expect(problem.sentence).toMatch(/4 channels/);
  });

  it('selects at most so many of each class, the first in name order', async () => {
    const folder = temporaryFolder();
    for (const name of ['a', 'b']) {
      for (const index of [1, 2, 3])
        await draw(join(folder, 'train', name, `${String(index)}.png`));
    }
    const dataset = await openDataset(folder, asFound);
    fc.assert(
      fc.property(fc.subarray([0, 1]), fc.integer({ min: 0, max: 5 }), (labels, perClass) => {
        const chosen = dataset.select({ split: 'train', labels, perClass });
        const expected = labels.flatMap((label) =>
          [0, 1, 2].slice(0, perClass).map((index) => ({ split: 'train', label, index })),
        );
        expect(chosen).toEqual(expected);
      }),
    );
  });
});

describe('a drawn split', () => {
  it('is a fifth of the images, whatever their number, and the same for the same seed', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string()), fc.nat(), (images, seed) => {
        const test = drawTestImages(images, seed);
        expect(drawTestImages(images, seed)).toEqual(test);
        expect(images).toEqual(expect.arrayContaining([...test]));
        const fifth = Math.round(images.length / 5);
        expect(test.size).toBe(images.length < 2 ? 0 : Math.max(1, fifth));
      }),
    );
  });
});

describe('code-point order', () => {
  it('is that of Python, also beyond the first plane', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (names) => {
        const points = (name: string): number[] =>
          Array.from(name, (character) => character.codePointAt(0) ?? 0);
        const ordered = inCodePointOrder(names);
        expect(ordered.toSorted()).toEqual(names.toSorted());
        for (const [index, name] of ordered.slice(1).entries()) {
          const [one, other] = [points(ordered[index]), points(name)];
          const place = one.findIndex((point, at) => point !== other[at]);
          if (place !== -1) expect(one[place]).toBeLessThan(other[place] ?? -1);
        }
      }),
    );
    expect(inCodePointOrder(['\u{1F600}', '\uFF21', 'a'])).toEqual(['a', '\uFF21', '\u{1F600}']);
  });
});
