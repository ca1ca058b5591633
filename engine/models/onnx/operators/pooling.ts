import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { channelsLast, type Shape } from '../layout.ts';
import type { NodeReader } from '../node-reader.ts';
import type { Operator } from '../operator.ts';
import { explicitPadding, readWindow, type Padding, type Window } from '../window.ts';

export const maxPool: Operator = {
  type: 'MaxPool',
  prepare(node) {
    const inputs = [node.value(0)];
    const window = readPoolingWindow(node);
    // Says in which order the indices of a second output count, and that output is not supported.
    node.int('storage_order', 0);
    return {
      inputs,
      shape: ([x]) => pooledShape(node, x, window),
      run([value]) {
        const x = channelsLast(value);
        const pad = explicitPadding(coveredPadding(x, window));
        const tensor = tf.maxPool(x, [...window.kernel], [...window.strides], pad);
        return { tensor, layout: 'channels-last' };
      },
    };
  },
};

export const averagePool: Operator = {
  type: 'AveragePool',
  prepare(node) {
    const inputs = [node.value(0)];
    const window = readPoolingWindow(node);
    const countsPadding = node.int('count_include_pad', 0) !== 0;
    return {
      inputs,
      shape: ([x]) => pooledShape(node, x, window),
      run([value]) {
        const x = channelsLast(value);
        const padding = coveredPadding(x, window);
        const y = average(x, padding, window);
        const uncounted = countsPadding ? beyond(padding, declaredPadding(x, window)) : padding;
        if (total(uncounted[0]) + total(uncounted[1]) === 0) {
          return { tensor: y, layout: 'channels-last' };
        }
        // What is not to be counted was averaged in as zeros, and is in these ones.
        const [rows, columns] = [0, 1].map(
          (axis) => x.shape[axis + 1] + total(padding[axis]) - total(uncounted[axis]),
        );
        const ones = tf.ones<tf.Rank.R4>([1, rows, columns, 1]);
        const share = average(ones, uncounted, window);
        return { tensor: tf.div(y, share), layout: 'channels-last' };
      },
    };
  },
};

export const globalAveragePool: Operator = {
  type: 'GlobalAveragePool',
  prepare(node) {
    return {
      inputs: [node.value(0)],
      shape([x]) {
        if (x.length !== 4)
          node.refuse('pools over other than two axes; only images are supported');
        return [x[0], x[1], 1, 1];
      },
      run: ([x]) => ({ tensor: tf.mean(channelsLast(x), [1, 2], true), layout: 'channels-last' }),
    };
  },
};

function readPoolingWindow(node: NodeReader): Window {
  const window = readWindow(node);
  if (window.dilations.some((dilation) => dilation !== 1)) {
    node.refuse('pools with dilations, which is not supported');
  }
  return window;
}

function pooledShape(node: NodeReader, x: Shape, window: Window): Shape {
  if (x.length !== 4) node.refuse('pools over other than two axes; only images are supported');
  const [batch, channels, height, width] = x;
  const padding = window.padding([height, width]);
  if (padding.some((pads, axis) => pads.some((pad) => pad >= window.kernel[axis]))) {
    node.contradict('has pads as large as its kernel');
  }
  return [batch, channels, ...window.output([height, width])];
}

function declaredPadding(x: Tensor4D, window: Window): Padding {
  return window.padding([x.shape[1], x.shape[2]]);
}

/** The padding that the window's places reach into: more than declared where their number was rounded up. */
function coveredPadding(x: Tensor4D, window: Window): Padding {
  const size: [number, number] = [x.shape[1], x.shape[2]];
  const places = window.output(size);
  const covered = (axis: 0 | 1): [number, number] => {
    const [before] = window.padding(size)[axis];
    const reach = (places[axis] - 1) * window.strides[axis] + window.kernel[axis];
    return [before, Math.max(0, reach - before - size[axis])];
  };
  return [covered(0), covered(1)];
}

/** What of a padding goes beyond the declared one. */
function beyond(padding: Padding, declared: Padding): Padding {
  const excess = (axis: 0 | 1, side: 0 | 1): number =>
    Math.max(0, padding[axis][side] - declared[axis][side]);
  return [
    [excess(0, 0), excess(0, 1)],
    [excess(1, 0), excess(1, 1)],
  ];
}

function total([before, after]: readonly [number, number]): number {
  return before + after;
}

/** The mean in every place, padding as zeros. Padded beforehand: TensorFlow.js' own gradient takes no notice of padding. */
function average(x: Tensor4D, padding: Padding, window: Window): Tensor4D {
  const explicit = explicitPadding(padding);
  const padded = explicit === 'valid' ? x : tf.pad(x, explicit);
  return tf.avgPool(padded, [...window.kernel], [...window.strides], 'valid');
}
