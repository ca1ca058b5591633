import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { axisOrder, inOnnxOrder, onnxShape, type Shape, type Value } from '../layout.ts';
import type { Operator } from '../operator.ts';
import { requireAxes, requireAxis } from './axes.ts';

/** ONNX Slice, of what lies side by side. */
export const slice: Operator = {
  type: 'Slice',
  prepare(node) {
    const inputs = [node.value(0)];
    const missing = (): never => node.contradict('does not say from where to where it takes');
    const startsFor = node.intsOrSizes('starts', 1) ?? missing();
    const endsFor = node.intsOrSizes('ends', 2) ?? missing();
    const declaredAxes = node.intsOrConstant('axes', 3);
    const steps = node.has(4) ? node.constant(4) : [];
    if (steps.some((step) => step !== 1)) {
      node.refuse('takes other than what lies side by side, which is not supported');
    }
    /** Where the part begins on every axis, and its size. */
    const part = (x: Shape, images: number): { begin: number[]; size: Shape } => {
      const [starts, ends] = [startsFor(images), endsFor(images)];
      const axes = declaredAxes ?? [...starts.keys()];
      requireAxes(node, axes, x.length);
      if (starts.length !== axes.length || ends.length !== axes.length) {
        node.contradict('has starts and ends for another number of axes');
      }
      const begin = x.map(() => 0);
      const size = [...x];
      axes.forEach((declared, index) => {
        const axis = requireAxis(node, declared, x.length);
        const [from, to] = [starts[index], ends[index]].map((place) =>
          Math.min(Math.max(place < 0 ? place + x[axis] : place, 0), x[axis]),
        );
        if (to <= from) node.refuse('makes an empty tensor, which is not supported');
        begin[axis] = from;
        size[axis] = to - from;
      });
      return { begin, size };
    };
    return {
      inputs,
      shape: ([x], images) => part(x, images).size,
      run([x], { images }) {
        const { begin, size } = part(onnxShape(x), images);
        return sliced(x, begin, size);
      },
    };
  },
};

export const split: Operator = {
  type: 'Split',
  prepare(node) {
    const inputs = [node.value(0)];
    const count = node.resultCount();
    const declaredAxis = node.int('axis', 0);
    const declared = node.intsOrConstant('split', 1);
    if (node.int('num_outputs', count) !== count) node.contradict('has another number of results');
    const sizesOn = (length: number): readonly number[] => {
      const most = Math.ceil(length / count);
      const sizes =
        declared ?? Array.from({ length: count }, (_, at) => Math.min(most, length - at * most));
      if (sizes.length !== count || sizes.reduce((sum, size) => sum + size, 0) !== length) {
        node.contradict(`splits ${String(length)} into [${sizes.join(', ')}]`);
      }
      if (sizes.some((size) => size < 1))
        node.refuse('makes an empty tensor, which is not supported');
      return sizes;
    };
    return {
      inputs,
      shapes([x]) {
        const axis = requireAxis(node, declaredAxis, x.length);
        return sizesOn(x[axis]).map((size) => x.with(axis, size));
      },
      run([{ tensor, layout }]) {
        const axis = axisOrder(layout, tensor.rank).indexOf(
          requireAxis(node, declaredAxis, tensor.rank),
        );
        const parts = tf.split(tensor, [...sizesOn(tensor.shape[axis])], axis);
        return parts.map((part) => ({ tensor: part, layout }));
      },
    };
  },
};

/** ONNX Gather by indices that are known. */
export const gather: Operator = {
  type: 'Gather',
  prepare(node) {
    const inputs = [node.value(0)];
    const declaredAxis = node.int('axis', 0);
    const declared = node.constant(1);
    const shapeOfIndices = node.storedShape(1) ?? [];
    const indicesOn = (length: number): number[] =>
      declared.map((index) => {
        const fromFront = index < 0 ? index + length : index;
        if (!Number.isInteger(fromFront) || fromFront < 0 || fromFront >= length) {
          node.contradict(`picks number ${String(index)} of ${String(length)}`);
        }
        return fromFront;
      });
    if (declared.length === 0) node.refuse('makes an empty tensor, which is not supported');
    return {
      inputs,
      shape([x]) {
        const axis = requireAxis(node, declaredAxis, x.length);
        indicesOn(x[axis]);
        return x.toSpliced(axis, 1, ...shapeOfIndices);
      },
      run([x]) {
        const { rank } = x.tensor;
        const axis = requireAxis(node, declaredAxis, rank);
        const tensor = inOnnxOrder(x);
        const picked = pick(tensor, indicesOn(tensor.shape[axis]), axis);
        const shape = tensor.shape.toSpliced(axis, 1, ...shapeOfIndices);
        return { tensor: tf.reshape(picked, shape), layout: 'onnx' };
      },
    };
  },
};

function pick(tensor: Tensor, indices: readonly number[], axis: number): Tensor {
  const [first] = indices;
  if (indices.some((index, at) => index !== first + at)) {
    return tf.gather(tensor, tf.tensor1d([...indices], 'int32'), axis);
  }
  const begin = tensor.shape.map((_, at) => (at === axis ? first : 0));
  return tf.slice(tensor, begin, tensor.shape.with(axis, indices.length));
}

/** Part of a value, in the layout that it has. */
function sliced({ tensor, layout }: Value, begin: readonly number[], size: Shape): Value {
  const order = axisOrder(layout, tensor.rank);
  const [from, sizes] = [begin, size].map((each) => order.map((axis) => each[axis]));
  return { tensor: tf.slice(tensor, from, sizes), layout };
}
