import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';

/** Sizes in the order that ONNX gives them: [N, C, H, W] for feature maps. */
export type Shape = readonly number[];

/**
 * How a tensor lies in memory. ONNX puts channels first, TensorFlow.js computes with channels last, so a tensor keeps the
 * order in which an operation left it until another asks for one.
 * - `onnx`: the axes in ONNX's order
 * - `channels-last`: [N, H, W, C] for ONNX's [N, C, H, W], and with any number of axes between
 * - `transposed`: the last two axes have changed places, as a product of matrices takes them too
 * - `kernel`: [H, W, in, out] for ONNX's [out, in, H, W]
 */
export type Layout = 'onnx' | 'channels-last' | 'transposed' | 'kernel';

/** A tensor on its way through the graph. */
// tf.tidy takes types with known names only, which interfaces are not.
// eslint-disable-next-line @typescript-eslint/consistent-type-definitions
export type Value = { readonly tensor: Tensor; readonly layout: Layout };

/** Which ONNX axis each axis in memory holds. */
export function axisOrder(layout: Layout, rank: number): readonly number[] {
  const [first, ...others] = Array(rank).keys();
  switch (layout) {
    case 'onnx':
      return [...Array(rank).keys()];
    case 'channels-last': {
      const [channels, ...between] = others;
      return [first, ...between, channels];
    }
    case 'transposed':
      return [...Array(rank - 2).keys(), rank - 1, rank - 2];
    case 'kernel':
      return [2, 3, 1, 0];
  }
}

/** The value's sizes in ONNX's order. */
export function onnxShape({ tensor, layout }: Value): Shape {
  const order = axisOrder(layout, tensor.rank);
  return order.map((_, axis) => tensor.shape[order.indexOf(axis)]);
}

/** The value's tensor with its axes in ONNX's order. */
export function inOnnxOrder(value: Value): Tensor {
  return arranged(value, 'onnx');
}

/** A feature map as [N, H, W, C]. */
export function channelsLast(value: Value): Tensor4D {
  return fourAxes(arranged(value, 'channels-last'));
}

/** Convolution weights as [H, W, in, out]. */
export function asKernel(value: Value): Tensor4D {
  return fourAxes(arranged(value, 'kernel'));
}

/** ONNX's Transpose: nothing moves in memory where the result has a layout with a name. */
export function transposed({ tensor, layout }: Value, permutation: readonly number[]): Value {
  const from = axisOrder(layout, tensor.rank);
  const order = from.map((axis) => permutation.indexOf(axis)).join();
  for (const name of ['onnx', 'channels-last', 'transposed'] as const) {
    if (tensor.rank >= 2 && axisOrder(name, tensor.rank).join() === order) {
      return { tensor: tf.clone(tensor), layout: name };
    }
  }
  const axes = permutation.map((axis) => from.indexOf(axis));
  return { tensor: permuted(tensor, axes), layout: 'onnx' };
}

/** The value as a factor of a product of matrices. */
export function asMatrices({ tensor, layout }: Value): { tensor: Tensor; transposed: boolean } {
  const order = axisOrder(layout, tensor.rank).join();
  return order === axisOrder('transposed', tensor.rank).join()
    ? { tensor, transposed: true }
    : { tensor: inOnnxOrder({ tensor, layout }), transposed: false };
}

/**
 * Tensors to compute with together, repeated as in NumPy where they are smaller: all in the layout of the largest, so that
 * no more moves in memory than must.
 */
export function inOneLayout(values: readonly Value[]): { tensors: Tensor[]; layout: Layout } {
  const rank = Math.max(...values.map(({ tensor }) => tensor.rank));
  const { layout } = values
    .filter(({ tensor }) => tensor.rank === rank)
    .reduce((largest, value) => {
      const more = value.tensor.size - largest.tensor.size;
      return more > 0 || (more === 0 && value.layout === 'channels-last') ? value : largest;
    });
  const tensors = values.map((value) => {
    const { tensor } = value;
    if (tensor.size === 1 || (layout === 'onnx' && value.layout === 'onnx')) return tensor;
    return arranged(withRank(value, rank), layout);
  });
  return { tensors, layout };
}

/** The value with axes of size one put before it. */
function withRank(value: Value, rank: number): Value {
  const missing = rank - value.tensor.rank;
  if (missing === 0) return value;
  const shape = [...Array<number>(missing).fill(1), ...onnxShape(value)];
  return { tensor: tf.reshape(inOnnxOrder(value), shape), layout: 'onnx' };
}

function arranged(value: Value, layout: Layout): Tensor {
  const { tensor } = value;
  if (value.layout === layout) return tensor;
  const from = axisOrder(value.layout, tensor.rank);
  return permuted(
    tensor,
    axisOrder(layout, tensor.rank).map((axis) => from.indexOf(axis)),
  );
}

/** Transposes; where only axes of size one change places, nothing moves in memory and nothing is copied. */
function permuted(tensor: Tensor, axes: readonly number[]): Tensor {
  const moving = axes.filter((axis) => tensor.shape[axis] !== 1);
  const still = moving.every((axis, index) => index === 0 || moving[index - 1] < axis);
  if (!still) return tf.transpose(tensor, [...axes]);
  return tf.reshape(
    tensor,
    axes.map((axis) => tensor.shape[axis]),
  );
}

function fourAxes(tensor: Tensor): Tensor4D {
  if (isTensor4D(tensor)) return tensor;
  throw new RangeError(`a feature map has four axes, not ${String(tensor.rank)}`);
}

function isTensor4D(tensor: Tensor): tensor is Tensor4D {
  return tensor.rank === 4;
}
