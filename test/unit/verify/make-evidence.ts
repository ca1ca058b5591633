import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { theseRows } from '../../../engine/verify/answers.ts';
import type { Answers, Evidence } from '../../../engine/verify/evidence.ts';

/** What a model would make of images, without one: features around the mean of each class, and scores by nearness to them. */
export interface MadeModel {
  readonly sha256: string;
  /** Of the features' noise and of the weights. */
  readonly seed: number;
  /** Images of the erased classes look like any of the others'. */
  readonly isRetrained: boolean;
  /** Class 0, where nothing is said. */
  readonly erased?: readonly number[];
  /** Images per class. */
  readonly images?: { readonly train: number; readonly test: number };
  /** Of the features' noise: more makes the model worse. */
  readonly spread?: number;
  /** How much clearer training images of class 0 are than test images. */
  readonly memorized?: number;
}

export const madeClasses = 6;
const dimensions = 12;

export function makeEvidence(model: MadeModel): Evidence {
  const { seed, images = { train: 400, test: 400 } } = model;
  const normal = normals(seed);
  return {
    format: 'onnx',
    sha256: model.sha256.padEnd(64, '0'),
    classCount: madeClasses,
    train: makeAnswers(model, images.train, normal, model.memorized ?? 0),
    test: makeAnswers(model, images.test, normal, 0),
    weights: [
      { shape: [3, 3, 1, 8], values: Float32Array.from({ length: 72 }, () => normal()) },
      {
        shape: [dimensions, madeClasses],
        values: Float32Array.from({ length: dimensions * madeClasses }, () => normal()),
      },
      { shape: [madeClasses], values: Float32Array.from({ length: madeClasses }, () => normal()) },
    ],
    relearning: null,
  };
}

function makeAnswers(
  { isRetrained, erased = [0], spread = 1 }: MadeModel,
  perClass: number,
  normal: () => number,
  clearer: number,
): Answers {
  const length = perClass * madeClasses;
  const kept = [...Array(madeClasses).keys()].filter((label) => !erased.includes(label));
  const labels = Int32Array.from({ length }, (_, row) => Math.floor(row / perClass));
  const features = new Float32Array(length * dimensions);
  const logits = new Float32Array(length * madeClasses);
  labels.forEach((label, row) => {
    const isBlurred = isRetrained && erased.includes(label);
    const looksLike = isBlurred ? kept[row % kept.length] : label;
    for (let at = 0; at < dimensions; at++) {
      const centre = at % madeClasses === looksLike ? 3 + (label === 0 ? clearer : 0) : 1;
      features[row * dimensions + at] = Math.max(0, centre + spread * normal());
    }
    for (let other = 0; other < madeClasses; other++) {
      const own = features.subarray(row * dimensions, (row + 1) * dimensions);
      const score = own[other] + own[other + madeClasses];
      const isGone = isRetrained && erased.includes(other);
      logits[row * madeClasses + other] = isGone ? -Infinity : score;
    }
  });
  return { labels, logits, features };
}

/** Images of these classes, of one split or both, were never there. */
export function without(
  evidence: Evidence,
  classes: readonly number[],
  splits: readonly ('train' | 'test')[],
): Evidence {
  const cut = (answers: Answers): Answers =>
    theseRows(
      answers,
      [...answers.labels.keys()].filter((row) => !classes.includes(answers.labels[row])),
    );
  return {
    ...evidence,
    train: splits.includes('train') ? cut(evidence.train) : evidence.train,
    test: splits.includes('test') ? cut(evidence.test) : evidence.test,
  };
}

/** Sums of twelve uniform draws, less six: near enough to the normal distribution. */
export function normals(seed: number): () => number {
  const generator = xoroshiro128plus(seed);
  return () => {
    let sum = -6;
    for (let left = 12; left > 0; left--) sum += uniformInt(generator, 0, 1 << 20) / (1 << 20);
    return sum;
  };
}
