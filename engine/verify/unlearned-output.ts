import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { dimensionsOf, scoreOf } from './answers.ts';
import type { Answers } from './evidence.ts';

/**
 * The output of a class that a model never learned. Of such an output training decides one part only, which follows from how
 * sure the model is of the classes that it did learn; the other part is whatever its initial weights make of the features. So
 * another training would have given it other scores: the same first part, and a second one by other random weights.
 */
export class UnlearnedOutput {
  readonly #answers: Answers;
  readonly #kept: readonly number[];
  readonly #basis: Float64Array[] = [];
  /** The part that training decides, and how much the other one varies. */
  readonly #decided: Float64Array;
  readonly #spread: number;

  /**
   * @param label of the class, for which the model has a score in every row
   * @param sureness by row, each a measure of how sure the model is of the classes that it learned
   * @param kept rows of those classes, by which the two parts are told from one another
   */
  constructor(
    answers: Answers,
    label: number,
    sureness: readonly Float64Array[],
    kept: readonly number[],
  ) {
    this.#answers = answers;
    this.#kept = kept;
    for (const values of [new Float64Array(answers.labels.length).fill(1), ...sureness]) {
      const rest = this.#restOf(values);
      const length = this.#lengthOf(rest);
      // What follows from the others already, but for rounding, adds nothing.
      if (length > 1e-6 * this.#lengthOf(values))
        this.#basis.push(rest.map((value) => value / length));
    }
    const scores = Float64Array.from(answers.labels, (_, row) => scoreOf(answers, row, label));
    const rest = this.#restOf(scores);
    this.#decided = scores.map((score, row) => score - rest[row]);
    this.#spread = this.#lengthOf(rest);
  }

  /** The scores that it might as well have, by row. */
  draw(seed: number): Float64Array {
    const dimensions = dimensionsOf(this.#answers);
    const { features } = this.#answers;
    const generator = xoroshiro128plus(seed);
    const weights = Int8Array.from(
      { length: dimensions },
      () => 2 * uniformInt(generator, 0, 1) - 1,
    );
    const random = this.#restOf(
      this.#decided.map((_, row) => {
        let sum = 0;
        for (let at = 0; at < dimensions; at++)
          sum += weights[at] * features[row * dimensions + at];
        return sum;
      }),
    );
    const length = this.#lengthOf(random);
    const scale = length === 0 ? 0 : this.#spread / length;
    return this.#decided.map((decided, row) => decided + scale * random[row]);
  }

  /** What of these values is no linear function of the basis (Gram and Schmidt). */
  #restOf(values: Float64Array): Float64Array {
    return this.#basis.reduce((rest, direction) => {
      const share = this.#product(rest, direction);
      return rest.map((value, row) => value - share * direction[row]);
    }, values);
  }

  #lengthOf(values: Float64Array): number {
    return Math.sqrt(this.#product(values, values));
  }

  #product(a: Float64Array, b: Float64Array): number {
    return this.#kept.reduce((sum, row) => sum + a[row] * b[row], 0);
  }
}
