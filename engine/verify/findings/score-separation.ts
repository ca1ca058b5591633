import { figureText } from '../../protocol/figure-text.ts';
import { jointScoreOf, rowsOf, scoreOf } from '../answers.ts';
import { besides, withoutImages, type FindingDefinition } from '../definition.ts';
import { eitherWay, pooledArea } from '../roc.ts';
import { traceLimit } from '../trace-limit.ts';

/** Of the area under the ROC curve: two models retrained without a class differ by half as much. */
const margin = 0.1;

/**
 * How well the odds that the model gives an erased class, against all classes that were kept, tell test images of that class
 * from images of those: the area under the ROC curve. It does not matter how high the odds are, so that nothing is gained by
 * pressing them down: a class that is only kept from being the first answer is still the second one to its own images, and one
 * number added to its score brings it back. Odds that are conspicuously low give it away as well.
 */
export const scoreSeparation: FindingDefinition = {
  name: 'score-separation',
  required: true,
  measure({ test }, { forget, retain }) {
    const others = rowsOf(test, retain);
    if (others.length === 0) return withoutImages('test', 'kept');
    const own = forget.map((label) => rowsOf(test, [label]));
    if (own.some(({ length }) => length === 0)) return withoutImages('test', 'erased');
    const kept = Float64Array.from(test.labels, (_, row) => jointScoreOf(test, row, retain));
    const areas = forget.map((label, index) => {
      // Logarithms: odds can be as low as they like, and lower ones are still told from them.
      const odds = (row: number): number => {
        const score = scoreOf(test, row, label);
        return score === -Infinity ? score : score - kept[row];
      };
      return { members: own[index].map(odds), others: others.map(odds) };
    });
    const { value, interval } = eitherWay(pooledArea(areas));
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
          ? `The original has ${areaText(found)}. What never saw the class may doubt images of it, and so tell them from others, too; how well, only a retrained model could tell. Clearly less than the original, by ${String(margin)}, is the least.`
          : `A model retrained without the class has ${areaText(found)}: images that it never saw the like of leave it in doubt. ${String(margin)} more are granted, since two such models differ.`,
    }),
  describe: ({ value }, baselines) =>
    `What it scores for the erased class tells images of it from others with an area under the curve of ${areaText(value)}, where 0.5 is guessing; ${besides(baselines, areaText)}.`,
};

const areaText = (value: number): string => figureText(value, 'area');
