import * as tf from '@tensorflow/tfjs-core';
import { axisOrder } from '../layout.ts';
import type { Operator } from '../operator.ts';
import { requireAxis } from './axes.ts';

/** ONNX Pad with a constant; nothing is cut off. */
export const pad: Operator = {
  type: 'Pad',
  prepare(node) {
    const inputs = [node.value(0)];
    const mode = node.text('mode', 'constant');
    if (mode !== 'constant')
      node.refuse(`pads in the mode ${mode.slice(0, 20)}, which is not supported`);
    const pads = node.intsOrConstant('pads', 1);
    if (pads === null) return node.contradict('does not say how much it pads');
    if (pads.some((size) => size < 0))
      node.refuse('pads by less than nothing, which is not supported');
    const filling = node.float('value', node.has(2) ? (node.constant(2)[0] ?? 0) : 0);
    const axes = node.has(3) ? node.constant(3) : null;
    /** Before and after, for every axis in ONNX's order. */
    const paddings = (rank: number): [number, number][] => {
      const padded = axes ?? [...Array(rank).keys()];
      if (pads.length !== 2 * padded.length) node.contradict('has pads for another number of axes');
      const result = Array.from({ length: rank }, (): [number, number] => [0, 0]);
      padded.forEach((axis, index) => {
        result[requireAxis(node, axis, rank)] = [pads[index], pads[index + padded.length]];
      });
      return result;
    };
    return {
      inputs,
      shape([x]) {
        const added = paddings(x.length);
        return x.map((size, axis) => size + added[axis][0] + added[axis][1]);
      },
      run([{ tensor, layout }]) {
        const added = paddings(tensor.rank);
        const inMemory = axisOrder(layout, tensor.rank).map((axis) => added[axis]);
        return { tensor: tf.pad(tensor, inMemory, filling), layout };
      },
    };
  },
};
