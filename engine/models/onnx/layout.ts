import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';

/** Sizes in the order that ONNX gives them: [N, C, H, W] for feature maps. */
export type Shape = readonly number[];

/**
 * How a tensor lies in memory. ONNX puts channels first, TensorFlow.js computes with channels last, so tensors of four
 * axes are kept turned for as long as nobody asks for the order that the file speaks of.
 * - `onnx`: the axes in ONNX's order
 * - `channels-last`: [N, H, W, C] for ONNX's [N, C, H, W]
 * - `kernel`: [H, W, in, out] for ONNX's [out, in, H, W]
 */
export type Layout = 'onnx' | 'channels-last' | 'kernel';

/** A tensor on its way through the graph. */
// tf.tidy takes types with known names only, which interfaces are not.
// eslint-disable-next-line @typescript-eslint/consistent-type-definitions
export type Value = { readonly tensor: Tensor; readonly layout: Layout };

/** Which ONNX axis each axis in memory holds. */
const axisOrders = { 'channels-last': [0, 2, 3, 1], kernel: [2, 3, 1, 0] } as const;

export function axisOrder(layout: Layout, rank: number): readonly number[] {
  return layout === 'onnx' ? [...Array(rank).keys()] : axisOrders[layout];
}

/** The value's sizes in ONNX's order. */
export function onnxShape({ tensor, layout }: Value): Shape {
  const order = axisOrder(layout, tensor.rank);
  return order.map((_, axis) => tensor.shape[order.indexOf(axis)]);
}

/** The value's tensor with its axes in ONNX's order. */
export function inOnnxOrder({ tensor, layout }: Value): Tensor {
  if (layout === 'onnx') return tensor;
  const order = axisOrder(layout, 4);
  return permuted(
    tensor,
    axisOrder('onnx', 4).map((axis) => order.indexOf(axis)),
  );
}

/** A feature map as [N, H, W, C]. */
export function channelsLast(value: Value): Tensor4D {
  return fourAxes(arranged(value, 'channels-last'));
}

/** Convolution weights as [H, W, in, out]. */
export function asKernel(value: Value): Tensor4D {
  return fourAxes(arranged(value, 'kernel'));
}

/** ONNX's Transpose, its result in the layout that later operators want. */
export function transposed({ tensor, layout }: Value, permutation: readonly number[]): Value {
  const from = axisOrder(layout, tensor.rank);
  const resultLayout = tensor.rank === 4 ? 'channels-last' : 'onnx';
  const to = axisOrder(resultLayout, tensor.rank);
  const axes = to.map((axis) => from.indexOf(permutation[axis]));
  return { tensor: permuted(tensor, axes), layout: resultLayout };
}

function arranged(value: Value, layout: 'channels-last' | 'kernel'): Tensor {
  if (value.layout === layout) return value.tensor;
  const from = axisOrder(value.layout, 4);
  return permuted(
    value.tensor,
    axisOrders[layout].map((axis) => from.indexOf(axis)),
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
