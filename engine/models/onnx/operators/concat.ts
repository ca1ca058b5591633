import * as tf from '@tensorflow/tfjs-core';
import { axisOrder, channelsLast, inOnnxOrder } from '../layout.ts';
import type { Operator } from '../operator.ts';
import { requireAxis } from './axes.ts';

export const concat: Operator = {
  type: 'Concat',
  prepare(node) {
    const inputs = Array.from({ length: node.inputCount }, (_, index) => node.value(index));
    if (inputs.length === 0) node.contradict('joins nothing');
    const declaredAxis = node.int('axis', 1);
    return {
      inputs,
      shape(shapes) {
        const [first] = shapes;
        const axis = requireAxis(node, declaredAxis, first.length);
        for (const shape of shapes) {
          if (
            shape.length !== first.length ||
            shape.some((size, at) => at !== axis && size !== first[at])
          ) {
            node.contradict(
              `joins tensors of shapes [${first.join(', ')}] and [${shape.join(', ')}]`,
            );
          }
        }
        return first.map((size, at) =>
          at === axis ? shapes.reduce((sum, shape) => sum + shape[axis], 0) : size,
        );
      },
      run(values) {
        const { rank } = values[0].tensor;
        const layout = rank === 4 ? 'channels-last' : 'onnx';
        const axis = axisOrder(layout, rank).indexOf(requireAxis(node, declaredAxis, rank));
        const tensors = values.map(rank === 4 ? channelsLast : inOnnxOrder);
        return { tensor: tf.concat(tensors, axis), layout };
      },
    };
  },
};
