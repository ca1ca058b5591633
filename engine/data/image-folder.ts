import { createHash } from 'node:crypto';
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { ProblemError } from '../protocol/problem.ts';
import type { Split } from '../protocol/protocol.ts';
import { inCodePointOrder } from './code-point-order.ts';
import { forEachConcurrently } from './concurrency.ts';
import type { Dataset, DatasetOptions, ImageReference, ImageShape } from './dataset.ts';
import { imageFileShape, imageFormats, readImageFile, type ImageFile } from './image-file.ts';
import { listImages, type ImageListing } from './image-listing.ts';
import { copyPixels, doNotFit, requireGreyOrColour } from './pixels.ts';
import { StoredDataset, type ImageStore } from './stored-dataset.ts';

/** Decoded images are kept up to this many bytes, the first ones read: small data is decoded once, large data streams. */
const mostKeptBytes = 256 * 2 ** 20;

type FilesBySplit = Readonly<Record<Split, readonly (readonly ImageFile[])[]>>;

/**
 * Opens folders of images, one per class: see {@link listImages} for the layouts. `imageShape` null takes that of the
 * first training image.
 * @throws ProblemError `no-such-file`, `unreadable-data`, `images-do-not-fit`
 */
export async function openImageFolder(path: string, options: DatasetOptions): Promise<Dataset> {
  const listing = await listImages(path, options.seed);
  const sizes = await sizesOf(path, Object.values(listing.images).flat(2));
  const filesOf = (split: Split): ImageFile[][] =>
    listing.images[split].map((names) =>
      names.map((name) => ({ path: join(path, name), size: sizes.get(name) ?? 0 })),
    );
  const files = { train: filesOf('train'), test: filesOf('test') };
  const imageShape = await checkedShape(path, listing, files, options);
  return new StoredDataset(
    {
      source: 'image-folder',
      classNames: [...listing.classNames],
      counts: {
        train: files.train.map(({ length }) => length),
        test: files.test.map(({ length }) => length),
      },
      imageShape,
      digest: digestOf(sizes),
    },
    listing.notices,
    new ImageFiles(files, imageShape, options),
  );
}

class ImageFiles implements ImageStore {
  readonly #files: FilesBySplit;
  readonly #shape: ImageShape;
  readonly #resize: boolean;
  readonly #kept = new Map<ImageFile, Uint8Array>();
  #keptBytes = 0;

  constructor(files: FilesBySplit, shape: ImageShape, { resize }: { resize: boolean }) {
    this.#files = files;
    this.#shape = shape;
    this.#resize = resize;
  }

  async readImage({ split, label, index }: ImageReference, target: Uint8Array): Promise<void> {
    const file = this.#files[split][label][index];
    const kept = this.#kept.get(file);
    if (kept !== undefined) {
      target.set(kept);
      return;
    }
    const pixels = await readImageFile(file, this.#shape, { resize: this.#resize });
    copyPixels(pixels, target, this.#shape[2]);
    if (this.#keptBytes + target.length <= mostKeptBytes) {
      this.#keptBytes += target.length;
      this.#kept.set(file, target.slice());
    }
  }

  close(): Promise<void> {
    this.#kept.clear();
    return Promise.resolve();
  }
}

/** Refuses folders that no run can use, going by what is there and by the first image. */
async function checkedShape(
  path: string,
  { classNames }: ImageListing,
  files: FilesBySplit,
  { imageShape, resize }: DatasetOptions,
): Promise<ImageShape> {
  const layout =
    'Lethe expects one folder per class: train/<class>/ and test/<class>/, or <class>/.';
  if (classNames.length === 0) {
    throw new ProblemError('unreadable-data', `There are no class folders in ${path}. ${layout}`);
  }
  const first = Object.values(files).flat(2).at(0);
  if (first === undefined) {
    throw new ProblemError(
      'unreadable-data',
      `The class folders in ${path} hold no ${imageFormats} images. ${layout}`,
      `classes: ${classNames.join(', ')}`,
    );
  }
  const found = await imageFileShape(first);
  const shape = imageShape ?? found;
  requireGreyOrColour(shape);
  if (!resize && (found[0] !== shape[0] || found[1] !== shape[1])) {
    throw doNotFit(`The image ${first.path}`, { height: found[0], width: found[1] }, shape);
  }
  if (classNames.length === 1) {
    throw new ProblemError(
      'unreadable-data',
      `The data in ${path} has only one class, "${classNames[0]}". Add a folder for every class that the model knows: at least two are needed.`,
    );
  }
  return shape;
}

/** Size in bytes of every file, in the names' code-point order. */
async function sizesOf(
  root: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const ordered = inCodePointOrder(names);
  const sizes = new Map(ordered.map((name) => [name, 0]));
  await forEachConcurrently(ordered, 16, async (name) => {
    try {
      sizes.set(name, (await lstat(join(root, name))).size);
    } catch (error) {
      throw new ProblemError(
        'unreadable-data',
        `The image ${join(root, name)} cannot be read. Check that you may open it, or remove it.`,
        String(error),
        { cause: error },
      );
    }
  });
  return sizes;
}

/** SHA-256 over one JSON line [name, bytes] per file, in code-point order: the same wherever the folder lies. */
function digestOf(sizes: ReadonlyMap<string, number>): string {
  const hash = createHash('sha256');
  for (const file of sizes) hash.update(`${JSON.stringify(file)}\n`);
  return hash.digest('hex');
}
