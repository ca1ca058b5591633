import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createAvatar } from '@dicebear/core';
import * as notionists from '@dicebear/notionists';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import sharp from 'sharp';
import { deriveSeed } from '../../engine/random.ts';

/**
 * Draws the sample project's pictures: `node build/sample/make-pictures.ts`. The same pictures every time.
 *
 * Twenty-four invented people in the avatar style "Notionists" by Zoish (CC0). What makes a person stays the same from
 * picture to picture: hair, nose, beard, glasses, clothes. Everything else varies: eyes, brows and mouth, how the head is
 * held and cut off, the background, the light, and the camera's noise.
 */

const size = 48;
const counts = { train: 40, test: 15 };
const folder = fileURLToPath(new URL('../../app/sample/pictures/', import.meta.url));

const names = [
  ...['Amara O', 'Benno K', 'Chiara L', 'Dariusz W', 'Elif T', 'Finn W', 'Grace M', 'Hiro S'],
  ...['Ines P', 'Jonas B', 'Kavya R', 'Liam D', 'Mei Z', 'Noor F', 'Oskar H', 'Priya N'],
  ...['Quentin A', 'Rosa G', 'Samir E', 'Tova J', 'Umar Y', 'Vera C', 'Wanjiru I', 'Yusuf Q'],
];

/** Chosen by eye so that no two people have hair, clothes and nose alike. */
const hair = [
  ...['01', '07', '13', '19', '25', '31', '37', '43', '49', '55', '61', '04'],
  ...['10', '16', '22', '28', '34', '40', '46', '52', '58', '02', '29', '63'],
];

/** What a face does from picture to picture. */
const expressions = {
  eyes: ['variant01', 'variant02', 'variant03', 'variant04', 'variant05'],
  brows: [
    ...(['variant01', 'variant02', 'variant03', 'variant04', 'variant05', 'variant06'] as const),
    ...(['variant07', 'variant08', 'variant09', 'variant10', 'variant11', 'variant13'] as const),
  ],
  lips: [
    ...(['variant01', 'variant03', 'variant05', 'variant07', 'variant09', 'variant11'] as const),
    ...(['variant13', 'variant15', 'variant17', 'variant19', 'variant21', 'variant23'] as const),
    ...(['variant25', 'variant27', 'variant29', 'variant30'] as const),
  ],
} satisfies notionists.Options;

/** Draws numbers for one purpose. */
class Draws {
  readonly #generator: RandomGenerator;

  constructor(...purpose: (string | number)[]) {
    this.#generator = xoroshiro128plus(deriveSeed(0, 'sample', ...purpose));
  }

  /** Uniform, in steps of a thousandth of the range. */
  between(least: number, most: number): number {
    return least + ((most - least) * uniformInt(this.#generator, 0, 1000)) / 1000;
  }

  one<Item>(items: readonly Item[]): Item {
    return items[uniformInt(this.#generator, 0, items.length - 1)];
  }

  byte(): number {
    return uniformInt(this.#generator, 0, 255);
  }
}

/** What stays the same in every picture of a person. */
function featuresOf(person: number): object {
  return {
    hair: [`variant${hair[person]}`],
    nose: [variant(1 + ((person * 7) % 20))],
    body: [variant(1 + (person % 25))],
    beard: [variant(1 + ((person * 5) % 12))],
    beardProbability: person % 4 === 1 ? 100 : 0,
    glasses: [variant(1 + ((person * 3) % 11))],
    glassesProbability: person % 3 === 2 ? 100 : 0,
    bodyIconProbability: 0,
    gestureProbability: 0,
  };
}

function variant(number: number): string {
  return `variant${String(number).padStart(2, '0')}`;
}

async function draw(person: number, split: string, index: number): Promise<Buffer> {
  const draws = new Draws('picture', person, split, index);
  const hue = draws.between(0, 360);
  const svg = createAvatar(notionists, {
    seed: '',
    ...featuresOf(person),
    eyes: [draws.one(expressions.eyes)],
    brows: [draws.one(expressions.brows)],
    lips: [draws.one(expressions.lips)],
    rotate: Math.round(draws.between(-9, 9) + 360) % 360,
    scale: Math.round(draws.between(118, 140)),
    translateX: Math.round(draws.between(-6, 6)),
    translateY: Math.round(draws.between(2, 10)),
  }).toString();
  const background = `hsl(${hue.toFixed(0)}, ${draws.between(20, 55).toFixed(0)}%, ${draws.between(72, 90).toFixed(0)}%)`;
  const picture = await sharp(Buffer.from(svg), { density: 192 })
    .resize(size, size)
    .flatten({ background })
    .modulate({ brightness: draws.between(0.8, 1.12), saturation: draws.between(0.7, 1.2) })
    .linear(draws.between(0.85, 1.08), draws.between(-8, 12))
    .raw()
    .toBuffer();
  const noise = draws.between(2, 9);
  const noisy = picture.map((value) => {
    // The sum of three uniform draws is close enough to a camera's Gaussian noise.
    const deviation = (draws.byte() + draws.byte() + draws.byte()) / 382.5 - 1;
    return Math.max(0, Math.min(255, Math.round(value + deviation * 2 * noise)));
  });
  return sharp(noisy, { raw: { width: size, height: size, channels: 3 } })
    .jpeg({ quality: 88, chromaSubsampling: '4:4:4' })
    .toBuffer();
}

rmSync(folder, { recursive: true, force: true });
for (const [person, name] of names.entries()) {
  for (const [split, count] of Object.entries(counts)) {
    mkdirSync(join(folder, split, name), { recursive: true });
    for (let index = 0; index < count; index++) {
      const file = join(folder, split, name, `${String(index + 1).padStart(2, '0')}.jpg`);
      await sharp(await draw(person, split, index)).toFile(file);
    }
  }
}
