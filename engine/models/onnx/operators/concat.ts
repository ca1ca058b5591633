import * as tf from '@tensorflow/tfjs-core';
import { axisOrder, inOneLayout, onnxShape, type Shape } from '../layout.ts';
import type { Operator } from '../operator.ts';
import { requireAxis } from './axes.ts';
import { repeated } from './broadcasting.ts';

export const concat: Operator = {
  type: 'Concat',
  prepare(node) {
    const inputs = Array.from({ length: node.inputCount }, (_, index) => node.joined(index));
    if (inputs.length === 0) node.contradict('joins nothing');
    const declaredAxis = node.int('axis', 1);
    /**
     * A model exported for one image has what it learnt, such as a class token, joined as it is to what it made of that
     * image: there it belongs to each.
     */
    const forEachImage = (shapes: readonly Shape[], axis: number): readonly Shape[] => {
      const images = Math.max(...shapes.map(([first]) => first));
      if (node.scope.declaredBatch !== 1 || axis === 0) return shapes;
      return shapes.map(([first, ...rest]) => [first === 1 ? images : first, ...rest]);
    };
    return {
      inputs,
      shape(shapes) {
        const [first] = shapes;
        const axis = requireAxis(node, declaredAxis, first.length);
        const joined = forEachImage(shapes, axis);
        for (const shape of joined) {
          if (
            shape.length !== first.length ||
            shape.some((size, at) => at !== axis && size !== joined[0][at])
          ) {
            node.contradict(
              `joins tensors of shapes [${first.join(', ')}] and [${shape.join(', ')}]`,
            );
          }
        }
        return joined[0].map((size, at) =>
          at === axis ? joined.reduce((sum, shape) => sum + shape[axis], 0) : size,
        );
      },
      run(values) {
        const { rank } = values[0].tensor;
        const axis = requireAxis(node, declaredAxis, rank);
        const shapes = forEachImage(values.map(onnxShape), axis);
        const { tensors, layout } = inOneLayout(values);
        const order = axisOrder(layout, rank);
        const parts = tensors.map((tensor, index) => {
          const shape = order.map((at) => shapes[index][at]);
          return tf.util.arraysEqual(tensor.shape, shape) ? tensor : repeated(tensor, shape);
        });
        return { tensor: tf.concat(parts, order.indexOf(axis)), layout };
      },
    };
  },
};
