import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { inOnnxOrder, onnxShape, type Shape } from '../layout.ts';
import type { Operator } from '../operator.ts';
import { broadcastShape, repeated } from './broadcasting.ts';

export const expand: Operator = {
  type: 'Expand',
  prepare(node) {
    const inputs = [node.value(0)];
    const targetFor = node.sizes(1);
    const { declaredBatch } = node.scope;
    const shape = (x: Shape, images: number): Shape => {
      const [first, ...rest] = targetFor(images);
      if ([first, ...rest].some((size) => size < 1)) {
        node.refuse('makes an empty tensor, which is not supported');
      }
      // A model exported for one batch size has it written into its shapes: there it means the batch.
      const target = first === declaredBatch && first > 1 ? [images, ...rest] : [first, ...rest];
      return broadcastShape(node, x, target);
    };
    return {
      inputs,
      shape: ([x], images) => shape(x, images),
      run: ([x], { images }) => ({
        tensor: repeated(inOnnxOrder(x), shape(onnxShape(x), images)),
        layout: 'onnx',
      }),
    };
  },
};

export const tile: Operator = {
  type: 'Tile',
  prepare(node) {
    const inputs = [node.value(0)];
    const timesFor = node.sizes(1);
    return {
      inputs,
      shape([x], images) {
        const times = timesFor(images);
        if (times.length !== x.length || times.some((count) => count < 1)) {
          node.contradict(
            `repeats a tensor of ${String(x.length)} axes [${times.join(', ')}] times`,
          );
        }
        return x.map((size, axis) => size * times[axis]);
      },
      run([x], { images }) {
        const times = timesFor(images);
        const tensor = times.reduce<Tensor>(
          (part, count, axis) => (count === 1 ? part : copies(part, count, axis)),
          tf.clone(inOnnxOrder(x)),
        );
        return { tensor, layout: 'onnx' };
      },
    };
  },
};

/** The tensor so many times, one behind the other. */
function copies(tensor: Tensor, count: number, axis: number): Tensor {
  const { shape } = tensor;
  const apart = repeated(tf.expandDims(tensor, axis), shape.toSpliced(axis, 0, count));
  return tf.reshape(apart, shape.with(axis, count * shape[axis]));
}
