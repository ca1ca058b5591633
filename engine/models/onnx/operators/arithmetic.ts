import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { channelsLast, inOnnxOrder, onnxShape, type Value } from '../layout.ts';
import type { Operator } from '../operator.ts';

/** Operators on two tensors, number by number, the smaller one repeated as in NumPy. */
export const arithmetic: readonly Operator[] = [
  operator('Add', tf.add),
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
        shape([a, b]) {
          const rank = Math.max(a.length, b.length);
          return withRank(a, rank).map((size, axis) => {
            const other = withRank(b, rank)[axis];
            if (size !== other && size !== 1 && other !== 1) {
              node.contradict(`joins tensors of shapes [${a.join(', ')}] and [${b.join(', ')}]`);
            }
            return size === 1 ? other : size;
          });
        },
        run([a, b]) {
          const rank = Math.max(a.tensor.rank, b.tensor.rank);
          if (rank !== 4) {
            return { tensor: compute(inOnnxOrder(a), inOnnxOrder(b)), layout: 'onnx' };
          }
          const tensor = compute(channelsLast(fourAxes(a)), channelsLast(fourAxes(b)));
          return { tensor, layout: 'channels-last' };
        },
      };
    },
  };
}

function fourAxes(value: Value): Value {
  if (value.tensor.rank === 4) return value;
  const shape = withRank(onnxShape(value), 4);
  return { tensor: tf.reshape(inOnnxOrder(value), [...shape]), layout: 'onnx' };
}

/** The shape with axes of size one put before it. */
function withRank(shape: readonly number[], rank: number): readonly number[] {
  return [...Array<number>(rank - shape.length).fill(1), ...shape];
}
