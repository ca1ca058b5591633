import { join } from 'node:path';
import type { Split } from '../protocol/protocol.ts';
import { deriveSeed, shuffled } from '../random.ts';
import { inCodePointOrder } from './code-point-order.ts';
import type { DataNotice } from './dataset.ts';
import { readFolder } from './folder.ts';
import { hasImageName, imageFormats } from './image-file.ts';

/** Of each class, the share that becomes test images where the folder has no split of its own. */
const testShare = 0.2;

/** The first of these that is there holds the test images; `val` is what ImageNet's layout calls them. */
const testFolderNames = ['test', 'val', 'valid'];

/** The images of a folder. Names are paths below it, with `/` on every system. */
export interface ImageListing {
  /** In code-point order. */
  readonly classNames: readonly string[];
  /** Names by split and class, in code-point order. */
  readonly images: Readonly<Record<Split, readonly (readonly string[])[]>>;
  readonly notices: readonly DataNotice[];
}

/**
 * Lists `train/<class>/…` and `test/<class>/…`, or `<class>/…` with a split drawn by the seed. What folders inside a
 * class hold belongs to the class. Hidden things are left out, links are not followed.
 * @throws ProblemError `no-such-file`, `unreadable-data`
 */
export async function listImages(root: string, seed: number): Promise<ImageListing> {
  const passedOver: string[] = [];
  const folders = await foldersIn(root, '', passedOver);
  const splitFolders = await splitFoldersAmong(root, folders);
  const listing =
    splitFolders === null
      ? await drawnSplit(root, folders, seed, passedOver)
      : await givenSplit(root, folders, splitFolders, passedOver);
  return { ...listing, notices: [...listing.notices, ...passedOverNotice(passedOver)] };
}

/** Which folders hold the training and the test images; null where the folders are the classes themselves. */
async function splitFoldersAmong(
  root: string,
  folders: readonly string[],
): Promise<Record<Split, string | null> | null> {
  const withClasses: string[] = [];
  for (const name of ['train', ...testFolderNames]) {
    // Without folders in it, it is a class: trains are one in many data sets.
    if (folders.includes(name) && (await foldersIn(root, name, [])).length > 0) {
      withClasses.push(name);
    }
  }
  if (withClasses.length === 0) return null;
  return {
    train: withClasses.find((name) => name === 'train') ?? null,
    test: withClasses.find((name) => name !== 'train') ?? null,
  };
}

async function givenSplit(
  root: string,
  folders: readonly string[],
  splitFolders: Record<Split, string | null>,
  passedOver: string[],
): Promise<ImageListing> {
  const used = Object.values(splitFolders);
  passedOver.push(...folders.filter((name) => !used.includes(name)));
  const classesIn = async (folder: string | null): Promise<ReadonlySet<string>> =>
    new Set(folder === null ? [] : await foldersIn(root, folder, passedOver));
  const classes = {
    train: await classesIn(splitFolders.train),
    test: await classesIn(splitFolders.test),
  };
  const classNames = inCodePointOrder([...new Set([...classes.train, ...classes.test])]);
  const imagesOf = async (split: Split): Promise<string[][]> => {
    const images: string[][] = [];
    for (const name of classNames) {
      const folder = `${splitFolders[split] ?? ''}/${name}`;
      images.push(classes[split].has(name) ? await imagesBelow(root, folder, passedOver) : []);
    }
    return images;
  };
  const images = { train: await imagesOf('train'), test: await imagesOf('test') };
  return { classNames, images, notices: [] };
}

async function drawnSplit(
  root: string,
  classes: readonly string[],
  seed: number,
  passedOver: string[],
): Promise<ImageListing> {
  const classNames = inCodePointOrder(classes);
  const train: string[][] = [];
  const test: string[][] = [];
  for (const name of classNames) {
    const images = await imagesBelow(root, name, passedOver);
    const drawn = drawTestImages(images, deriveSeed(seed, 'split', name));
    train.push(images.filter((image) => !drawn.has(image)));
    test.push(images.filter((image) => drawn.has(image)));
  }
  const notice: DataNotice = {
    sentence:
      'The data has no folders "train" and "test", so a fifth of the images of each class was drawn as test images. ' +
      'If the model was trained on these, what is measured on them looks better than it is, and that training images are not told from them says nothing.',
    isForRecord: true,
  };
  return { classNames, images: { train, test }, notices: [notice] };
}

/** A fifth of the images, rounded; of two or more at least one. */
export function drawTestImages(images: readonly string[], seed: number): ReadonlySet<string> {
  const count = images.length < 2 ? 0 : Math.max(1, Math.round(images.length * testShare));
  return new Set(shuffled(images, seed).slice(0, count));
}

/** @param folder a path below `root`, or '' for the root itself */
async function foldersIn(root: string, folder: string, passedOver: string[]): Promise<string[]> {
  const folders: string[] = [];
  for (const entry of await readFolder(join(root, folder))) {
    if (entry.isDirectory()) folders.push(entry.name);
    else passedOver.push(folder === '' ? entry.name : `${folder}/${entry.name}`);
  }
  return folders;
}

async function imagesBelow(root: string, folder: string, passedOver: string[]): Promise<string[]> {
  const images: string[] = [];
  const waiting = [folder];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const entry of await readFolder(join(root, next))) {
      const path = `${next}/${entry.name}`;
      if (entry.isDirectory()) waiting.push(path);
      else if (entry.isFile() && hasImageName(entry.name)) images.push(path);
      else passedOver.push(path);
    }
  }
  return inCodePointOrder(images);
}

function passedOverNotice(passedOver: readonly string[]): DataNotice[] {
  if (passedOver.length === 0) return [];
  const [example] = inCodePointOrder(passedOver);
  const sentence =
    passedOver.length === 1
      ? `One thing in the data was passed over, because it is not a ${imageFormats} image in a class folder: ${example}.`
      : `${String(passedOver.length)} things in the data were passed over, because they are not ${imageFormats} images in a class folder, such as ${example}.`;
  return [{ sentence, isForRecord: false }];
}
