import type { ImageReference } from '../data/dataset.ts';
import type { MatchedData } from '../data/matched-data.ts';
import { answeredClasses, type TrainableModel } from '../models/models.ts';
import type { ReadPhase } from '../protocol/protocol.ts';
import { deriveSeed, shuffled } from '../random.ts';

export interface SplitSample {
  readonly training: readonly ImageReference[];
  readonly heldOut: readonly ImageReference[];
}

/** Most of them, for all classes together: more tell nothing more that matters here. */
const mostHeldOut = 1000;

/** Holds a share of each class out; of a class with one image nothing. */
export function splitSample(
  references: readonly ImageReference[],
  share: number,
  seed: number,
): SplitSample {
  const byLabel = Map.groupBy(references, ({ label }) => label);
  const most = Math.max(1, Math.floor(mostHeldOut / byLabel.size));
  const training: ImageReference[] = [];
  const heldOut: ImageReference[] = [];
  for (const [label, ofClass] of byLabel) {
    const order = shuffled(ofClass, deriveSeed(seed, 'held out', label));
    const wanted = Math.min(most, Math.max(1, Math.round(share * order.length)));
    const count = order.length === 1 ? 0 : wanted;
    heldOut.push(...order.slice(0, count));
    training.push(...order.slice(count));
  }
  return { training, heldOut };
}

const batchSize = 256;

/** Percent of the images that the model is right about, in inference mode; null without images. */
export async function heldOutAccuracy(
  model: TrainableModel,
  data: MatchedData,
  references: readonly ImageReference[],
  phase: ReadPhase = 'repair',
): Promise<number | null> {
  if (references.length === 0) return null;
  let hits = 0;
  for (let start = 0; start < references.length; start += batchSize) {
    const { images, labels } = await data.read(references.slice(start, start + batchSize), phase);
    const answers = await answeredClasses(model, images);
    images.dispose();
    hits += labels.filter((label, row) => label === answers[row]).length;
  }
  return (100 * hits) / references.length;
}
