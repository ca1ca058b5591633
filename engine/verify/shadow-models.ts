import type { ImageReference } from '../data/dataset.ts';
import { deriveSeed, shuffled } from '../random.ts';
import { allClasses, jointScoreOf, rowsOf, scoreOf } from './answers.ts';
import type { Answers, Evidence } from './evidence.ts';

/**
 * The likelihood-ratio attack (LiRA; Carlini et al. 2022, algorithm 1, with one variance for all images), on a model that was
 * made to forget as its shadow models were (U-LiRA; Hayes et al. 2024): each shadow model learns half of the images of the
 * forget classes, and is then made to forget the classes by the same method. Whether a model learned an image is told by
 * whether it answers more like the shadow models that did, or like those that did not.
 */

/** What an attacker looks at in the answer to one image; see {@link signalsOf}. */
export type Signals = readonly [number, number];

/** One value for each image of the forget classes in a sample, class by class in the order of the sample. */
export interface OfSplits<Value> {
  readonly test: readonly Value[];
  readonly train: readonly Value[];
}

/** What became of one shadow model. */
export interface ShadowModel {
  /** Whether it was trained on the image. */
  readonly learned: OfSplits<boolean>;
  /** When it was trained, and after it was made to forget. */
  readonly trained: OfSplits<Signals>;
  readonly erased: OfSplits<Signals>;
  /** On test images of the retain classes before it was made to forget, percent. */
  readonly retainAccuracy: number;
}

/**
 * Which images each shadow model learns: every image is learned by half of the models, as every other one learns what the one
 * before it does not.
 * @param pool of one class
 * @param count even
 */
export function drawHalves(
  pool: readonly ImageReference[],
  count: number,
  seed: number,
): ImageReference[][] {
  return Array.from({ length: count / 2 }, (_, pair) => {
    const order = shuffled(pool, deriveSeed(seed, 'shadow half', pair));
    const middle = Math.floor(order.length / 2);
    return [order.slice(0, middle), order.slice(middle)];
  }).flat();
}

/** Beyond this many nats nobody gains or loses anything. */
const surest = 30;

/**
 * How sure the model is that the image is of its class, and how sure it is of what else it answers, leaving the class out: the
 * logits of these probabilities (Carlini et al. 2022, section VI-A), which are nearly normally distributed.
 */
export function signalsOf(answers: Answers, row: number): Signals {
  const label = answers.labels[row];
  const others = allClasses(answers).filter((other) => other !== label);
  const scores = others.map((other) => scoreOf(answers, row, other));
  const answer = others[scores.indexOf(Math.max(...scores))];
  const rest = others.filter((other) => other !== answer);
  const logit = (of: number, beside: readonly number[]): number => {
    const score = scoreOf(answers, row, of);
    if (score === -Infinity) return -surest;
    const difference = score - jointScoreOf(answers, row, beside);
    return Math.max(-surest, Math.min(surest, difference));
  };
  return [logit(label, others), logit(answer, rest)];
}

/** Of all images of the forget classes. */
export function signalsOn(
  { test, train }: Pick<Evidence, 'test' | 'train'>,
  forget: readonly number[],
): OfSplits<Signals> {
  const of = (answers: Answers): Signals[] =>
    rowsOf(answers, forget).map((row) => signalsOf(answers, row));
  return { test: of(test), train: of(train) };
}

/**
 * log p(signals | learned) − log p(signals | not learned) of each image, but for a constant: signals are taken to be normally
 * distributed about two means of the image's own, with one covariance for all images and both cases. How far an image's means
 * are apart is drawn towards what it is for all images, by as much as so few models leave it uncertain (empirical Bayes; Efron
 * and Morris 1975): simulated, eight models then find more than thirty-two without.
 */
export function likelihoodRatios(
  target: OfSplits<Signals>,
  shadows: readonly ShadowModel[],
  stage: 'trained' | 'erased',
): OfSplits<number> {
  const answers = (['test', 'train'] as const).flatMap((split) =>
    target[split].map((signals, row) => ({
      signals,
      shadows: shadows.map((shadow) => ({
        signals: shadow[stage][split][row],
        learned: shadow.learned[split][row],
      })),
    })),
  );
  const parts = apart(answers);
  const ratios = answers.map((_, at) => parts[0][at] + parts[1][at]);
  return { test: ratios.slice(0, target.test.length), train: ratios.slice(target.test.length) };
}

/** To one image, of the model that is asked about and of the shadow models. */
interface ImageAnswers {
  readonly signals: Signals;
  readonly shadows: readonly { readonly signals: Signals; readonly learned: boolean }[];
}

/** What each signal adds to the ratio of every image, the second without what it shares with the first. */
function apart(answers: readonly ImageAnswers[]): [number[], number[]] {
  const first = answers.map((each) => valuesOf(each, ([a]) => a));
  const second = answers.map((each) => valuesOf(each, ([, b]) => b));
  const shared = covariance(first, second) / (covariance(first, first) || 1);
  const rest = answers.map((each) => valuesOf(each, ([a, b]) => b - shared * a));
  return [ratiosBy(first), ratiosBy(rest)];
}

/** One number instead of signals. */
interface Values {
  readonly target: number;
  readonly learned: readonly number[];
  readonly not: readonly number[];
}

function valuesOf({ signals, shadows }: ImageAnswers, value: (signals: Signals) => number): Values {
  const of = (learned: boolean): number[] =>
    shadows.flatMap((each) => (each.learned === learned ? [value(each.signals)] : []));
  return { target: value(signals), learned: of(true), not: of(false) };
}

/** Of two values of the same answers, about the means of each image and case. */
function covariance(some: readonly Values[], others: readonly Values[]): number {
  let [sum, freedom] = [0, 0];
  for (const [at, one] of some.entries()) {
    for (const kind of ['learned', 'not'] as const) {
      const [a, b] = [one[kind], others[at][kind]];
      const [meanA, meanB] = [mean(a), mean(b)];
      a.forEach((value, index) => {
        sum += (value - meanA) * (b[index] - meanB);
      });
      freedom += a.length - 1;
    }
  }
  return sum / freedom;
}

function ratiosBy(values: readonly Values[]): number[] {
  const variance = covariance(values, values);
  // A value that never differs, as where the model has no output for the class, tells nothing.
  if (variance === 0) return values.map(() => 0);
  const differences = values.map(({ learned, not }) => mean(learned) - mean(not));
  const common = mean(differences);
  const spread = mean(differences.map((difference) => (difference - common) ** 2));
  const uncertain = mean(
    values.map(({ learned, not }) => variance / learned.length + variance / not.length),
  );
  const trust = spread === 0 ? 0 : Math.max(0, 1 - uncertain / spread);
  return values.map(({ target, learned, not }, at) => {
    const difference = common + trust * (differences[at] - common);
    return (difference * (target - (mean(learned) + mean(not)) / 2)) / variance;
  });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
