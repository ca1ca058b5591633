import type { TrainableModel } from '../models/models.ts';

/**
 * The size of a model's weights: the median, over its kernels and matrices, of their root mean square. Adam moves every
 * weight by about its rate, so that rates mean the same for different models when they are relative to this.
 */
export async function weightScale(model: TrainableModel): Promise<number> {
  const sizes: number[] = [];
  for (const variable of model.variables) {
    if (variable.rank < 2) continue;
    const values = await variable.data<'float32'>();
    const squares = values.reduce((sum, value) => sum + value ** 2, 0);
    sizes.push(Math.sqrt(squares / values.length));
  }
  sizes.sort((left, right) => left - right);
  const median = sizes.at(Math.floor(sizes.length / 2));
  if (median === undefined || !(median > 0)) throw new RangeError('the model has no weights');
  return median;
}
