import {
  backend_util,
  Conv2D,
  Conv2DBackpropFilter,
  Conv2DBackpropInput,
  DepthwiseConv2dNativeBackpropFilter,
  DepthwiseConv2dNativeBackpropInput,
  pad,
  reshape,
  reverse,
  slice,
  tensor1d,
  tidy,
  transpose,
  type Conv2DAttrs,
  type Conv2DBackpropFilterAttrs,
  type Conv2DBackpropInputAttrs,
  type DepthwiseConv2dNativeBackpropFilterAttrs,
  type DepthwiseConv2dNativeBackpropInputAttrs,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { kernel, run, type Backend, type Kernel } from '../kernel.ts';
import {
  crop,
  cropped,
  isCropped,
  meetsInputThroughout,
  sliding,
  slidesOf,
  uncrop,
  type Slides,
} from '../sliding.ts';

/**
 * TensorFlow's gradient of the input multiplies image by image. Measured on two cores: with fewer places of the kernel on an
 * image than this, it runs at 1 to 14 GFLOP/s, where a convolution reaches 80.
 */
const FEW_PLACES = 64;

/*
 * Those of tfjs-node have no gradients for any padding but “same” and “valid”. On small maps, much of a kernel may only ever
 * meet padding: such rows and columns of it are left out here.
 */
export const convolutionKernels: readonly Kernel[] = [
  kernel<'x' | 'filter', Conv2DAttrs>(
    Conv2D,
    ['x', 'filter'],
    ({ inputs: { x, filter }, attributes, backend }) => {
      const slides = read(x.shape, filter.shape, attributes, attributes.dilations);
      if (slides === null || !isCropped(slides)) return null;
      return tidy(() => convolve(backend, x, crop(filter, slides), cropped(slides)));
    },
  ),

  kernel<'x' | 'dy', Conv2DBackpropFilterAttrs>(
    Conv2DBackpropFilter,
    ['x', 'dy'],
    ({ inputs: { x, dy }, attributes, backend }) => {
      const slides = read(x.shape, attributes.filterShape, attributes);
      if (slides === null) return null;
      return tidy(() => {
        const [rows, columns] = cropped(slides);
        const [, , ...channels] = attributes.filterShape;
        const shape = [rows.kernel, columns.kernel, ...channels];
        const gradient = run(backend, {
          ...sliding([rows, columns]),
          name: 'Conv2DBackpropFilter',
          inputs: [x, tensor1d(shape, 'int32'), dy],
        });
        return isCropped(slides) ? uncrop(gradient, slides) : gradient;
      });
    },
  ),

  kernel<'dy' | 'filter', Conv2DBackpropInputAttrs>(
    Conv2DBackpropInput,
    ['dy', 'filter'],
    ({ inputs: { dy, filter }, attributes, backend }) => {
      const slides = read(attributes.inputShape, filter.shape, attributes);
      if (slides === null) return null;
      return tidy(() => {
        const inner = isCropped(slides) ? crop(filter, slides) : filter;
        const innerSlides = cropped(slides);
        if (!backend.isUsingGpuDevice && suitsConvolution(innerSlides))
          return convolveBack(backend, dy, inner, innerSlides);
        return run(backend, {
          ...sliding(innerSlides),
          name: 'Conv2DBackpropInput',
          inputs: [tensor1d(attributes.inputShape, 'int32'), inner, dy],
        });
      });
    },
  ),

  kernel<'x' | 'dy', DepthwiseConv2dNativeBackpropFilterAttrs>(
    DepthwiseConv2dNativeBackpropFilter,
    ['x', 'dy'],
    ({ inputs: { x, dy }, attributes, backend }) => {
      const { filterShape, dilations } = attributes;
      const slides = read(x.shape, filterShape, attributes, dilations, true);
      if (slides === null) return null;
      return tidy(() =>
        run(backend, {
          ...sliding(slides),
          name: 'DepthwiseConv2dNativeBackpropFilter',
          inputs: [x, tensor1d(filterShape, 'int32'), dy],
        }),
      );
    },
  ),

  kernel<'dy' | 'filter', DepthwiseConv2dNativeBackpropInputAttrs>(
    DepthwiseConv2dNativeBackpropInput,
    ['dy', 'filter'],
    ({ inputs: { dy, filter }, attributes, backend }) => {
      const { inputShape, dilations } = attributes;
      const slides = read(inputShape, filter.shape, attributes, dilations, true);
      if (slides === null) return null;
      return tidy(() =>
        run(backend, {
          ...sliding(slides),
          name: 'DepthwiseConv2dNativeBackpropInput',
          inputs: [tensor1d(inputShape, 'int32'), filter, dy],
        }),
      );
    },
  ),
];

type Sizes = [number, number, number, number];

/** @returns null for what is left to tfjs-node: dilations, and channels that come first */
function read(
  input: readonly number[],
  filter: readonly number[],
  attributes: Pick<Conv2DAttrs, 'strides' | 'pad' | 'dimRoundingMode'> & { dataFormat?: string },
  dilations: [number, number] | number = 1,
  depthwise = false,
): Slides | null {
  const { strides, pad, dimRoundingMode, dataFormat = 'NHWC' } = attributes;
  if (dataFormat !== 'NHWC' || [dilations].flat().some((dilation) => dilation !== 1)) return null;
  return slidesOf(
    backend_util.computeConv2DInfo(
      sizes(input),
      sizes(filter),
      strides,
      1,
      pad,
      dimRoundingMode,
      depthwise,
    ),
  );
}

function sizes([first, second, third, fourth]: readonly number[]): Sizes {
  return [first, second, third, fourth];
}

function convolve(backend: Backend, x: Tensor, filter: Tensor, slides: Slides): Tensor {
  return run(backend, { ...sliding(slides), name: 'Conv2D', inputs: [x, filter] });
}

function suitsConvolution(slides: Slides): boolean {
  const [rows, columns] = slides;
  if (!slides.every(meetsInputThroughout)) return false;
  const isSpread = slides.some(({ stride }) => stride > 1);
  return !isSpread || rows.output * columns.output < FEW_PLACES;
}

/** The gradient of the input: its own gradient, spread by the strides, under the kernel turned by half. */
function convolveBack(backend: Backend, dy: Tensor, filter: Tensor, slides: Slides): Tensor {
  const turned = transpose(reverse(filter, [0, 1]), [0, 1, 3, 2]);
  const backSlides = slides.map(({ input, output, kernel, stride, before }) => ({
    input: (output - 1) * stride + 1,
    output: input,
    kernel,
    stride: 1,
    before: kernel - 1 - before,
  }));
  return convolve(backend, spread(dy, slides), turned, [backSlides[0], backSlides[1]]);
}

/** With stride − 1 zeros between neighbours. */
function spread(dy: Tensor, [rows, columns]: Slides): Tensor {
  if (rows.stride === 1 && columns.stride === 1) return dy;
  const [batch, height, width, channels] = dy.shape;
  const apart = reshape(dy, [batch, height, 1, width, channels]);
  const filled = pad(apart, [
    [0, 0],
    [0, 0],
    [0, rows.stride - 1],
    [0, 0],
    [0, (columns.stride - 1) * channels],
  ]);
  return slice(
    reshape(filled, [batch, height * rows.stride, width * columns.stride, channels]),
    [0, 0, 0, 0],
    [batch, (height - 1) * rows.stride + 1, (width - 1) * columns.stride + 1, channels],
  );
}
