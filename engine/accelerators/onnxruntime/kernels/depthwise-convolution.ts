import {
  backend_util,
  DepthwiseConv2dNative,
  DepthwiseConv2dNativeBackpropFilter,
  DepthwiseConv2dNativeBackpropInput,
  FusedDepthwiseConv2D,
  util,
  type DepthwiseConv2dNativeAttrs,
  type DepthwiseConv2dNativeBackpropFilterAttrs,
  type DepthwiseConv2dNativeBackpropInputAttrs,
  type FusedDepthwiseConv2DAttrs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { OnnxruntimeBackend } from '../backend.ts';
import {
  convolveDepthwise,
  depthwiseFilterGradientByBlocks,
  depthwiseFilterGradientByTap,
  depthwiseInputGradient,
} from '../convolution/depthwise.ts';
import { after, geometryOf, readsInput } from '../geometry.ts';
import { areFloats, kernel, type Kernel } from '../kernel.ts';
import { activate } from './activation.ts';

type Info = backend_util.Conv2DInfo;

export const depthwiseConvolutionKernels: readonly Kernel[] = [
  kernel<'x' | 'filter', DepthwiseConv2dNativeAttrs>(
    DepthwiseConv2dNative,
    ['x', 'filter'],
    ({ inputs: { x, filter }, attributes, backend }) => {
      const info = infoOf(x.shape, filter.shape, attributes);
      return takes(info, backend, x, filter) ? convolve(info, x, filter, backend) : null;
    },
  ),

  kernel<'x' | 'filter', FusedDepthwiseConv2DAttrs>(
    FusedDepthwiseConv2D,
    ['x', 'filter'],
    ({ inputs: { x, filter, bias, preluActivationWeights }, attributes, backend }) => {
      const info = infoOf(x.shape, filter.shape, attributes);
      if (!takes(info, backend, x, filter)) return null;
      const y = convolve(info, x, filter, backend);
      return activate(y, bias, attributes, preluActivationWeights, backend);
    },
  ),

  kernel<'dy' | 'filter', DepthwiseConv2dNativeBackpropInputAttrs>(
    DepthwiseConv2dNativeBackpropInput,
    ['dy', 'filter'],
    ({ inputs: { dy, filter }, attributes, backend }) => {
      const info = infoOf(attributes.inputShape, filter.shape, attributes);
      const geometry = geometryOf(info);
      const { height, width } = geometry;
      if ([height, width].some(({ before, filter }) => before >= filter)) return null;
      if (!isGradientOf(info, dy) || !takes(info, backend, dy, filter)) return null;
      return backend.runOnImages(
        `depthwise input gradient ${JSON.stringify(geometry)}`,
        () => depthwiseInputGradient(geometry, backend.channelBlock),
        dy,
        [filter],
        info.inShape,
      );
    },
  ),

  kernel<'x' | 'dy', DepthwiseConv2dNativeBackpropFilterAttrs>(
    DepthwiseConv2dNativeBackpropFilter,
    ['x', 'dy'],
    ({ inputs: { x, dy }, attributes, backend }) => {
      const info = infoOf(x.shape, attributes.filterShape, attributes);
      if (!isGradientOf(info, dy) || !takes(info, backend, x, dy)) return null;
      const geometry = geometryOf(info);
      const key = `depthwise filter gradient ${JSON.stringify(geometry)}`;
      const { channelBlock } = backend;
      const gradient = backend.sumOverImages(
        (images) => (channelBlock === null ? key : `${key} of ${images}`),
        (images) =>
          channelBlock === null
            ? depthwiseFilterGradientByTap(geometry)
            : depthwiseFilterGradientByBlocks(geometry, channelBlock, images),
        [x, dy],
        [info.filterHeight * info.filterWidth, info.outChannels],
      );
      return { ...gradient, shape: attributes.filterShape };
    },
  ),
];

function convolve(
  info: Info,
  x: TensorInfo,
  filter: TensorInfo,
  backend: OnnxruntimeBackend,
): TensorInfo {
  const geometry = geometryOf(info);
  return backend.runOnImages(
    `depthwise convolution ${JSON.stringify(geometry)}`,
    () => convolveDepthwise(geometry, backend.channelBlock),
    x,
    [filter],
    info.outShape,
  );
}

/** @param settings tfjs calls the kernel without dilations, too, whatever its types say */
function infoOf(
  inputShape: readonly number[],
  filterShape: readonly number[],
  settings: Pick<DepthwiseConv2dNativeBackpropInputAttrs, 'strides' | 'pad' | 'dimRoundingMode'> & {
    readonly dilations: [number, number] | number | null;
  },
): Info {
  const { strides, pad, dilations, dimRoundingMode } = settings;
  return backend_util.computeConv2DInfo(
    rank4(inputShape),
    rank4(filterShape),
    strides,
    dilations ?? 1,
    pad,
    dimRoundingMode,
    true,
  );
}

function rank4([a, b, c, d]: readonly number[]): [number, number, number, number] {
  return [a, b, c, d];
}

function isGradientOf(info: Info, dy: TensorInfo): boolean {
  const { dilationHeight, dilationWidth, outShape } = info;
  return dilationHeight * dilationWidth === 1 && util.arraysEqual(outShape, dy.shape);
}

function takes(info: Info, backend: OnnxruntimeBackend, ...tensors: TensorInfo[]): boolean {
  const { outShape, filterHeight, filterWidth } = info;
  const work = util.sizeFromShape(outShape) * filterHeight * filterWidth;
  const geometry = geometryOf(info);
  // ONNX Runtime works the number of outputs out by itself: no more of them may fit than are wanted.
  const fits = [geometry.height, geometry.width].every((axis) => after(axis) > -axis.stride);
  return areFloats(...tensors) && fits && work >= backend.smallestWork && readsInput(geometry);
}
