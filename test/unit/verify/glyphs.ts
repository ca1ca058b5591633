import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { uniformInt } from 'pure-rand/distribution/uniformInt';

/**
 * Images of signs among noise, in IDX files: 16×16, grey, each with the sign of its class, 5×5, somewhere on it. To
 * recognise a class, a network must have learned its sign; one that never saw it has little use for it.
 */
export interface GlyphCounts {
  /** Per class. */
  readonly train: readonly number[];
  readonly test: readonly number[];
}

const side = 16;
const glyphSide = 5;
const contrast = 85;
const noise = 75;

/** The same images every time. @param omitted a class whose images are left out */
export function writeGlyphs(folder: string, counts: GlyphCounts, omitted: number | null): void {
  const generator = xoroshiro128plus(1);
  const draw = (least: number, most: number): number => uniformInt(generator, least, most);
  const glyphs = counts.train.map(() =>
    Array.from({ length: glyphSide ** 2 }, () => draw(0, 1) * 2 - 1),
  );
  const image = (glyph: readonly number[]): number[] => {
    const pixels = Array.from({ length: side ** 2 }, () => 128 + draw(-noise, noise));
    const [top, left] = [draw(0, side - glyphSide), draw(0, side - glyphSide)];
    glyph.forEach((sign, at) => {
      const row = top + Math.floor(at / glyphSide);
      pixels[row * side + left + (at % glyphSide)] += sign * contrast;
    });
    return pixels.map((value) => Math.round(Math.max(0, Math.min(255, value))));
  };
  for (const [name, perClass] of [
    ['train', counts.train],
    ['t10k', counts.test],
  ] as const) {
    const drawn = perClass.flatMap((count, label) =>
      Array.from({ length: count }, () => ({ label, pixels: image(glyphs[label]) })),
    );
    const written = drawn.filter(({ label }) => label !== omitted);
    const labels = written.map(({ label }) => label);
    const pixels = written.flatMap((each) => each.pixels);
    writeFileSync(join(folder, `${name}-labels-idx1-ubyte`), idx([labels.length], labels));
    writeFileSync(
      join(folder, `${name}-images-idx3-ubyte`),
      idx([labels.length, side, side], pixels),
    );
  }
}

function idx(dimensions: readonly number[], values: readonly number[]): Buffer {
  const header = Buffer.alloc(4 + 4 * dimensions.length);
  header.writeUInt32BE(0x0800 + dimensions.length);
  for (const [axis, dimension] of dimensions.entries())
    header.writeUInt32BE(dimension, 4 + 4 * axis);
  return Buffer.concat([header, Uint8Array.from(values)]);
}
