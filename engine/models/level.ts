import * as tf from '@tensorflow/tfjs-core';
import type { Variable } from '@tensorflow/tfjs-core';

/** A variable that holds something of each class. */
export interface ByClass {
  readonly variable: Variable;
  /** Along which the classes lie. */
  readonly axis: number;
}

/** Replaces what a variable holds of some classes by the mean of what it holds of the others. */
export function level({ variable, axis }: ByClass, classes: readonly number[]): void {
  tf.tidy(() => {
    const all = [...Array(variable.shape[axis]).keys()];
    const others = tf.tensor1d(
      all.filter((index) => !classes.includes(index)),
      'int32',
    );
    const isLevelled = tf.tensor(
      all.map((index) => classes.includes(index)),
      variable.shape.map((size, at) => (at === axis ? size : 1)),
      'bool',
    );
    const mean = tf.mean(tf.gather(variable, others, axis), axis, true);
    variable.assign(tf.where(isLevelled, mean, variable));
  });
}
