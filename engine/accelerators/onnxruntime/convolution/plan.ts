import type { backend_util } from '@tensorflow/tfjs-core';
import { geometryOf, indices, windowOf, type Axis, type Geometry } from '../geometry.ts';
import type { Graph } from '../graph.ts';
import {
  convolveByBlocks,
  filterGradientByBlocks,
  inputGradientByBlocks,
  inputGradientFitsBlocks,
} from './by-blocks.ts';
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

/** @param block channels in a block of the blocked layout, null where there is none */
export function planConvolution(info: Info, block: number | null): Plan {
  const geometry = geometryOf(info);
  const { batchSize, outHeight, outWidth, outChannels } = info;
  const positions = outHeight * outWidth;
  const key = `convolution ${JSON.stringify(geometry)}`;
  if (!isMatrixProduct(geometry) && positions <= SMALL_MAP && everyOutputReads(geometry))
    return {
      key: `${key} by position`,
      build: () => convolveByPosition(geometry),
      shape: [batchSize, positions, outChannels],
    };
  if (isMatrixProduct(geometry) || block === null)
    return {
      key: `${key} by columns`,
      build: () => convolveByColumns(geometry),
      shape: [batchSize * positions, outChannels],
    };
  return {
    key: `${key} by blocks`,
    build: () => convolveByBlocks(geometry, block),
    shape: info.outShape,
  };
}

/** For a dilation of 1. */
export function planInputGradient(info: Info, block: number | null): Plan {
  const geometry = geometryOf(info);
  const key = `input gradient ${JSON.stringify(geometry)}`;
  const tiny = info.outHeight * info.outWidth <= TINY_MAP;
  if (block === null || tiny || isMatrixProduct(geometry) || !inputGradientFitsBlocks(geometry))
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

/** For a dilation of 1. */
export function planFilterGradient(info: Info, block: number | null): Plan {
  const geometry = geometryOf(info);
  const { batchSize, filterHeight, filterWidth, inChannels, outChannels } = info;
  const taps = filterHeight * filterWidth;
  const key = `filter gradient ${JSON.stringify(geometry)}`;
  if (info.outHeight * info.outWidth <= TINY_MAP && taps > 1)
    return {
      key: `${key} by tap`,
      build: () => filterGradientByTap(geometry),
      shape: [taps, inChannels, outChannels],
    };
  // Blocks lay out what the convolution made, columns what it read: the smaller of the two is the cheaper.
  if (block === null || isMatrixProduct(geometry) || taps * inChannels < outChannels)
    return {
      key: `${key} by columns`,
      build: () => filterGradientByColumns(geometry),
      shape: [taps * inChannels, outChannels],
    };
  const remainder = batchSize % block;
  return {
    key: `${key} by blocks ${remainder}`,
    build: () => filterGradientByBlocks(geometry, block, remainder),
    shape: [1, filterHeight, filterWidth * inChannels, outChannels],
  };
}

/** A filter of one tap reads each input for one output at most: no layout is needed. */
function isMatrixProduct({ height, width }: Geometry): boolean {
  return height.filter * width.filter === 1;
}

function everyOutputReads({ height, width }: Geometry): boolean {
  const reads = (axis: Axis): boolean =>
    indices(axis.output).every((output) => windowOf(axis, output).count > 0);
  return reads(height) && reads(width);
}
