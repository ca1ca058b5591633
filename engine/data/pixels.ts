import sharp, { type Sharp } from 'sharp';
import { ProblemError } from '../protocol/problem.ts';
import type { ImageShape } from './dataset.ts';

/** Pixels as bytes, row by row: grey has one channel, colour three (red, green, blue). */
export interface Pixels {
  readonly bytes: Uint8Array;
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
}

/**
 * Copies pixels between grey and colour. Grey fills all three channels; colour becomes its luma by ITU-R BT.601 in
 * the fixed-point arithmetic of Pillow's convert('L'), which models were trained with.
 */
export function copyPixels(
  { bytes, channels }: Pixels,
  target: Uint8Array,
  targetChannels: number,
): void {
  if (channels === targetChannels) {
    target.set(bytes);
  } else if (channels === 1) {
    for (let pixel = 0, at = 0; pixel < bytes.length; pixel++, at += 3) {
      target[at] = target[at + 1] = target[at + 2] = bytes[pixel];
    }
  } else {
    for (let pixel = 0, at = 0; at < bytes.length; pixel++, at += 3) {
      target[pixel] =
        (bytes[at] * 19595 + bytes[at + 1] * 38470 + bytes[at + 2] * 7471 + 0x8000) >> 16;
    }
  }
}

/**
 * Scales to exactly this size, whatever that does to the proportions, by a triangle filter over all the pixels that
 * fall into one, as torchvision's Resize((height, width)) does.
 * @param image to decode or to take pixels from, of 8 bits per channel and without alpha
 */
export async function scaled(image: Sharp, height: number, width: number): Promise<Pixels> {
  const { data, info } = await image
    .resize(width, height, {
      fit: 'fill',
      kernel: 'linear',
      fastShrinkOnLoad: false,
      // It would enlarge off centre, by as much as half a pixel.
      withoutEnlargement: true,
    })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const channels = info.channels === 1 ? 1 : 3;
  return enlarged({ bytes: data, height: info.height, width: info.width, channels }, height, width);
}

/** As {@link scaled}, of pixels at hand. */
export function scaledPixels(pixels: Pixels, height: number, width: number): Promise<Pixels> {
  return height >= pixels.height && width >= pixels.width
    ? Promise.resolve(enlarged(pixels, height, width))
    : scaled(sharp(pixels.bytes, { raw: pixels }).toColourspace('b-w'), height, width);
}

/** Linear interpolation between the centres of pixels; `height` and `width` are not below the image's own. */
function enlarged(pixels: Pixels, height: number, width: number): Pixels {
  if (height === pixels.height && width === pixels.width) return pixels;
  const { channels } = pixels;
  const down = interpolation(pixels.height, height);
  const across = interpolation(pixels.width, width);
  const stride = pixels.width * channels;
  const bytes = new Uint8Array(height * width * channels);
  let at = 0;
  for (const y of down) {
    for (const x of across) {
      for (let channel = 0; channel < channels; channel++) {
        const mixed = (row: number): number => {
          const left = pixels.bytes[row * stride + x.first * channels + channel];
          const right = pixels.bytes[row * stride + x.second * channels + channel];
          return left + (right - left) * x.share;
        };
        const upper = mixed(y.first);
        bytes[at++] = Math.round(upper + (mixed(y.second) - upper) * y.share);
      }
    }
  }
  return { bytes, height, width, channels };
}

/** For each place of `to`, the two of `from` that it lies between, and the share of the second. */
function interpolation(
  from: number,
  to: number,
): { first: number; second: number; share: number }[] {
  return Array.from({ length: to }, (_, index) => {
    const place = Math.min(Math.max(((index + 0.5) * from) / to - 0.5, 0), from - 1);
    const first = Math.floor(place);
    return { first, second: Math.min(first + 1, from - 1), share: place - first };
  });
}

/** @throws ProblemError `images-do-not-fit` for a model that takes neither grey nor colour */
export function requireGreyOrColour([, , channels]: ImageShape): void {
  if (channels === 1 || channels === 3) return;
  throw new ProblemError(
    'images-do-not-fit',
    `The model takes images of ${String(channels)} channels. Lethe reads grey images (1 channel) and colour images (3), so this model cannot be shown any.`,
  );
}

/** @param what names the images: "The image a.png" or "The images of train-images-idx3-ubyte" */
export function doNotFit(
  what: string,
  found: { height: number; width: number },
  [height, width]: ImageShape,
): ProblemError {
  const size = (high: number, wide: number): string => `${String(wide)}×${String(high)}`;
  return new ProblemError(
    'images-do-not-fit',
    `${what} is ${size(found.height, found.width)} pixels, but the model takes ${size(height, width)}. ` +
      'Choose images of that size, or have them scaled (--resize).',
    'width × height',
  );
}
