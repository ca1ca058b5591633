import * as tf from '@tensorflow/tfjs-core';
import { inOnnxOrder, onnxShape, type Shape } from '../layout.ts';
import type { NodeReader } from '../node-reader.ts';
import type { Operation, Operator } from '../operator.ts';
import { requireAxes } from './axes.ts';

export const flatten: Operator = {
  type: 'Flatten',
  prepare(node) {
    const axis = node.int('axis', 1);
    return reshapingTo(node, (shape) => {
      const split = axis < 0 ? axis + shape.length : axis;
      if (split < 0 || split > shape.length) node.contradict(`flattens at axis ${String(axis)}`);
      return [product(shape.slice(0, split)), product(shape.slice(split))];
    });
  },
};

export const reshape: Operator = {
  type: 'Reshape',
  prepare(node) {
    const target = node.constant(1);
    if (node.int('allowzero', 0) !== 0 && target.includes(0)) {
      node.refuse('makes an empty tensor, which is not supported');
    }
    // A model exported for one batch size has it written into its reshapes: there it means the batch.
    const meansBatch = node.origin(0).fromImages && target[0] === node.scope.declaredBatch;
    return reshapingTo(node, (shape) => {
      const candidates = meansBatch ? [[0, ...target.slice(1)], target] : [target];
      const result = candidates
        .map((candidate) => filledIn(candidate, shape))
        .find((filled) => product(filled) === product(shape));
      return result ?? node.contradict(`reshapes [${shape.join(', ')}] to [${target.join(', ')}]`);
    });
  },
};

export const squeeze: Operator = {
  type: 'Squeeze',
  prepare(node) {
    const axes =
      node.intsOrConstant('axes', 1) ??
      node.refuse('does not say which axes it removes, which is not supported');
    return reshapingTo(node, (shape) => {
      const removed = requireAxes(node, axes, shape.length);
      if (removed.some((axis) => shape[axis] !== 1)) {
        node.contradict(`removes axes of [${shape.join(', ')}] that are not 1`);
      }
      return shape.filter((_, axis) => !removed.includes(axis));
    });
  },
};

export const unsqueeze: Operator = {
  type: 'Unsqueeze',
  prepare(node) {
    const axes =
      node.intsOrConstant('axes', 1) ?? node.contradict('does not say where it adds axes');
    return reshapingTo(node, (shape) => {
      const rank = shape.length + axes.length;
      const result = [...shape];
      for (const axis of requireAxes(node, axes, rank)) result.splice(axis, 0, 1);
      return result;
    });
  },
};

/** Counts the same numbers out anew, in ONNX's order. */
function reshapingTo(node: NodeReader, shape: (from: Shape) => Shape): Operation {
  return {
    inputs: [node.value(0)],
    shape: ([x]) => shape(x),
    run: ([x]) => ({
      tensor: tf.reshape(inOnnxOrder(x), [...shape(onnxShape(x))]),
      layout: 'onnx',
    }),
  };
}

/** ONNX's target shape with its 0 (as before) and −1 (what is left) resolved. */
function filledIn(target: readonly number[], shape: Shape): number[] {
  const copied = target.map((size, axis) => (size === 0 ? (shape[axis] ?? 0) : size));
  const known = product(copied.filter((size) => size !== -1));
  return copied.map((size) => (size === -1 ? product(shape) / known : size));
}

function product(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total * size, 1);
}
