import * as tf from '@tensorflow/tfjs-core';
import { inOnnxOrder, onnxShape, type Shape, type Value } from '../layout.ts';
import type { NodeReader } from '../node-reader.ts';
import type { Operation, Operator } from '../operator.ts';
import { requireAxes } from './axes.ts';
import { fillIn, product } from './sizes.ts';

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
    const targetFor = node.sizes(1);
    const keepsZeros = node.int('allowzero', 0) !== 0;
    const { declaredBatch } = node.scope;
    const { fromImages } = node.origin(0);
    return reshapingTo(node, (shape, images) => {
      const target = targetFor(images);
      if (keepsZeros && target.includes(0)) {
        node.refuse('makes an empty tensor, which is not supported');
      }
      // A model exported for one batch size has it written into its reshapes: there it means the batch.
      const meansBatch = fromImages && target[0] === declaredBatch;
      const candidates = meansBatch ? [[0, ...target.slice(1)], target] : [target];
      const result = candidates
        .map((candidate) => fillIn(candidate, shape))
        .find((filled) => filled.every((size) => size > 0) && product(filled) === product(shape));
      if (result === undefined && fromImages && declaredBatch !== null) {
        node.refuse(
          `takes just ${String(declaredBatch)} images at a time; export the model with its batch size left open`,
        );
      }
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
function reshapingTo(node: NodeReader, shapeOf: (from: Shape, images: number) => Shape): Operation {
  return {
    inputs: [node.value(0)],
    shape: ([x], images) => shapeOf(x, images),
    run([x], { images }) {
      const shape = shapeOf(onnxShape(x), images);
      return (
        onePlaceAfterTheOther(x, shape) ?? {
          tensor: tf.reshape(inOnnxOrder(x), [...shape]),
          layout: 'onnx',
        }
      );
    },
  };
}

/** A feature map whose rows are put one behind the other: with channels last nothing has to move for it. */
function onePlaceAfterTheOther({ tensor, layout }: Value, shape: Shape): Value | null {
  if (layout !== 'channels-last' || tensor.rank !== 4 || shape.length !== 3) return null;
  const [images, height, width, channels] = tensor.shape;
  if (shape[0] !== images || shape[1] !== channels) return null;
  return { tensor: tf.reshape(tensor, [images, height * width, channels]), layout };
}
