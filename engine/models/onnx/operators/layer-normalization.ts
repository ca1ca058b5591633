import * as tf from '@tensorflow/tfjs-core';
import { layerNormalization as normalize } from '../../../operations/layer-normalization.ts';
import { inOnnxOrder } from '../layout.ts';
import type { Operator } from '../operator.ts';
import { requireAxis } from './axes.ts';
import { product } from './sizes.ts';

/** ONNX LayerNormalization over the last axes, from one on. */
export const layerNormalization: Operator = {
  type: 'LayerNormalization',
  prepare(node) {
    const inputs = [node.value(0), node.weight(1)];
    if (node.has(2)) inputs.push(node.weight(2));
    const declaredAxis = node.int('axis', -1);
    const epsilon = node.float('epsilon', 1e-5);
    // With which precision the statistics are computed: float32 is the only one here.
    node.int('stash_type', 1);
    return {
      inputs,
      shape([x, ...parameters]) {
        const axis = requireAxis(node, declaredAxis, x.length);
        if (axis === 0) node.refuse('normalises over the batch, which is not supported');
        const normalized = x.slice(axis);
        if (parameters.some((shape) => shape.join() !== normalized.join())) {
          node.contradict('has other than one scale for each of the numbers it normalises');
        }
        return x;
      },
      run([x, scale, ...offsets]) {
        const tensor = inOnnxOrder(x);
        const size = scale.tensor.size;
        const flat = tf.reshape<tf.Rank.R1>(inOnnxOrder(scale), [size]);
        const [offset = tf.zeros<tf.Rank.R1>([size])] = offsets.map((each) =>
          tf.reshape<tf.Rank.R1>(inOnnxOrder(each), [size]),
        );
        const rows = tf.reshape(tensor, [product(tensor.shape) / size, size]);
        const normalized = normalize(rows, flat, offset, epsilon);
        return { tensor: tf.reshape(normalized, tensor.shape), layout: 'onnx' };
      },
    };
  },
};
