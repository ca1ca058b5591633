import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

const side = 12;

/**
 * Noise in IDX files, 12×12 and grey, of four classes: in each, another quarter of the image is brighter. A network learns
 * them in seconds; mirrored, one class looks like another.
 */
export function writeQuadrants(folder: string, perClass: { train: number; test: number }): void {
  const generator = xoroshiro128plus(1);
  const pixel = (label: number, at: number): number => {
    const isRight = at % side >= side / 2;
    const isBelow = at >= (side * side) / 2;
    const isBright = label === Number(isRight) + 2 * Number(isBelow);
    return uniformInt(generator, 0, 170) + (isBright ? 70 : 0);
  };
  for (const [name, count] of [
    ['train', perClass.train],
    ['t10k', perClass.test],
  ] as const) {
    const labels = Array.from({ length: 4 * count }, (_, image) => image % 4);
    const pixels = labels.flatMap((label) =>
      Array.from({ length: side * side }, (_, at) => pixel(label, at)),
    );
    writeFileSync(join(folder, `${name}-labels-idx1-ubyte`), idx([labels.length], labels));
    const dimensions = [labels.length, side, side];
    writeFileSync(join(folder, `${name}-images-idx3-ubyte`), idx(dimensions, pixels));
  }
}

function idx(dimensions: readonly number[], values: readonly number[]): Buffer {
  const header = Buffer.alloc(4 + 4 * dimensions.length);
  header.writeUInt32BE(0x0800 + dimensions.length);
  for (const [axis, size] of dimensions.entries()) header.writeUInt32BE(size, 4 + 4 * axis);
  return Buffer.concat([header, Uint8Array.from(values)]);
}
