import * as tf from '@tensorflow/tfjs-core';
import type { Operator } from '../operator.ts';

export const dropout: Operator = {
  type: 'Dropout',
  prepare(node) {
    const inputs = [node.value(0)];
    const rate = node.float('ratio', node.has(1) ? (node.constant(1)[0] ?? 0.5) : 0.5);
    if (rate < 0 || rate >= 1)
      node.refuse(`drops a share of ${String(rate)}, which is not supported`);
    // Draws of its own are what the model's seed is for.
    node.int('seed', 0);
    if (node.has(2) && node.constant(2)[0] !== 0) {
      node.refuse('was exported in training mode; export the model for inference (eval mode)');
    }
    return {
      inputs,
      shape: ([x]) => x,
      run: ([{ tensor, layout }], context) => ({
        tensor: context.training
          ? tf.dropout(tensor, rate, undefined, context.nextSeed())
          : tf.clone(tensor),
        layout,
      }),
    };
  },
};
