import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import sharp, { type Metadata, type Sharp } from 'sharp';
import { ProblemError } from '../protocol/problem.ts';
import type { ImageShape } from './dataset.ts';
import { doNotFit, scaled, type Pixels } from './pixels.ts';
import { decodeSmallJpeg } from './small-jpeg.ts';

// Images are untrusted: whatever a file calls itself, only these decoders ever see its bytes.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: ['VipsForeignLoadJpeg', 'VipsForeignLoadPng', 'VipsForeignLoadWebp'],
});
// Every image is decoded once and has few pixels: libvips' cache and threads per image only cost.
sharp.cache(false);
sharp.concurrency(1);

const extensions: ReadonlySet<string> = new Set(['.jpg', '.jpeg', '.png', '.webp']);

/** The formats read, for sentences. */
export const imageFormats = 'JPEG, PNG or WebP';

/** Larger files are refused before anything is read. */
const mostBytes = 64 * 2 ** 20;
/** Images that are to be scaled may have this many pixels: what the largest cameras make, and 300 MB decoded. */
const mostPixels = 100e6;

export interface ImageFile {
  readonly path: string;
  /** Bytes, when it was listed. */
  readonly size: number;
}

export function hasImageName(name: string): boolean {
  return extensions.has(extname(name).toLowerCase());
}

/**
 * [height, width, channels] as stored: 1 channel for grey, 3 for anything else.
 * @throws ProblemError `unreadable-data`
 */
export async function imageFileShape(file: ImageFile): Promise<ImageShape> {
  const { height, width, space } = await headerOf(file);
  return [height, width, space === 'b-w' || space === 'grey16' ? 1 : 3];
}

/**
 * Decodes an image to the height and width of `shape` as Pillow's open(…).convert('RGB') does, which is how most models
 * were trained: an alpha channel is dropped, embedded colour profiles and the EXIF orientation are not applied.
 * @throws ProblemError `unreadable-data`, `images-do-not-fit`
 */
export async function readImageFile(
  file: ImageFile,
  shape: ImageShape,
  { resize }: { resize: boolean },
): Promise<Pixels> {
  const [height, width] = shape;
  const bytes = await bytesOf(file);
  const small = decodeSmallJpeg(bytes, shape);
  if (small !== null) return small;
  // Where nothing is scaled, an image of more pixels cannot fit: it is refused by its header.
  const image = open(bytes, resize ? mostPixels : height * width)
    .removeAlpha()
    .toColourspace('srgb');
  const pixels = await (resize ? scaled(image, height, width) : asStored(image)).catch(
    async (error: unknown) => {
      throw await reasonNotDecoded(error, file, shape, { resize });
    },
  );
  if (pixels.height !== height || pixels.width !== width) {
    throw doNotFit(`The image ${file.path}`, pixels, shape);
  }
  return pixels;
}

async function asStored(image: Sharp): Promise<Pixels> {
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
  return { ...info, bytes: data, channels: info.channels === 1 ? 1 : 3 };
}

function open(bytes: Uint8Array, limitInputPixels: number | false): Sharp {
  return sharp(bytes, { limitInputPixels, sequentialRead: true, ignoreIcc: true, failOn: 'error' });
}

async function bytesOf(file: ImageFile): Promise<Uint8Array> {
  if (file.size > mostBytes) {
    throw tooLarge(
      file,
      `${String(Math.ceil(file.size / 2 ** 20))} MiB`,
      `${String(mostBytes / 2 ** 20)} MiB`,
    );
  }
  try {
    const bytes = await readFile(file.path);
    if (bytes.length === 0) throw new Error('the file is empty');
    return bytes;
  } catch (error) {
    throw unreadable(file, error);
  }
}

async function headerOf(file: ImageFile): Promise<Metadata> {
  const bytes = await bytesOf(file);
  try {
    return await open(bytes, false).metadata();
  } catch (error) {
    throw unreadable(file, error);
  }
}

async function reasonNotDecoded(
  error: unknown,
  file: ImageFile,
  shape: ImageShape,
  { resize }: { resize: boolean },
): Promise<ProblemError> {
  const { height, width } = await headerOf(file);
  if (!resize && (height !== shape[0] || width !== shape[1])) {
    return doNotFit(`The image ${file.path}`, { height, width }, shape);
  }
  if (height * width > mostPixels) {
    const megapixels = (pixels: number): string => `${String(Math.ceil(pixels / 1e6))} megapixels`;
    return tooLarge(file, megapixels(height * width), megapixels(mostPixels));
  }
  return unreadable(file, error);
}

function unreadable(file: ImageFile, error: unknown): ProblemError {
  return new ProblemError(
    'unreadable-data',
    `The image ${file.path} cannot be read: it is damaged, or is not ${imageFormats}. Remove it, or replace it by a good copy.`,
    String(error),
    { cause: error },
  );
}

function tooLarge(file: ImageFile, size: string, limit: string): ProblemError {
  return new ProblemError(
    'unreadable-data',
    `The image ${file.path} has ${size}; images are read up to ${limit}. Remove it, or save it smaller.`,
  );
}
