import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { NodeReader } from '../node-reader.ts';
import type { Operator } from '../operator.ts';

/** Operators that change every number by itself, so that any layout will do. */
export const elementWise: readonly Operator[] = [
  operator('Relu', () => tf.relu),
  operator('Sigmoid', () => tf.sigmoid),
  operator('LeakyRelu', (node) => {
    const alpha = node.float('alpha', 0.01);
    return (x) => tf.leakyRelu(x, alpha);
  }),
  operator('Clip', (node) => {
    const bound = (name: string, index: number, open: number): number =>
      node.float(name, node.has(index) ? (node.constant(index)[0] ?? open) : open);
    const least = bound('min', 1, -Infinity);
    const most = bound('max', 2, Infinity);
    if (least > most) node.contradict('has a min above its max');
    return (x) => tf.clipByValue(x, least, most);
  }),
];

function operator(type: string, prepare: (node: NodeReader) => (x: Tensor) => Tensor): Operator {
  return {
    type,
    prepare(node) {
      const inputs = [node.value(0)];
      const compute = prepare(node);
      return {
        inputs,
        shape: ([x]) => x,
        run: ([{ tensor, layout }]) => ({ tensor: compute(tensor), layout }),
      };
    },
  };
}
