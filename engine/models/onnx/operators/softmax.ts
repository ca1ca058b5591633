import * as tf from '@tensorflow/tfjs-core';
import { softmax as softmaxOfRows } from '../../../operations/softmax.ts';
import { inOnnxOrder, onnxShape } from '../layout.ts';
import type { Operator } from '../operator.ts';
import { requireAxis } from './axes.ts';

/** Since this version over one axis; before, over all axes from one on. */
const overOneAxis = 13;

export const softmax: Operator = {
  type: 'Softmax',
  prepare(node) {
    const inputs = [node.value(0)];
    const single = node.scope.opset >= overOneAxis;
    const declaredAxis = node.int('axis', single ? -1 : 1);
    return {
      inputs,
      shape([x]) {
        const axis = requireAxis(node, declaredAxis, x.length);
        if (axis === 0) node.refuse('is a softmax over the batch, which is not supported');
        if (single && x.slice(axis + 1).some((size) => size !== 1)) {
          node.refuse('is a softmax over other than the last axis, which is not supported');
        }
        return x;
      },
      run([x]) {
        const shape = [...onnxShape(x)];
        const rows = shape.slice(0, requireAxis(node, declaredAxis, shape.length));
        const matrix = tf.reshape<tf.Rank.R2>(inOnnxOrder(x), [
          rows.reduce((a, b) => a * b, 1),
          -1,
        ]);
        return { tensor: tf.reshape(softmaxOfRows(matrix), shape), layout: 'onnx' };
      },
    };
  },
};
