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
import { Tensor } from 'onnxruntime-common';
import {
  NormalizedDepthwiseConvolutionGradient,
  type NormalizedDepthwiseConvolutionAttributes,
} from '../../../operations/kernels.ts';
import { asFloat32, sumOfParts, type OnnxruntimeBackend } from '../backend.ts';
import {
  convolveDepthwise,
  depthwiseFilterGradient,
  depthwiseInputGradient,
  normalizedDepthwiseGradients,
} from '../convolution/depthwise.ts';
import { after, geometryOf, readsInput } from '../geometry.ts';
import { Graph } from '../graph.ts';
import { areFloats, kernel, type Kernel } from '../kernel.ts';
import { activate } from './activation.ts';
import { gradientInside } from './element-wise.ts';
import { overRows } from './reduction.ts';

type Info = backend_util.Conv2DInfo;

const normalizedInputs = ['dy', 'y', 'z', 'x', 'filter', 'mean', 'variance', 'scale'] as const;
type NormalizedInput = (typeof normalizedInputs)[number];

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
      const gradient = backend.sumOverImages(
        (images) => `depthwise filter gradient ${JSON.stringify(geometry)} of ${images}`,
        (images) => depthwiseFilterGradient(geometry, backend.channelBlock, images),
        [x, dy],
        [info.filterHeight * info.filterWidth, info.outChannels],
      );
      return { ...gradient, shape: attributes.filterShape };
    },
  ),

  kernel<NormalizedInput, NormalizedDepthwiseConvolutionAttributes>(
    NormalizedDepthwiseConvolutionGradient,
    normalizedInputs,
    ({ inputs, attributes, backend }) => differentiateNormalized(inputs, attributes, backend),
  ),
];

/**
 * dz = factor · (d − s / M − n · dScale / M), where d is dy inside the bounds, s its columns' sums, M the number of pixels,
 * n = (z − mean) / √(variance + ε), factor = scale / √(variance + ε), dScale the columns' sums of d · n, and dOffset = s.
 * @returns the gradients of x, filter, scale and offset
 */
function differentiateNormalized(
  tensors: Record<NormalizedInput, TensorInfo>,
  { epsilon, least, most, strides, pad }: NormalizedDepthwiseConvolutionAttributes,
  backend: OnnxruntimeBackend,
): TensorInfo[] {
  const { dy, y, z, x, filter } = tensors;
  const [mean, variance, scale] = [tensors.mean, tensors.variance, tensors.scale].map((each) =>
    asFloat32(backend.numbersOf(each)),
  );
  const columns = scale.length;
  const rows = util.sizeFromShape(z.shape) / columns;
  const { mapped: direct, parts } = backend.mapAndReduceRows(
    `sums of a normalized convolution ${least} ${most}`,
    () => {
      const graph = new Graph();
      const [dyPart, yPart, zPart] = [graph.input(), graph.input(), graph.input()];
      const direct = gradientInside(graph, dyPart, yPart, { least, most });
      const centered = graph.node('Sub', [zPart, graph.input()]);
      graph.output(graph.node('Identity', [direct]));
      graph.output(overRows(graph, 'ReduceSum', direct));
      graph.output(overRows(graph, 'ReduceSum', graph.node('Mul', [direct, centered])));
      return graph;
    },
    { rows, columns },
    [dy, y, z, tensors.mean],
    2,
  );
  const [sum, aligned] = [sumOfParts(parts, 0), sumOfParts(parts, 1)];
  const reciprocal = Float64Array.from(variance, (each) => 1 / Math.sqrt(each + epsilon));
  const dScale = aligned.map((each, column) => each * reciprocal[column]);
  const slope = dScale.map((each, column) => (-each * reciprocal[column]) / rows);
  const level = sum.map((each, column) => -each / rows - slope[column] * mean[column]);
  const factor = reciprocal.map((each, column) => each * scale[column]);

  const info = infoOf(x.shape, filter.shape, { strides, pad, dilations: 1 });
  const geometry = geometryOf(info);
  const { mapped, sum: dFilter } = backend.mapAndSumImages(
    (images) => `normalized depthwise gradients ${JSON.stringify(geometry)} of ${images}`,
    (images) => normalizedDepthwiseGradients(geometry, backend.channelBlock, images),
    [{ ...direct, shape: z.shape }, z, x],
    [
      new Tensor('float32', asFloat32(backend.numbersOf(filter)), filter.shape),
      new Tensor('float32', Float32Array.from(factor), [columns]),
      repeated(slope, info.outWidth),
      repeated(level, info.outWidth),
    ],
    { mapped: info.inShape, summed: [info.filterHeight * info.filterWidth, columns] },
  );
  backend.disposeIntermediateTensorInfo(direct);
  const tensorOf = (values: Float64Array, shape: number[]): TensorInfo =>
    backend.makeTensorInfo(shape, 'float32', Float32Array.from(values));
  return [
    mapped,
    tensorOf(dFilter, filter.shape),
    tensorOf(dScale, [columns]),
    tensorOf(sum, [columns]),
  ];
}

/** A number for each channel, for each column of an image: ONNX Runtime works through as many numbers at a time. */
function repeated(values: Float64Array, times: number): Tensor {
  const rows = new Float32Array(times * values.length);
  for (let row = 0; row < times; row++) rows.set(values, row * values.length);
  return new Tensor('float32', rows, [times, values.length]);
}

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
