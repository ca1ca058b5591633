import { transposed } from '../layout.ts';
import type { Operator } from '../operator.ts';
import { requireAxes } from './axes.ts';

export const transpose: Operator = {
  type: 'Transpose',
  prepare(node) {
    const inputs = [node.value(0)];
    const permutation = node.ints('perm');
    const permutationOf = (rank: number): readonly number[] =>
      permutation ?? [...Array(rank).keys()].reverse();
    return {
      inputs,
      shape([x]) {
        const axes = permutationOf(x.length);
        if (
          requireAxes(node, axes, x.length).length !== x.length ||
          axes.some((axis) => axis < 0)
        ) {
          node.contradict('has a perm that does not name every axis once');
        }
        return axes.map((axis) => x[axis]);
      },
      run: ([x]) => transposed(x, permutationOf(x.tensor.rank)),
    };
  },
};
