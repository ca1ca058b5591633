import type { backend_util } from '@tensorflow/tfjs-core';
import type { NodeReader } from './node-reader.ts';

type Pair = readonly [number, number];

/** Zeros around a feature map: [[top, bottom], [left, right]]. */
export type Padding = readonly [Pair, Pair];

/** How a kernel slides over a feature map; every pair is height, then width. */
export interface Window {
  readonly kernel: Pair;
  readonly strides: Pair;
  readonly dilations: Pair;
  /** The padding for an input of a size, before what rounding up the output may add. */
  readonly padding: (size: Pair) => Padding;
  /** How many places the kernel takes on an input of a size. */
  readonly output: (size: Pair) => Pair;
}

/**
 * The window of a convolution or pooling node.
 * @param kernelShape what to take if the node does not say
 */
export function readWindow(node: NodeReader, kernelShape?: readonly number[]): Window {
  const declared = node.ints('kernel_shape') ?? kernelShape;
  if (declared === undefined) return node.contradict('lacks its kernel_shape');
  const kernel = pairOf(node, 'kernel_shape', declared);
  const strides = pairOf(node, 'strides', node.ints('strides') ?? [1, 1]);
  const dilations = pairOf(node, 'dilations', node.ints('dilations') ?? [1, 1]);
  const pads = node.ints('pads') ?? [0, 0, 0, 0];
  if (pads.length !== 4 || pads.some((pad) => pad < 0)) {
    node.refuse('has pads other than four numbers of zero or more, which is not supported');
  }
  const autoPad = node.text('auto_pad', 'NOTSET');
  if (!['NOTSET', 'VALID', 'SAME_UPPER', 'SAME_LOWER'].includes(autoPad)) {
    node.contradict(`has the unknown auto_pad ${autoPad.slice(0, 20)}`);
  }
  const ceil = node.int('ceil_mode', 0) !== 0;
  const extent = [0, 1].map((axis) => (kernel[axis] - 1) * dilations[axis] + 1);

  const same = autoPad.startsWith('SAME');
  const paddingOf = (axis: 0 | 1, length: number): Pair => {
    if (autoPad === 'VALID') return [0, 0];
    if (!same) return [pads[axis], pads[axis + 2]];
    const places = Math.ceil(length / strides[axis]);
    const total = Math.max(0, (places - 1) * strides[axis] + extent[axis] - length);
    const smaller = Math.floor(total / 2);
    return autoPad === 'SAME_UPPER' ? [smaller, total - smaller] : [total - smaller, smaller];
  };
  const outputOf = (axis: 0 | 1, length: number): number => {
    const [before, after] = paddingOf(axis, length);
    const room = before + length + after - extent[axis];
    if (room < 0) node.contradict('has a kernel larger than its input');
    const rounded = ceil ? Math.ceil(room / strides[axis]) : Math.floor(room / strides[axis]);
    // A last place that would see nothing but padding is left out, as in PyTorch.
    const beyond = rounded * strides[axis] >= before + length;
    return beyond && ceil ? rounded : rounded + 1;
  };
  return {
    kernel,
    strides,
    dilations,
    padding: ([height, width]) => [paddingOf(0, height), paddingOf(1, width)],
    output: ([height, width]) => [outputOf(0, height), outputOf(1, width)],
  };
}

/** The padding as TensorFlow.js takes it for [N, H, W, C]. */
export function explicitPadding([rows, columns]: Padding): backend_util.ExplicitPadding | 'valid' {
  if ([...rows, ...columns].every((pad) => pad === 0)) return 'valid';
  return [[0, 0], [...rows], [...columns], [0, 0]];
}

function pairOf(node: NodeReader, name: string, numbers: readonly number[]): Pair {
  if (numbers.length !== 2) {
    node.refuse(`has ${name} for other than two axes; only images are supported`);
  }
  const [first, second] = numbers;
  if (first < 1 || second < 1) node.contradict(`has ${name} below 1`);
  return [first, second];
}
