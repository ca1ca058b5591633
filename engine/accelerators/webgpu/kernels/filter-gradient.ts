import {
  backend_util,
  Conv2DBackpropFilter,
  type Conv2DBackpropFilterAttrs,
} from '@tensorflow/tfjs-core';
import type { WebGPUProgram } from '@tensorflow/tfjs-backend-webgpu';
import { sumParts } from '../column-sums.ts';
import { kernel, reshape, type Kernel } from '../kernel.ts';
import { makeUniforms } from '../shader.ts';

/** Rows and columns of the output that one workgroup computes; each of its threads a square of SQUARE × SQUARE of them. */
const TILE = 32;
const SQUARE = 4;
/** Terms of the sums that a workgroup reads at a time. */
const DEPTH = 16;
const THREADS = TILE / SQUARE;

/** So many workgroups keep a large graphics card busy. */
const WORKGROUPS = 512;
/** From so few terms on, splitting a sum gains nothing. */
const SMALLEST_PART = 256;
/** Numbers in all parts together. */
const LARGEST_PARTS = 1 << 22;

export const filterGradientKernels: readonly Kernel[] = [
  /**
   * The matrix product Xᵀ · dY, X being the patches of the images that the filter was laid on, one in each row. tfjs has
   * one thread for each weight, which sums over all patches: few threads, and long sums, which are slow and imprecise.
   */
  kernel<'x' | 'dy', Conv2DBackpropFilterAttrs>(
    Conv2DBackpropFilter,
    ['x', 'dy'],
    ({ inputs: { x, dy }, attributes, backend, ofTfjs }) => {
      const { strides, pad, dataFormat, dimRoundingMode, filterShape } = attributes;
      if (dataFormat !== 'NHWC') return ofTfjs({ x, dy }, attributes);
      const [batch, height, width, channels] = x.shape;
      const info = backend_util.computeConv2DInfo(
        [batch, height, width, channels],
        filterShape,
        strides,
        1,
        pad,
        dimRoundingMode,
      );
      const rows = info.filterHeight * info.filterWidth * channels;
      const columns = info.outChannels;
      const patches = batch * info.outHeight * info.outWidth;

      const tiles = Math.ceil(rows / TILE) * Math.ceil(columns / TILE);
      const parts = Math.max(
        1,
        Math.min(
          Math.ceil(WORKGROUPS / tiles),
          Math.ceil(patches / SMALLEST_PART),
          Math.floor(LARGEST_PARTS / (rows * columns)),
        ),
      );
      const uniforms = makeUniforms({
        height,
        width,
        channels,
        outHeight: info.outHeight,
        outWidth: info.outWidth,
        filterWidth: info.filterWidth,
        strideHeight: info.strideHeight,
        strideWidth: info.strideWidth,
        top: info.padInfo.top,
        left: info.padInfo.left,
        rows,
        columns,
        patches,
        part: Math.ceil(patches / parts),
      });
      const program: WebGPUProgram = {
        shaderKey: Conv2DBackpropFilter,
        variableNames: ['x', 'dy'],
        uniforms: uniforms.fields,
        outputShape: [parts, rows, columns],
        workgroupSize: [THREADS, THREADS, 1],
        dispatch: [Math.ceil(columns / TILE), Math.ceil(rows / TILE), parts],
        dispatchLayout: { x: [2], y: [1], z: [0] },
        getUserCode: () => CODE,
      };
      const partial = backend.runWebGPUProgram(program, [x, dy], 'float32', uniforms.values);
      const sums = sumParts(backend, partial);
      const result = reshape(backend, sums, filterShape);
      for (const { dataId } of [partial, sums]) backend.disposeData(dataId);
      return result;
    },
  ),
];

const CODE = `
  var<workgroup> xTile : array<array<f32, ${TILE}>, ${DEPTH}>;
  var<workgroup> dyTile : array<array<f32, ${TILE}>, ${DEPTH}>;

  fn main() {
    let firstRow = i32(workgroupId.y) * ${TILE};
    let firstColumn = i32(workgroupId.x) * ${TILE};
    let begin = i32(workgroupId.z) * uniforms.part;
    let end = min(begin + uniforms.part, uniforms.patches);

    // The row and column that this thread reads for all.
    let lane = i32(localIndex) % ${TILE};
    let firstDepth = i32(localIndex) / ${TILE};
    let row = firstRow + lane;
    let channel = row % uniforms.channels;
    let tap = row / uniforms.channels;
    let down = tap / uniforms.filterWidth - uniforms.top;
    let right = tap % uniforms.filterWidth - uniforms.left;
    let column = firstColumn + lane;

    var sums : array<array<f32, ${SQUARE}>, ${SQUARE}>;
    for (var step = 0; step < uniforms.part; step += ${DEPTH}) {
      for (var depth = firstDepth; depth < ${DEPTH}; depth += ${(THREADS * THREADS) / TILE}) {
        let place = begin + step + depth;
        let y = place / uniforms.outWidth % uniforms.outHeight * uniforms.strideHeight + down;
        let xAt = place % uniforms.outWidth * uniforms.strideWidth + right;
        let image = place / (uniforms.outHeight * uniforms.outWidth);
        let isThere = place < end;
        var xValue = 0.0;
        if (isThere && row < uniforms.rows && y >= 0 && y < uniforms.height && xAt >= 0 && xAt < uniforms.width) {
          xValue = x[((image * uniforms.height + y) * uniforms.width + xAt) * uniforms.channels + channel];
        }
        var dyValue = 0.0;
        if (isThere && column < uniforms.columns) {
          dyValue = dy[place * uniforms.columns + column];
        }
        xTile[depth][lane] = xValue;
        dyTile[depth][lane] = dyValue;
      }
      workgroupBarrier();

      for (var depth = 0; depth < ${DEPTH}; depth++) {
        for (var r = 0; r < ${SQUARE}; r++) {
          let xValue = xTile[depth][i32(localId.y) * ${SQUARE} + r];
          for (var c = 0; c < ${SQUARE}; c++) {
            sums[r][c] += xValue * dyTile[depth][i32(localId.x) * ${SQUARE} + c];
          }
        }
      }
      workgroupBarrier();
    }

    for (var r = 0; r < ${SQUARE}; r++) {
      for (var c = 0; c < ${SQUARE}; c++) {
        let outRow = firstRow + i32(localId.y) * ${SQUARE} + r;
        let outColumn = firstColumn + i32(localId.x) * ${SQUARE} + c;
        if (outRow < uniforms.rows && outColumn < uniforms.columns) {
          setOutputAtIndex((i32(workgroupId.z) * uniforms.rows + outRow) * uniforms.columns + outColumn, sums[r][c]);
        }
      }
    }
  }`;
