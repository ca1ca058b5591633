import type { backend_util } from '@tensorflow/tfjs-core';
import {
  after,
  geometryOf,
  hasWholePhases,
  indices,
  windowOf,
  type Axis,
  type Geometry,
} from '../geometry.ts';
import type { Graph } from '../graph.ts';
import { convolveByBlocks, filterGradientByBlocks, inputGradientByBlocks } from './by-blocks.ts';
import { convolveByColumns, filterGradientByColumns, inputGradientByTap } from './by-columns.ts';
import { convolveByPosition, filterGradientByTap } from './by-position.ts';

/** The graph that does one convolution fastest, and the shape it gives its output. */
export interface Plan {
  readonly key: string;
  readonly build: () => Graph;
  readonly shape: readonly number[];
}

type Info = backend_util.Conv2DInfo;

/**
 * Positions of a map up to which padding is so much of what a filter reads that leaving it out beats the speed of the
 * blocked layout: forward, and for the gradients. Measured on ResNet-18 at 32 × 32.
 */
const SMALL_MAP = 4 * 4;
const TINY_MAP = 2 * 2;

/**
 * @param block channels in a block of the blocked layout, null where there is none
 * @param biased whether the graph takes a bias as its third input
 */
export function planConvolution(info: Info, block: number | null, biased = false): Plan {
  const geometry = geometryOf(info);
  const { batchSize, outHeight, outWidth, outChannels } = info;
  const positions = outHeight * outWidth;
  const key = `convolution ${JSON.stringify(geometry)}${biased ? ' biased' : ''}`;
  if (!isMatrixProduct(geometry) && positions <= SMALL_MAP && everyOutputReads(geometry))
    return {
      key: `${key} by position`,
      build: () => convolveByPosition(geometry, biased),
      shape: [batchSize, positions, outChannels],
    };
  if (isMatrixProduct(geometry) || block === null || !fitsBlocks(geometry))
    return {
      key: `${key} by columns`,
      build: () => convolveByColumns(geometry, biased),
      shape: [batchSize * positions, outChannels],
    };
  return {
    key: `${key} by blocks`,
    build: () => convolveByBlocks(geometry, block, biased),
    shape: info.outShape,
  };
}

/** For a dilation of 1. */
export function planInputGradient(info: Info, block: number | null): Plan {
  const geometry = geometryOf(info);
  const key = `input gradient ${JSON.stringify(geometry)}`;
  const tiny = info.outHeight * info.outWidth <= TINY_MAP;
  if (block === null || tiny || isMatrixProduct(geometry) || !hasWholePhases(geometry))
    return {
      key: `${key} by tap`,
      build: () => inputGradientByTap(geometry),
      shape: info.inShape,
    };
  return {
    key: `${key} by blocks`,
    build: () => inputGradientByBlocks(geometry, block),
    shape: info.inShape,
  };
}

/** The graph that sums the gradient of the filter up over some images fastest, and the shape it gives it. */
interface SummingPlan {
  readonly key: (images: number) => string;
  readonly build: (images: number) => Graph;
  readonly shape: readonly number[];
}

/** For a dilation of 1. */
export function planFilterGradient(info: Info, block: number | null): SummingPlan {
  const geometry = geometryOf(info);
  const { filterHeight, filterWidth, inChannels, outChannels } = info;
  const taps = filterHeight * filterWidth;
  const key = `filter gradient ${JSON.stringify(geometry)}`;
  if (info.outHeight * info.outWidth <= TINY_MAP && taps > 1)
    return {
      key: () => `${key} by tap`,
      build: () => filterGradientByTap(geometry),
      shape: [taps, inChannels, outChannels],
    };
  // Blocks lay out what the convolution made, columns what it read: the smaller of the two is the cheaper.
  if (
    block === null ||
    isMatrixProduct(geometry) ||
    taps * inChannels < outChannels ||
    !fitsBlocks(geometry)
  )
    return {
      key: () => `${key} by columns`,
      build: () => filterGradientByColumns(geometry),
      shape: [taps * inChannels, outChannels],
    };
  return {
    key: (images) => `${key} by blocks ${images % block}`,
    build: (images) => filterGradientByBlocks(geometry, block, images % block),
    shape: [1, filterHeight, filterWidth * inChannels, outChannels],
  };
}

/** A filter of one tap reads each input for one output at most: no layout is needed. */
function isMatrixProduct({ height, width }: Geometry): boolean {
  return height.filter * width.filter === 1;
}

/** ONNX Runtime works the number of outputs out by itself: no more of them may fit than are wanted. */
function fitsBlocks({ height, width }: Geometry): boolean {
  return [height, width].every((axis) => after(axis) > -axis.stride);
}

function everyOutputReads({ height, width }: Geometry): boolean {
  const reads = (axis: Axis): boolean =>
    indices(axis.output).every((output) => windowOf(axis, output).count > 0);
  return reads(height) && reads(width);
}
