import { figureText, percentText } from '../../protocol/figure-text.ts';
import type { Figure } from '../../protocol/finding.ts';
import { deriveSeed } from '../../random.ts';
import { probabilitiesOf, rowsOf } from '../answers.ts';
import { withoutImages, type FindingDefinition } from '../definition.ts';
import type { Answers } from '../evidence.ts';
import { bootstrapMean } from '../interval.ts';

/** Bits: retrained models are 0.03 and more away. */
const usual = 0.01;
/** Of the reference's, where kept classes differ so plainly that even models trained apart agree. */
const share = 0.25;

/**
 * How far the model's answers for the erased classes' test images are from the original's, if the original had to choose
 * among the classes that were kept: Jensen–Shannon divergence of the two (Lin 1991), in bits, the mean over the images.
 * Beside it, the distance to the reference, and how many images are nearer to it than to the original.
 */
export const outputDistance: FindingDefinition = {
  name: 'output-distance',
  required: true,
  measure({ test }, { original, reference, forget, retain, seed }) {
    const rows = rowsOf(test, forget);
    if (rows.length === 0) return withoutImages('test', 'erased');
    if (retain.length < 2) {
      return {
        why: 'Only one class is left, so every model gives the same answer.',
        needs: 'A model with two classes left, at least.',
        costs: 'Nothing can be done about it.',
        waived: true,
      };
    }
    const to = (other: Answers): number[] =>
      rows.map((row) =>
        jensenShannon(probabilitiesOf(test, row, retain), probabilitiesOf(other, row, retain)),
      );
    const toOriginal = to(original.test);
    return {
      value: mean(toOriginal),
      unit: 'bits',
      interval: bootstrapMean(toOriginal, deriveSeed(seed, 'output-distance')),
      samples: rows.length,
      figures: reference === null ? [] : nearness(toOriginal, to(reference.test)),
    };
  },
  threshold({ reference }) {
    const ofReference = reference === null ? Infinity : reference.value * share;
    const isLower = ofReference < usual;
    const limit = isLower ? ofReference : usual;
    return {
      direction: 'at-least',
      limit,
      reach: limit,
      beyond: 'fail',
      basis: isLower ? 'reference' : 'fixed',
      reason: `Below ${bitsText(limit)} the model says what the original says with its answer struck out: the class is masked, not forgotten. ${
        isLower
          ? `A model retrained without the class is ${bitsText(ofReference / share)} away, and a quarter of that is enough: there is little else to say.`
          : 'Models that were trained apart differ by several times as much.'
      }`,
    };
  },
  describe: ({ value, figures }, { reference }) => {
    const nearer = figures.find(({ unit }) => unit === 'percent');
    const retrained =
      reference === null
        ? ''
        : `; those of a model retrained without it are ${bitsText(reference)} away`;
    const closer =
      nearer === undefined
        ? ''
        : ` It is nearer to the retrained model than to the original in ${percentText(nearer.value)} of the images.`;
    return `For the erased class its answers are ${bitsText(value)} away from the original's with the class struck out${retrained}.${closer}`;
  },
};

const bitsText = (value: number): string => figureText(value, 'bits');

function nearness(toOriginal: readonly number[], toReference: readonly number[]): Figure[] {
  const nearer = toReference.filter((distance, at) => distance < toOriginal[at]).length;
  return [
    { label: 'distance to the reference', class: null, value: mean(toReference), unit: 'bits' },
    {
      label: 'images nearer to the reference than to the original',
      class: null,
      value: (100 * nearer) / toReference.length,
      unit: 'percent',
    },
  ];
}

function jensenShannon(p: readonly number[], q: readonly number[]): number {
  let sum = 0;
  p.forEach((value, index) => {
    const middle = (value + q[index]) / 2;
    if (value > 0) sum += (value * Math.log2(value / middle)) / 2;
    if (q[index] > 0) sum += (q[index] * Math.log2(q[index] / middle)) / 2;
  });
  return Math.max(0, sum);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
