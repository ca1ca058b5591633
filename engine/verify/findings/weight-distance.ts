import { relativeDistance } from '../../models/relative-distance.ts';
import { percentText } from '../../protocol/figure-text.ts';
import type { Figure } from '../../protocol/finding.ts';
import { dimensionsOf } from '../answers.ts';
import { type FindingDefinition, type Waiver } from '../definition.ts';
import type { Evidence, Weight } from '../evidence.ts';

/** A float32 copy differs by 1e-7 of its length, one of half precision by 4e-4. */
const limit = 0.001;

/**
 * How far the weights moved from the original's: ‖w − w₀‖ / ‖w₀‖, over all layers but the last, and layer by layer beside it. It
 * finds a model of which only the last layer was changed, or nothing; that weights moved does not prove that they forgot
 * (Thudi et al. 2022).
 */
export const weightDistance: FindingDefinition = {
  name: 'weight-distance',
  required: true,
  measure(evidence, { original }) {
    if (!isAlike(evidence, original)) return anotherNetwork;
    const inner = evidence.weights.length - lastLayerWeights(original);
    const before = original.weights.slice(0, inner);
    const value = distance(evidence.weights.slice(0, inner), before);
    const figures = evidence.weights.map((weight, index): Figure => ({
      label: `weights ${String(index + 1)}: ${weight.shape.join('×')}`,
      class: null,
      value: distance([weight], [original.weights[index]]),
      unit: 'ratio',
    }));
    return {
      value,
      unit: 'ratio',
      interval: [value, value],
      samples: before.reduce((sum, { values }) => sum + values.length, 0),
      figures,
    };
  },
  threshold: () => ({
    direction: 'at-least',
    limit,
    reach: limit,
    beyond: 'fail',
    basis: 'fixed',
    reason: `Saving a model again in other numbers moves its weights by less than ${String(100 * limit)}%. Where the inner layers moved no more, what they knew of the class is still there, and only the last layer hides it.`,
  }),
  describe: ({ value }) =>
    `Its weights, the last layer left aside, differ from the original's by ${percentText(100 * value)} of their size.`,
};

const anotherNetwork: Waiver = {
  why: "Its weights cannot be compared with the original's: it is another network, or in another format.",
  needs: 'The model in the format and with the layers of the original.',
  costs: 'Nothing where it can be had; the features are compared all the same.',
  waived: true,
};

function isAlike(one: Evidence, other: Evidence): boolean {
  const shapes = ({ weights }: Evidence): string =>
    JSON.stringify(weights.map(({ shape }) => shape));
  return one.format === other.format && shapes(one) === shapes(other);
}

/** How many of the model's weights, at their end, are the last layer's: its matrix, and a bias if it has one. */
function lastLayerWeights({ weights, classCount, test }: Evidence): number {
  const matrix = dimensionsOf(test) * classCount;
  const tail = weights.slice(-2).map(({ values }) => values.length);
  const isLastLayer = (size: number): boolean => size === matrix || size === classCount;
  if (tail.every(isLastLayer)) return tail.length;
  return isLastLayer(tail.at(-1) ?? 0) ? 1 : 0;
}

function distance(now: readonly Weight[], before: readonly Weight[]): number {
  const valuesOf = (weights: readonly Weight[]): Float32Array[] =>
    weights.map(({ values }) => values);
  return relativeDistance(valuesOf(now), valuesOf(before));
}
