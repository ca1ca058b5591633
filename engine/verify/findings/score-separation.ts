import { figureText } from '../../protocol/figure-text.ts';
import { jointScoreOf, rowsOf, scoreOf } from '../answers.ts';
import { besides, withoutImages, type FindingDefinition } from '../definition.ts';
import type { Answers } from '../evidence.ts';
import { eitherWay, pooledArea, type Area } from '../roc.ts';
import { traceLimit } from '../trace-limit.ts';

/**
 * Of the area under the ROC curve: measured on thousands of images, two models retrained without a class differ by half as
 * much. On few images they differ by more, and the interval is as wide.
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
    const areaOver = (opponent: Opponent): Area => {
      const bars = Float64Array.from(test.labels, (_, row) => opponent(test, row, retain));
      return pooledArea(
        forget.map((label, index) => {
          const lead = (row: number): number => {
            const score = scoreOf(test, row, label);
            return score === -Infinity ? score : score - bars[row];
          };
          return { members: own[index].map(lead), others: others.map(lead) };
        }),
      );
    };
    const { value, interval } = eitherWay(
      retain.length === 1 ? [areaOver(jointScoreOf)] : [jointScoreOf, runnersUpOf].map(areaOver),
    );
    return {
      value,
      unit: 'area',
      interval,
      samples: own.flat().length + others.length,
      figures: [],
    };
  },
  threshold: (baselines) =>
    traceLimit(baselines, {
      margin,
      reason: (found, basis) =>
        basis === 'original'
          ? `The original has ${areaText(found)}. What never saw the class may score it by what its images have in common with others; how much that tells, only a retrained model could show. Clearly less than the original, by ${String(margin)}, is the least.`
          : `A model retrained without the class has ${areaText(found)}. ${String(margin)} more are granted, since two such models differ.`,
    }),
  describe: ({ value }, baselines) =>
    `What it scores for the erased class, doubt set aside, tells images of it from others with an area under the curve of ${areaText(value)}, where 0.5 is guessing; ${besides(baselines, areaText)}.`,
};

/** What a class's score is compared with in one row: some score of the classes that were kept. */
type Opponent = (answers: Answers, row: number, retain: readonly number[]) => number;

/** The mean score of the kept classes but the first of them. */
function runnersUpOf(answers: Answers, row: number, retain: readonly number[]): number {
  const scores = retain.map((label) => scoreOf(answers, row, label));
  const sum = scores.reduce((total, score) => total + score, 0);
  return (sum - Math.max(...scores)) / (scores.length - 1);
}

const areaText = (value: number): string => figureText(value, 'area');
