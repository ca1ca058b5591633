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
    const others = tf.tensor1d(
      [...Array(variable.shape[axis]).keys()].filter((index) => !classes.includes(index)),
      'int32',
    );
    const mean = tf.mean(tf.gather(variable, others, axis), axis, true);
    variable.assign(tf.where(isOneOf(classes, { variable, axis }), mean, variable));
  });
}

/** Adds a number to what a variable holds of some classes. */
export function raise({ variable, axis }: ByClass, classes: readonly number[], by: number): void {
  tf.tidy(() => {
    const raised = tf.add(variable, by);
    variable.assign(tf.where(isOneOf(classes, { variable, axis }), raised, variable));
  });
}

/** Of the variable's rank, with the classes along its axis. */
function isOneOf(classes: readonly number[], { variable, axis }: ByClass): tf.Tensor {
  return tf.tensor(
    [...Array(variable.shape[axis]).keys()].map((index) => classes.includes(index)),
    variable.shape.map((size, at) => (at === axis ? size : 1)),
    'bool',
  );
}
