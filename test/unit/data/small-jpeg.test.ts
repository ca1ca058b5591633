import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodeSmallJpeg } from '../../../engine/data/small-jpeg.ts';

/** A picture with something in every pixel, as a JPEG. */
async function picture(
  options: { grey?: boolean; progressive?: boolean; chromaSubsampling?: string; quality?: number },
  [height, width]: readonly [number, number] = [24, 40],
): Promise<Buffer> {
  const pixels = Uint8Array.from({ length: height * width * 3 }, (_, index) =>
    Math.round(127 + 120 * Math.sin(index * 0.37) * Math.cos(index * 0.011)),
  );
  const image = sharp(pixels, { raw: { width, height, channels: 3 } });
  return await (options.grey === true ? image.toColourspace('b-w') : image)
    .jpeg({ ...options, quality: options.quality ?? 85 })
    .toBuffer();
}

async function asSharpDecodes(file: Buffer): Promise<Buffer> {
  return await sharp(file, { ignoreIcc: true }).raw().toBuffer();
}

describe('small JPEG images', () => {
  it.each([
    ['with colours at full resolution', { chromaSubsampling: '4:4:4' }],
    ['with colours at half the resolution', { chromaSubsampling: '4:2:0' }],
    ['in several passes', { progressive: true }],
    ['of low quality', { quality: 20 }],
  ])('%s become the bytes that sharp makes of them', async (_what, options) => {
    const file = await picture(options);
    const decoded = decodeSmallJpeg(file, [24, 40, 3]);
    expect(decoded).toMatchObject({ height: 24, width: 40, channels: 3 });
    expect(Buffer.from(decoded?.bytes ?? []).equals(await asSharpDecodes(file))).toBe(true);
  });

  it('of grey have one channel', async () => {
    const file = await picture({ grey: true });
    const decoded = decodeSmallJpeg(file, [24, 40, 1]);
    expect(decoded?.channels).toBe(1);
    const expected = await sharp(file).toColourspace('b-w').raw().toBuffer();
    expect(Buffer.from(decoded?.bytes ?? []).equals(expected)).toBe(true);
  });

  it('of another size are left alone, by their header', async () => {
    const huge = await picture({});
    // The height and width of the frame header, said to be 65,535 each.
    const frame = huge.indexOf(Buffer.from([0xff, 0xc0]));
    huge.fill(0xff, frame + 5, frame + 9);
    expect(decodeSmallJpeg(huge, [24, 40, 3])).toBeNull();
    expect(decodeSmallJpeg(await picture({}), [40, 24, 3])).toBeNull();
  });

  it('that are broken are left alone, and those after them decoded', async () => {
    const file = await picture({});
    const expected = await asSharpDecodes(file);
    const noise = Buffer.from(file);
    for (let at = 300; at < noise.length - 20; at += 7) noise[at] ^= 0x55;
    for (const broken of [
      file.subarray(0, -2),
      file.subarray(0, 100),
      file.subarray(0, 3),
      noise,
    ]) {
      expect(decodeSmallJpeg(broken, [24, 40, 3])).toBeNull();
      const decoded = decodeSmallJpeg(file, [24, 40, 3]);
      expect(Buffer.from(decoded?.bytes ?? []).equals(expected)).toBe(true);
    }
  });

  it('that are no JPEG are left alone', async () => {
    const png = await sharp(await picture({}))
      .png()
      .toBuffer();
    expect(decodeSmallJpeg(png, [24, 40, 3])).toBeNull();
    expect(decodeSmallJpeg(new Uint8Array(), [24, 40, 3])).toBeNull();
  });
});
