import { figureText } from '../../protocol/figure-text.ts';
import { jointScoreOf, rowsOf, scoreOf, theseRows } from '../answers.ts';
import { besides, withoutImages, type Comparison, type FindingDefinition } from '../definition.ts';
import { deriveSeed } from '../../random.ts';
import type { Answers } from '../evidence.ts';
import { eitherWay, pooledAreas } from '../roc.ts';
import { traceLimit } from '../trace-limit.ts';
import { UnlearnedOutput } from '../unlearned-output.ts';

/**
 * Of the area under the ROC curve, where it is not to be had how much of it is chance: on thousands of images two models
 * that were retrained without a class of CIFAR-10 differ by half as much.
 */
const margin = 0.1;

/**
 * How well what the model scores for an erased class tells test images of that class from others: the area under the ROC
 * curve. It does not matter how high the score is, so that nothing is gained by pressing it down: a class that is only kept
 * from being the first answer is still the second one to its own images, and one number added to its score brings it back.
 *
 * Two measures of the score have to agree, and the least of them counts: the odds against all classes that were kept, and
 * the lead over those that are not the answer. For a model that never saw a class may doubt images of it: all that is not
 * the answer then has better odds, the erased class among it, and the odds alone tell such images perfectly from others.
 */
export const scoreSeparation: FindingDefinition = {
  name: 'score-separation',
  required: true,
  measure({ test }, { forget, retain }) {
    const others = rowsOf(test, retain);
    if (others.length === 0) return withoutImages('test', 'kept');
    const own = forget.map((label) => rowsOf(test, [label]));
    if (own.some(({ length }) => length === 0)) return withoutImages('test', 'erased');
    const { value, interval } = separation(barsOf(test, retain), { own, others }, (row, index) =>
      scoreOf(test, row, forget[index]),
    );
    return {
      value,
      unit: 'area',
      interval,
      samples: own.flat().length + others.length,
      figures: [],
    };
  },
  threshold: (baselines, comparison) => {
    const { reference } = comparison;
    const usual = traceLimit(baselines, {
      margin: { reference: margin, original: margin, chance: margin },
      reason: (found, basis, granted) =>
        basis === 'original'
          ? `The original has ${areaText(found)}. What never saw the class may score it by what its images have in common with others; how much that tells, only a retrained model could show. Clearly less than the original, by ${areaText(granted)}, is the least.`
          : `A model retrained without the class has ${areaText(found)}. ${areaText(granted)} more are granted, since two such models differ.`,
    });
    if (reference === null || baselines.reference === null) return usual;
    const drawn = mostOfUnlearned(reference.test, comparison);
    if (drawn === null) return usual;
    const limit = Math.max(drawn, granted.anyway);
    const isAnyway = limit === granted.anyway;
    return {
      ...usual,
      ...{ limit, reach: limit },
      reason: `A model retrained without the class has ${areaText(baselines.reference.value)}. What such a model scores for a class that it never saw hangs on the random weights that it began with: with others it would have up to ${areaText(drawn)} in ${String(100 * granted.share)} of 100 trainings${isAnyway ? `; up to ${areaText(limit)} is granted in any case, where 0.5 is guessing` : ''}.`,
    };
  },
  describe: ({ value }, baselines) =>
    `What it scores for the erased class, doubt set aside, tells images of it from others with an area under the curve of ${areaText(value)}, where 0.5 is guessing; ${besides(baselines, areaText)}.`,
};

/** By row, what a class's score is compared with: some score of the classes that were kept. */
function barsOf(answers: Answers, retain: readonly number[]): Float64Array[] {
  const opponents = retain.length === 1 ? [jointScoreOf] : [jointScoreOf, runnersUpOf];
  return opponents.map((opponent) =>
    Float64Array.from(answers.labels, (_, row) => opponent(answers, row, retain)),
  );
}

/** The mean score of the kept classes but the first of them. */
function runnersUpOf(answers: Answers, row: number, retain: readonly number[]): number {
  const scores = retain.map((label) => scoreOf(answers, row, label));
  const sum = scores.reduce((total, score) => total + score, 0);
  return (sum - Math.max(...scores)) / (scores.length - 1);
}

/** Rows of each erased class, and of the kept ones. */
interface Rows {
  readonly own: readonly (readonly number[])[];
  readonly others: readonly number[];
}

/** @param score of an erased class, by its place among them, in a row */
function separation(
  bars: readonly Float64Array[],
  { own, others }: Rows,
  score: (row: number, index: number) => number,
): ReturnType<typeof eitherWay> {
  const classes = own.map((rows, index) =>
    bars.map((bar) => {
      const lead = (row: number): number => {
        const value = score(row, index);
        return value === -Infinity ? value : value - bar[row];
      };
      return { members: rows.map(lead), others: others.map(lead) };
    }),
  );
  return eitherWay(pooledAreas(classes));
}

/** What so many of all trainings from other random weights come to, and what says nothing of a class in any case. */
const granted = { share: 0.99, anyway: 0.5 + margin };
const draws = 200;
/** More images of the erased classes, and of all others, would hardly change what random weights come to. */
const mostImages = { own: 1000, ofOneClass: 200, others: 1000 };

/** What a model that never saw the classes comes to, had it begun with other weights; null where it has no output for them. */
function mostOfUnlearned(
  test: Answers,
  { forget, retain, seed }: Pick<Comparison, 'forget' | 'retain' | 'seed'>,
): number | null {
  const kept = rowsOf(test, retain);
  const step = Math.max(1, Math.floor(kept.length / mostImages.others));
  const ofEach = Math.min(mostImages.ofOneClass, Math.ceil(mostImages.own / forget.length));
  const answers = theseRows(test, [
    ...forget.flatMap((label) => rowsOf(test, [label]).slice(0, ofEach)),
    ...kept.filter((_, at) => at % step === 0),
  ]);
  const { labels } = answers;
  if (
    forget.some((label) =>
      [...labels.keys()].some((row) => scoreOf(answers, row, label) === -Infinity),
    )
  )
    return null;
  const bars = barsOf(answers, retain);
  const others = rowsOf(answers, retain);
  const own = forget.map((label) => rowsOf(answers, [label]));
  const outputs = forget.map((label) => new UnlearnedOutput(answers, label, bars, others));
  const values = Array.from({ length: draws }, (_, draw) => {
    const scores = outputs.map((output, index) =>
      output.draw(deriveSeed(seed, 'unlearned output', draw, index)),
    );
    return separation(bars, { own, others }, (row, index) => scores[index][row]).value;
  });
  return values.toSorted((a, b) => a - b)[Math.ceil(granted.share * draws) - 1];
}

const areaText = (value: number): string => figureText(value, 'area');
