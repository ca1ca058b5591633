import {
  backend_util,
  Conv2D,
  Conv2DBackpropFilter,
  Conv2DBackpropInput,
  FusedConv2D,
  util,
  type Conv2DAttrs,
  type Conv2DBackpropFilterAttrs,
  type Conv2DBackpropInputAttrs,
  type FusedConv2DAttrs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { OnnxruntimeBackend } from '../backend.ts';
import {
  planConvolution,
  planFilterGradient,
  planInputGradient,
  type Plan,
} from '../convolution/plan.ts';
import { geometryOf, readsInput } from '../geometry.ts';
import { areFloats, kernel, type Kernel } from '../kernel.ts';
import { activate } from './activation.ts';

type Info = backend_util.Conv2DInfo;

export const convolutionKernels: readonly Kernel[] = [
  kernel<'x' | 'filter', Conv2DAttrs>(
    Conv2D,
    ['x', 'filter'],
    ({ inputs: { x, filter }, attributes, backend }) => {
      const info = infoOf(x.shape, filter.shape, attributes, attributes.dilations);
      if (!info || !takes(info, backend, x, filter)) return null;
      const plan = planConvolution(info, backend.channelBlock);
      return follow(plan, x, [filter], info.outShape, backend);
    },
  ),

  kernel<'x' | 'filter', FusedConv2DAttrs>(
    FusedConv2D,
    ['x', 'filter'],
    ({ inputs: { x, filter, bias, preluActivationWeights }, attributes, backend }) => {
      const info = infoOf(x.shape, filter.shape, attributes, attributes.dilations);
      if (!info || !takes(info, backend, x, filter)) return null;
      const isPerChannel = bias?.shape.length === 1 && bias.shape[0] === info.outChannels;
      const biases = bias && isPerChannel ? [bias] : [];
      const plan = planConvolution(info, backend.channelBlock, isPerChannel);
      const y = follow(plan, x, [filter, ...biases], info.outShape, backend);
      const rest = isPerChannel ? undefined : bias;
      return activate(y, rest, attributes, preluActivationWeights, backend);
    },
  ),

  kernel<'dy' | 'filter', Conv2DBackpropInputAttrs>(
    Conv2DBackpropInput,
    ['dy', 'filter'],
    ({ inputs: { dy, filter }, attributes, backend }) => {
      const info = infoOf(attributes.inputShape, filter.shape, attributes, 1);
      if (!info || !isOutputOf(info, dy) || !takes(info, backend, dy, filter)) return null;
      const plan = planInputGradient(info, backend.channelBlock);
      return follow(plan, dy, [filter], info.inShape, backend);
    },
  ),

  kernel<'x' | 'dy', Conv2DBackpropFilterAttrs>(
    Conv2DBackpropFilter,
    ['x', 'dy'],
    ({ inputs: { x, dy }, attributes, backend }) => {
      const info = infoOf(x.shape, attributes.filterShape, attributes, 1);
      if (!info || !isOutputOf(info, dy) || !takes(info, backend, x, dy)) return null;
      const { key, build, shape } = planFilterGradient(info, backend.channelBlock);
      return { ...backend.sumOverImages(key, build, [x, dy], shape), shape: info.filterShape };
    },
  ),
];

function follow(
  { key, build, shape }: Plan,
  images: TensorInfo,
  others: readonly TensorInfo[],
  finalShape: number[],
  backend: OnnxruntimeBackend,
): TensorInfo {
  return { ...backend.runOnImages(key, build, images, others, shape), shape: finalShape };
}

/** Null for channels first, which is left to `cpu`. */
function infoOf(
  inputShape: number[],
  filterShape: number[],
  { strides, pad, dataFormat, dimRoundingMode }: Omit<Conv2DAttrs, 'dilations'>,
  dilations: [number, number] | number,
): Info | null {
  if (dataFormat !== 'NHWC') return null;
  return backend_util.computeConv2DInfo(
    rank4(inputShape),
    rank4(filterShape),
    strides,
    dilations,
    pad,
    dimRoundingMode,
  );
}

/** tfjs gives gradients of other sizes too: conv2dTranspose does, and the gradient of a convolution that rounds up. */
function isOutputOf({ outShape }: Info, { shape }: TensorInfo): boolean {
  return util.arraysEqual(outShape, shape);
}

function rank4([a, b, c, d]: readonly number[]): [number, number, number, number] {
  return [a, b, c, d];
}

function takes(info: Info, backend: OnnxruntimeBackend, ...tensors: TensorInfo[]): boolean {
  const { batchSize, outHeight, outWidth, outChannels } = info;
  const { filterHeight, filterWidth, inChannels } = info;
  const outputs = batchSize * outHeight * outWidth * outChannels;
  const work = outputs * filterHeight * filterWidth * inChannels;
  return areFloats(...tensors) && work >= backend.smallestWork && readsInput(geometryOf(info));
}
