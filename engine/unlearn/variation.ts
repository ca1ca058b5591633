import * as tf from '@tensorflow/tfjs-core';
import type { ImageReference } from '../data/dataset.ts';
import type { MatchedData } from '../data/matched-data.ts';
import { answeredClasses, type TrainableModel } from '../models/models.ts';
import type { ReadPhase } from '../protocol/protocol.ts';
import { deriveSeed, shuffled } from '../random.ts';
import { flipAndShift } from './augmentation.ts';

/** How images are varied at random, so that a model does not learn them by heart. */
export interface Variation {
  /** By up to so much of their side. */
  readonly shift: number;
  readonly mirror: boolean;
}

const fewImages = 512;
/** Of the images that the original recognises as they are, those that it still has to. */
const share = 0.8;
/** How often each image is shifted: by one shift alone, what is borne would be a matter of luck. */
const draws = 4;
/** How often the shift is halved before there is none. */
const halvings = 3;

/**
 * The most that images can be varied while the original still knows what they show. Things can be mirrored, mostly, writing
 * cannot; and a network that looks at every other pixel may not know a face that moved by three. What it says of images
 * that it does not know is nothing to learn from.
 * @param settings.shift the most that is wanted
 */
export async function bearableVariation(
  original: TrainableModel,
  data: MatchedData,
  references: readonly ImageReference[],
  { shift, seed, phase }: { shift: number; seed: number; phase: ReadPhase },
): Promise<Variation> {
  const few = shuffled(references, deriveSeed(seed, 'variation')).slice(0, fewImages);
  if (few.length === 0) return { shift: 0, mirror: false };
  const { images, labels } = await data.read(few, phase);
  /** @param varied disposed of @returns how many are recognised */
  const recognised = async (varied: tf.Tensor4D): Promise<number> => {
    const answers = await answeredClasses(original, varied);
    varied.dispose();
    return labels.filter((label, row) => label === answers[row]).length;
  };
  try {
    const enough = share * (await recognised(tf.clone(images)));
    const mirror = (await recognised(tf.reverse(images, 2))) >= enough;
    for (let halved = 0; halved <= halvings; halved++) {
      const tried = shift / 2 ** halved;
      let known = 0;
      for (let draw = 0; draw < draws; draw++) {
        const drawn = deriveSeed(seed, 'shift', halved, draw);
        const settings = { shift: tried, mirror: false, seed: drawn };
        known += await recognised(await flipAndShift(tf.clone(images), settings));
      }
      if (known >= draws * enough) return { shift: tried, mirror };
    }
    return { shift: 0, mirror };
  } finally {
    images.dispose();
  }
}

/** What was found, as a sentence for the account. */
export function variationText({ shift, mirror }: Variation): string {
  const moved =
    shift === 0 ? 'not shifted' : `shifted by up to ${(100 * shift).toPrecision(2)}% of their side`;
  return `Images were ${moved} and ${mirror ? 'mirrored' : 'not mirrored'} at random: as far as the original still knew what they show.`;
}
