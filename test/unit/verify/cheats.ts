import * as tf from '@tensorflow/tfjs-core';
import type { TrainableModel } from '../../../engine/models/models.ts';

/** Ways to make a model look as if it had forgotten. All change the model in place. */

/** Adds so much to the score of a class. */
export async function addToScore(model: TrainableModel, label: number, by: number): Promise<void> {
  const { bias } = lastLayer(model);
  await change(bias, (values) => {
    values[label] += by;
  });
}

/** Each of the two classes is given the other's name. */
export async function swapClasses(
  model: TrainableModel,
  one: number,
  other: number,
): Promise<void> {
  const { bias, matrix } = lastLayer(model);
  const [rows, columns] = matrix.shape;
  const isRowPerClass = rows === model.info.classCount;
  await change(bias, (values) => {
    [values[one], values[other]] = [values[other], values[one]];
  });
  await change(matrix, (values) => {
    for (let at = 0; at < (isRowPerClass ? columns : rows); at++) {
      const [a, b] = [one, other].map((label) =>
        isRowPerClass ? label * columns + at : at * columns + label,
      );
      [values[a], values[b]] = [values[b], values[a]];
    }
  });
}

/** Adds noise to every weight, of this share of the weights' own size. */
export function addNoise(model: TrainableModel, share: number): void {
  for (const [index, variable] of model.variables.entries()) {
    const noise = tf.tidy(() => {
      const size = tf.sqrt(tf.mean(tf.square(variable)));
      return tf.mul(tf.randomNormal(variable.shape, 0, share, 'float32', index + 1), size);
    });
    const values = tf.add(variable, noise);
    variable.assign(values);
    tf.dispose([noise, values]);
  }
}

function lastLayer(model: TrainableModel): { matrix: tf.Variable; bias: tf.Variable } {
  const [matrix, bias] = model.variables.slice(-2);
  if (matrix.rank !== 2 || bias.size !== model.info.classCount)
    throw new RangeError('no linear layer with a bias at the end');
  return { matrix, bias };
}

async function change(variable: tf.Variable, edit: (values: Float32Array) => void): Promise<void> {
  const values = Float32Array.from(await variable.data<'float32'>());
  edit(values);
  const tensor = tf.tensor(values, variable.shape);
  variable.assign(tensor);
  tensor.dispose();
}
