import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { add } from '../../../operations/add.ts';
import { inOneLayout } from '../layout.ts';
import type { Operator } from '../operator.ts';
import { broadcastShape } from './broadcasting.ts';

/** Operators on two tensors, number by number, the smaller one repeated as in NumPy. */
export const arithmetic: readonly Operator[] = [
  operator('Add', add),
  operator('Sub', tf.sub),
  operator('Mul', tf.mul),
  operator('Div', tf.div),
];

function operator(type: string, compute: (a: Tensor, b: Tensor) => Tensor): Operator {
  return {
    type,
    prepare(node) {
      return {
        inputs: [node.operand(0, 1), node.operand(1, 0)],
        shape: ([a, b]) => broadcastShape(node, a, b),
        run(values) {
          const { tensors, layout } = inOneLayout(values);
          return { tensor: compute(tensors[0], tensors[1]), layout };
        },
      };
    },
  };
}
