import * as tf from '@tensorflow/tfjs-core';
import { axisOrder, inOnnxOrder, type Value } from '../layout.ts';
import type { Operator } from '../operator.ts';
import { requireAxes } from './axes.ts';

export const reduceMean: Operator = {
  type: 'ReduceMean',
  prepare(node) {
    const inputs = [node.value(0)];
    const axes = node.intsOrConstant('axes', 1) ?? [];
    const keeps = node.int('keepdims', 1) !== 0;
    if (node.int('noop_with_empty_axes', 0) !== 0 && axes.length === 0) {
      node.refuse('takes the mean over no axes, which is not supported');
    }
    const reducedAxes = (rank: number): number[] =>
      axes.length === 0 ? [...Array(rank).keys()] : requireAxes(node, axes, rank);
    return {
      inputs,
      shape([x]) {
        const reduced = reducedAxes(x.length);
        const kept = x.map((size, axis) => (reduced.includes(axis) ? 1 : size));
        return keeps ? kept : kept.filter((_, axis) => !reduced.includes(axis));
      },
      run([x]) {
        const { rank } = x.tensor;
        const reduced = reducedAxes(rank);
        const order = axisOrder(x.layout, rank);
        const mean = tf.mean(
          x.tensor,
          reduced.map((axis) => order.indexOf(axis)),
          true,
        );
        const value: Value = { tensor: mean, layout: x.layout };
        return keeps ? value : { tensor: tf.squeeze(inOnnxOrder(value), reduced), layout: 'onnx' };
      },
    };
  },
};
