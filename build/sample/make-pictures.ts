import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createAvatar } from '@dicebear/core';
import * as notionists from '@dicebear/notionists';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import sharp from 'sharp';
import { deriveSeed } from '../../engine/random.ts';
import { people, type Person } from './people.ts';

/**
 * Draws the sample project's pictures: `node build/sample/make-pictures.ts`. The same pictures every time.
 *
 * The people are drawn in the avatar style "Notionists" by Zoish (CC0). What makes a person stays the same from picture
 * to picture: hair, nose, beard, glasses, clothes and their colours. The rest varies as in snapshots: expression, a hand,
 * how the head is held and cut off, what is behind, the light, and the camera's noise.
 */

/** Pixels, of either side. */
const size = 48;
const counts = { train: 40, test: 15 };
const seed = 0;

/** Drawn this much larger and then reduced, as a lens would. */
const oversampling = 4;

const expressions = {
  eyes: ['variant01', 'variant02', 'variant03', 'variant04', 'variant05'],
  brows: [
    ...(['variant01', 'variant04', 'variant05', 'variant06', 'variant07', 'variant08'] as const),
    ...(['variant09', 'variant10', 'variant11', 'variant12', 'variant13'] as const),
  ],
  lips: [
    ...(['variant01', 'variant02', 'variant03', 'variant05', 'variant06', 'variant07'] as const),
    ...(['variant08', 'variant13', 'variant14', 'variant17', 'variant19', 'variant21'] as const),
    ...(['variant22', 'variant23', 'variant24', 'variant25', 'variant26', 'variant27'] as const),
  ],
  gesture: ['waveLongArm', 'pointLongArm', 'okLongArm', 'waveLongArms', 'ok', 'hand'],
} as const satisfies notionists.Options;

/** Random numbers for one picture. */
class Draws {
  readonly #generator: RandomGenerator;

  constructor(...purpose: (string | number)[]) {
    this.#generator = xoroshiro128plus(deriveSeed(seed, 'sample', ...purpose));
  }

  whole(least: number, most: number): number {
    return uniformInt(this.#generator, least, most);
  }

  /** In steps of a thousandth of the range. */
  between(least: number, most: number): number {
    return least + ((most - least) * this.whole(0, 1000)) / 1000;
  }

  one<Item>(items: readonly Item[]): Item {
    return items[this.whole(0, items.length - 1)];
  }

  /** Mean 0, standard deviation 1, near enough: the sum of twelve uniform numbers. */
  normal(): number {
    let sum = -6;
    for (let index = 0; index < 12; index++) sum += this.whole(0, 1000) / 1000;
    return sum;
  }
}

function avatar(person: Person, draws: Draws): string {
  const { hair, nose, clothes, beard, glasses } = person;
  const svg = createAvatar(notionists, {
    seed: '',
    hair: [hair],
    nose: [nose],
    body: [clothes],
    beard: beard === undefined ? [] : [beard],
    beardProbability: beard === undefined ? 0 : 100,
    glasses: glasses === undefined ? [] : [glasses],
    glassesProbability: glasses === undefined ? 0 : 100,
    bodyIconProbability: 0,
    eyes: [draws.one(expressions.eyes)],
    brows: [draws.one(expressions.brows)],
    lips: [draws.one(expressions.lips)],
    gesture: [draws.one(expressions.gesture)],
    gestureProbability: draws.whole(1, 10) === 1 ? 100 : 0,
    rotate: (360 + draws.whole(-13, 13)) % 360,
    scale: draws.whole(118, 152),
    translateX: draws.whole(-9, 9),
    translateY: draws.whole(1, 13),
  }).toString();
  return coloured(svg, person);
}

/** The style draws in black and white, part over part; each part's group is known by its place, empty or not. */
function coloured(svg: string, person: Person): string {
  const { skin, hairColour, scarfColour = hairColour, wornColour = '#fff', clothesColour } = person;
  const parts = [
    { place: '531 487', white: skin, black: '#000' },
    { place: '178 1057', white: clothesColour, black: '#23262e' },
    { place: '266 207', white: wornColour, black: scarfColour },
    { place: '791 871', white: '#fff', black: '#3a1d1d' },
    { place: '653 805', white: skin, black: hairColour },
    { place: '901 668', white: skin, black: '#000' },
    { place: '610 680', white: '#fff', black: '#000' },
    { place: '774 657', white: skin, black: hairColour },
    { place: '0 559', white: skin, black: '#000' },
  ];
  const starts = parts.map(({ place }) => svg.indexOf(`<g transform="translate(${place})">`));
  return parts.reduce(
    (drawing, { white, black }, index) => {
      const part = svg.slice(starts[index], starts[index + 1] ?? svg.length);
      return drawing + part.replaceAll('#fff', white).replaceAll('#000', black);
    },
    svg.slice(0, starts[0]),
  );
}

/** Out of focus: a wall that is lighter on one side, in a colour that nobody has to themselves. */
function backdrop(draws: Draws, pixels: number): string {
  const hue = draws.whole(0, 359);
  const saturation = draws.whole(10, 36);
  const lightness = draws.whole(74, 88);
  const shade = (by: number): string =>
    `hsl(${String(hue + by)}, ${String(saturation)}%, ${String(lightness + by)}%)`;
  const turn = String(draws.whole(0, 359));
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${String(pixels)}" height="${String(pixels)}">
    <linearGradient id="wall" gradientTransform="rotate(${turn} 0.5 0.5)">
      <stop stop-color="${shade(7)}"/><stop offset="1" stop-color="${shade(-9)}"/>
    </linearGradient>
    <rect width="100%" height="100%" fill="url(#wall)"/>
  </svg>`;
}

async function picture(person: Person, draws: Draws): Promise<Buffer> {
  const large = size * oversampling;
  const figure = await sharp(Buffer.from(avatar(person, draws)))
    .resize(large, large)
    .png()
    .toBuffer();
  const scene = await sharp(Buffer.from(backdrop(draws, large)))
    .composite([{ input: figure }])
    .removeAlpha()
    .raw()
    .toBuffer();
  const photograph = await sharp(scene, {
    raw: { width: large, height: large, channels: 3 },
  })
    .resize(size, size, { kernel: 'cubic' })
    .raw()
    .toBuffer();

  const brightness = draws.between(0.82, 1.1);
  const contrast = draws.between(0.86, 1.1);
  const warmth = draws.between(-0.06, 0.06);
  const noise = draws.between(1, 4.5);
  const gains = [1 + warmth, 1, 1 - warmth];
  const taken = photograph.map((byte, index) => {
    const light = (128 + (byte - 128) * contrast) * brightness * gains[index % 3];
    return Math.round(Math.min(255, Math.max(0, light + noise * draws.normal())));
  });
  return sharp(taken, { raw: { width: size, height: size, channels: 3 } })
    .jpeg({ quality: 90, chromaSubsampling: '4:4:4' })
    .toBuffer();
}

const folder = fileURLToPath(new URL('../../app/sample/pictures/', import.meta.url));
rmSync(folder, { recursive: true, force: true });
for (const person of people) {
  for (const [split, count] of Object.entries(counts)) {
    mkdirSync(join(folder, split, person.name), { recursive: true });
    for (let index = 0; index < count; index++) {
      const file = join(folder, split, person.name, `${String(index + 1).padStart(2, '0')}.jpg`);
      writeFileSync(file, await picture(person, new Draws(person.name, split, index)));
    }
  }
}
