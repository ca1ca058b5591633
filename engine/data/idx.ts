import { createHash } from 'node:crypto';
import { createReadStream, type Dirent } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ProblemError } from '../protocol/problem.ts';
import { splitSchema, type Split } from '../protocol/protocol.ts';
import { inCodePointOrder } from './code-point-order.ts';
import type { Dataset, DatasetOptions, ImageReference, ImageShape } from './dataset.ts';
import { openIdxFile, type IdxFile } from './idx-file.ts';
import { copyPixels, doNotFit, requireGreyOrColour, scaledPixels } from './pixels.ts';
import { StoredDataset, type ImageStore } from './stored-dataset.ts';

/** MNIST's file names, with the dot that some copies have, packed or not. */
const fileNames = {
  train: {
    images: /^train-images[-.]idx3-ubyte(\.gz)?$/,
    labels: /^train-labels[-.]idx1-ubyte(\.gz)?$/,
  },
  test: {
    images: /^t10k-images[-.]idx3-ubyte(\.gz)?$/,
    labels: /^t10k-labels[-.]idx1-ubyte(\.gz)?$/,
  },
} satisfies Record<Split, Record<'images' | 'labels', RegExp>>;

/** The names of MNIST's files that are in a folder. */
export function idxFilesAmong(entries: readonly Dirent[]): string[] {
  const patterns = Object.values(fileNames).flatMap(({ images, labels }) => [images, labels]);
  return entries
    .filter((entry) => entry.isFile() && patterns.some((pattern) => pattern.test(entry.name)))
    .map(({ name }) => name);
}

/** One split: its images, and at which places in their file those of each label are. */
interface Part {
  readonly images: IdxFile;
  readonly height: number;
  readonly width: number;
  readonly places: readonly (readonly number[])[];
}

type Parts = Partial<Record<Split, Part>>;

/**
 * Opens MNIST's four files, or the two of one split. Labels are class indices, and the classes are named after them:
 * "0", "1" and so on.
 * @param names what {@link idxFilesAmong} found in the folder
 * @throws ProblemError `unreadable-data`, `images-do-not-fit`
 */
export async function openIdx(
  folder: string,
  names: readonly string[],
  options: DatasetOptions,
): Promise<Dataset> {
  const parts: Parts = {};
  try {
    for (const split of splitSchema.options) {
      const part = await openPart(folder, names, split);
      if (part !== null) parts[split] = part;
    }
    const imageShape = checkedShape(folder, Object.values(parts), options);
    const classCount = Math.max(...Object.values(parts).map(({ places }) => places.length));
    const labels = Array.from({ length: classCount }, (_, label) => label);
    const countsOf = (split: Split): number[] =>
      labels.map((label) => parts[split]?.places.at(label)?.length ?? 0);
    return new StoredDataset(
      {
        source: 'idx',
        classNames: labels.map(String),
        counts: { train: countsOf('train'), test: countsOf('test') },
        imageShape,
        digest: await digestOf(folder, names),
      },
      [],
      new IdxImages(parts, imageShape),
    );
  } catch (error) {
    await closeAll(parts);
    throw error;
  }
}

class IdxImages implements ImageStore {
  readonly #parts: Parts;
  readonly #shape: ImageShape;

  constructor(parts: Parts, shape: ImageShape) {
    this.#parts = parts;
    this.#shape = shape;
  }

  async readImage({ split, label, index }: ImageReference, target: Uint8Array): Promise<void> {
    const part = this.#parts[split];
    if (part === undefined) throw new RangeError(`There are no ${split} images.`);
    const { images, places, height, width } = part;
    const [toHeight, toWidth, toChannels] = this.#shape;
    const bytes = await images.items(places[label][index], 1);
    const pixels = { bytes, height, width, channels: 1 } as const;
    copyPixels(await scaledPixels(pixels, toHeight, toWidth), target, toChannels);
  }

  close(): Promise<void> {
    return closeAll(this.#parts);
  }
}

async function closeAll(parts: Parts): Promise<void> {
  await Promise.all(Object.values(parts).map(({ images }) => images.close()));
}

/** @returns null where the folder has neither file of the split */
async function openPart(
  folder: string,
  names: readonly string[],
  split: Split,
): Promise<Part | null> {
  // The unpacked file comes first in order, so it is taken where both are there.
  const find = (pattern: RegExp): string | undefined =>
    inCodePointOrder(names).find((name) => pattern.test(name));
  const imagesName = find(fileNames[split].images);
  const labelsName = find(fileNames[split].labels);
  if (imagesName === undefined && labelsName === undefined) return null;
  if (imagesName === undefined || labelsName === undefined) {
    throw new ProblemError(
      'unreadable-data',
      `In ${folder} there is ${imagesName ?? labelsName ?? ''}, but not the file of ${imagesName === undefined ? 'images' : 'labels'} that belongs to it. Put it there too.`,
    );
  }
  const labels = await labelsIn(join(folder, labelsName));
  const images = await openIdxFile(join(folder, imagesName), 3);
  const [count, height, width] = images.dimensions;
  if (count !== labels.length) {
    await images.close();
    throw new ProblemError(
      'unreadable-data',
      `${imagesName} holds ${String(count)} images, but ${labelsName} holds ${String(labels.length)} labels, so they do not belong together. Get both from the same place.`,
    );
  }
  const places: number[][] = [];
  for (const [place, label] of labels.entries()) {
    while (places.length <= label) places.push([]);
    places[label].push(place);
  }
  return { images, height, width, places };
}

async function labelsIn(path: string): Promise<Uint8Array> {
  const file = await openIdxFile(path, 1);
  try {
    return await file.items(0, file.dimensions[0]);
  } finally {
    await file.close();
  }
}

function checkedShape(
  folder: string,
  parts: readonly Part[],
  { imageShape, resize }: DatasetOptions,
): ImageShape {
  const shape = imageShape ?? [parts[0].height, parts[0].width, 1];
  requireGreyOrColour(shape);
  const misfit = parts.find(({ height, width }) => height !== shape[0] || width !== shape[1]);
  if (misfit !== undefined && !resize) throw doNotFit(`Each image in ${folder}`, misfit, shape);
  return shape;
}

/** SHA-256 over one JSON line [name, SHA-256 of its bytes] per file, in code-point order. */
async function digestOf(folder: string, names: readonly string[]): Promise<string> {
  const whole = createHash('sha256');
  for (const name of inCodePointOrder(names)) {
    const file = createHash('sha256');
    await pipeline(createReadStream(join(folder, name)), file);
    whole.update(`${JSON.stringify([name, file.digest('hex')])}\n`);
  }
  return whole.digest('hex');
}
