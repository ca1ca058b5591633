import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import { convolveBiased } from '../../../operations/convolve.ts';
import { normalizedDepthwiseConvolution } from '../../../operations/normalized-depthwise-convolution.ts';
import { normalizedProjection } from '../../../operations/normalized-projection.ts';
import { perChannel } from '../../batch-normalization-layer.ts';
import { asKernel, channelsLast } from '../layout.ts';
import type { Operator } from '../operator.ts';
import { explicitPadding, readWindow, type Padding, type Window } from '../window.ts';

/** ONNX Conv in two dimensions: groups, dilations, any padding. */
export const convolution: Operator = {
  type: 'Conv',
  prepare(node) {
    const inputs = [node.value(0), node.weight(1, 'kernel')];
    if (node.has(2)) inputs.push(node.weight(2));
    const window = readWindow(node, node.storedShape(1)?.slice(2));
    const groups = node.int('group', 1);
    const isUnbiased = inputs.length === 2;
    const isPointwise = [...window.kernel, ...window.strides].every((length) => length === 1);
    const projects = isUnbiased && groups === 1 && isPointwise;
    const isDepthwise = isUnbiased && groups > 1 && node.storedShape(1)?.[1] === 1;
    const paddingOf = ({ shape: [, height, width] }: Tensor4D): Padding =>
      window.padding([height, width]);
    return {
      inputs,
      addend: 2,
      shape([x, kernel, bias = []]) {
        if (x.length !== 4 || kernel.length !== 4) {
          node.refuse('is a convolution over other than two axes; only images are supported');
        }
        const [batch, channels, height, width] = x;
        const [filters, channelsPerGroup, ...kernelSize] = kernel;
        if (kernelSize.some((size, axis) => size !== window.kernel[axis])) {
          node.contradict('has weights of another size than its kernel_shape');
        }
        if (channelsPerGroup * groups !== channels || filters % groups !== 0) {
          node.contradict(
            `has weights for ${String(channelsPerGroup * groups)} channels and is given ${String(channels)}`,
          );
        }
        if (bias.length > 0 && bias[0] !== filters) {
          node.contradict('has another number of biases than of filters');
        }
        return [batch, filters, ...window.output([height, width])];
      },
      run([x, kernel, ...biases]) {
        const images = channelsLast(x);
        const padding = paddingOf(images);
        const [bias = null] = biases.map(({ tensor }) => perChannel(tensor));
        const tensor = convolve(images, asKernel(kernel), bias, { window, padding, groups });
        return { tensor, layout: 'channels-last' };
      },
      ...(projects && {
        normalized: ([x, kernel], scale, offset, settings) => {
          const images = channelsLast(x);
          const pad = explicitPadding(paddingOf(images));
          const padded = pad === 'valid' ? images : tf.pad(images, pad);
          return normalizedProjection(padded, asKernel(kernel), scale, offset, settings);
        },
      }),
      ...(isDepthwise && {
        normalized: ([x, kernel], scale, offset, settings) => {
          const images = channelsLast(x);
          return normalizedDepthwiseConvolution(
            images,
            perGroup(dilated(asKernel(kernel), window.dilations), groups),
            scale,
            offset,
            {
              ...settings,
              strides: [...window.strides],
              pad: explicitPadding(paddingOf(images)),
            },
          );
        },
      }),
    };
  },
};

interface Sliding {
  readonly window: Window;
  readonly padding: Padding;
  readonly groups: number;
}

function convolve(
  x: Tensor4D,
  kernel: Tensor4D,
  bias: Tensor1D | null,
  sliding: Sliding,
): Tensor4D {
  const filter = dilated(kernel, sliding.window.dilations);
  if (bias === null) return convolveGroups(x, filter, sliding);
  if (sliding.groups > 1) return tf.add(convolveGroups(x, filter, sliding), bias);
  const strides: [number, number] = [...sliding.window.strides];
  return convolveBiased(x, filter, bias, { strides, pad: explicitPadding(sliding.padding) });
}

function convolveGroups(
  x: Tensor4D,
  filter: Tensor4D,
  { window, padding, groups }: Sliding,
): Tensor4D {
  const strides: [number, number] = [...window.strides];
  const pad = explicitPadding(padding);
  if (groups === 1) return tf.conv2d(x, filter, strides, pad);
  if (filter.shape[2] === 1) return tf.depthwiseConv2d(x, perGroup(filter, groups), strides, pad);
  const filterGroups = tf.split<Tensor4D>(filter, groups, 3);
  const outputs = tf
    .split<Tensor4D>(x, groups, 3)
    .map((channels, group) => tf.conv2d(channels, filterGroups[group], strides, pad));
  return tf.concat<Tensor4D>(outputs, 3);
}

/** The kernel of a depthwise convolution, as TensorFlow.js takes it. */
function perGroup(kernel: Tensor4D, groups: number): Tensor4D {
  const [height, width, , filters] = kernel.shape;
  return tf.reshape<tf.Rank.R4>(kernel, [height, width, groups, filters / groups]);
}

/** The kernel with zeros between its rows and columns: TensorFlow.js has no gradient of a dilated convolution. */
function dilated(kernel: Tensor4D, [vertical, horizontal]: Window['dilations']): Tensor4D {
  if (vertical === 1 && horizontal === 1) return kernel;
  const [height, width, channels, filters] = kernel.shape;
  const apart: Tensor = tf.reshape(kernel, [height, 1, width, 1, channels * filters]);
  const filled = tf.pad(apart, [
    [0, 0],
    [0, vertical - 1],
    [0, 0],
    [0, horizontal - 1],
    [0, 0],
  ]);
  return tf.slice<tf.Rank.R4, Tensor4D>(
    tf.reshape(filled, [height * vertical, width * horizontal, channels, filters]),
    [0, 0, 0, 0],
    [(height - 1) * vertical + 1, (width - 1) * horizontal + 1, channels, filters],
  );
}
