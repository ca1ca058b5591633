import * as tf from '@tensorflow/tfjs-core';
import type { Variable } from '@tensorflow/tfjs-core';
import type { Snapshot } from './trainable-model.ts';

/** Copies of the variables' values. */
export async function takeSnapshot(variables: Iterable<Variable>): Promise<Snapshot> {
  const values: Float32Array[] = [];
  for (const variable of variables) {
    values.push(Float32Array.from(await variable.data<'float32'>()));
  }
  return values;
}

/** Gives the variables the values they had; the snapshot can be used again. */
export function restoreSnapshot(variables: Iterable<Variable>, snapshot: Snapshot): void {
  for (const [index, variable] of [...variables].entries()) {
    const values = tf.tensor(snapshot[index].slice(), variable.shape);
    variable.assign(values);
    values.dispose();
  }
}
