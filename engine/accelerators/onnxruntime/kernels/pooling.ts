import {
  AvgPool,
  AvgPoolGrad,
  backend_util,
  MaxPool,
  MaxPoolGrad,
  util,
  type AvgPoolAttrs,
  type AvgPoolGradAttrs,
  type MaxPoolAttrs,
  type MaxPoolGradAttrs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { asFloat32, type OnnxruntimeBackend } from '../backend.ts';
import { BLOCKED, toBlocks, toImages } from '../blocks.ts';
import { after, geometryOf, indices, windowOf, type Geometry } from '../geometry.ts';
import { Graph } from '../graph.ts';
import { areFloats, kernel, type Kernel } from '../kernel.ts';
import { outputsOf, scatterTaps } from '../spatial.ts';

export const poolingKernels: readonly Kernel[] = [
  kernel<'x', MaxPoolAttrs>(MaxPool, ['x'], ({ inputs: { x }, attributes, backend }) =>
    pool('MaxPool', x, attributes, backend),
  ),

  kernel<'x', AvgPoolAttrs>(AvgPool, ['x'], ({ inputs: { x }, attributes, backend }) =>
    pool('AveragePool', x, attributes, backend),
  ),

  kernel<'dy' | 'input' | 'output', MaxPoolGradAttrs>(
    MaxPoolGrad,
    ['dy', 'input', 'output'],
    ({ inputs: { dy, input, output }, attributes, backend }) => {
      const info = infoOf(input, attributes);
      if (!util.arraysEqual(dy.shape, info.outShape)) return null;
      if (!takes(info, backend, dy, input, output)) return null;
      const [dyValues, xValues, yValues] = [dy, input, output].map((each) =>
        asFloat32(backend.numbersOf(each)),
      );
      return backend.fill(input.shape, (dx) => {
        giveToMaxima(dyValues, xValues, yValues, dx, geometryOf(info));
      });
    },
  ),

  kernel<'dy' | 'input', AvgPoolGradAttrs>(
    AvgPoolGrad,
    ['dy', 'input'],
    ({ inputs: { dy, input }, attributes, backend }) => {
      const info = infoOf(input, { ...attributes, dimRoundingMode: undefined });
      if (!util.arraysEqual(dy.shape, info.outShape)) return null;
      if (!takes(info, backend, dy, input)) return null;
      const geometry = geometryOf(info);
      return backend.run(
        `${AvgPoolGrad} ${JSON.stringify(geometry)}`,
        () => averagePoolGradient(geometry),
        [dy],
        [{ shape: input.shape }],
      )[0];
    },
  ),
];

type Settings = Pick<MaxPoolAttrs, 'filterSize' | 'strides' | 'pad'> & {
  readonly dimRoundingMode?: MaxPoolAttrs['dimRoundingMode'];
};

function infoOf(
  { shape: [batch, height, width, channels] }: TensorInfo,
  { filterSize, strides, pad, dimRoundingMode }: Settings,
): backend_util.Conv2DInfo {
  const shape: [number, number, number, number] = [batch, height, width, channels];
  return backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
}

function takes(
  info: backend_util.Conv2DInfo,
  backend: OnnxruntimeBackend,
  ...tensors: TensorInfo[]
): boolean {
  const { filterHeight, filterWidth, outShape } = info;
  const work = util.sizeFromShape(outShape) * filterHeight * filterWidth;
  const { height, width } = geometryOf(info);
  // A window that lies in the padding altogether has no maximum and no mean; and ONNX Runtime makes all the outputs that fit.
  const fits = [height, width].every(
    (axis) => axis.before < axis.filter && after(axis) < axis.filter && after(axis) > -axis.stride,
  );
  return areFloats(...tensors) && fits && work > 0 && work >= backend.smallestWork;
}

function pool(
  operator: 'MaxPool' | 'AveragePool',
  x: TensorInfo,
  settings: Settings,
  backend: OnnxruntimeBackend,
): TensorInfo | null {
  const info = infoOf(x, settings);
  if (!takes(info, backend, x)) return null;
  const geometry = geometryOf(info);
  return backend.run(
    `${operator} ${JSON.stringify(geometry)}`,
    () => poolingGraph(operator, geometry, backend.channelBlock),
    [x],
    [{ shape: info.outShape }],
  )[0];
}

function poolingGraph(
  operator: 'MaxPool' | 'AveragePool',
  { height, width, inChannels }: Geometry,
  block: number | null,
): Graph {
  const graph = new Graph();
  const x = graph.input();
  const attributes = {
    kernel_shape: [height.filter, width.filter],
    strides: [height.stride, width.stride],
    pads: [height.before, width.before, Math.max(0, after(height)), Math.max(0, after(width))],
  };
  if (block === null) {
    const pooled = graph.node(operator, [graph.transpose(x, [0, 3, 1, 2])], attributes);
    graph.output(graph.transpose(pooled, [0, 2, 3, 1]));
    return graph;
  }
  const inSize = { height: height.input, width: width.input, channels: inChannels };
  const outSize = { height: height.output, width: width.output, channels: inChannels };
  const blocks = toBlocks(graph, x, inSize, block);
  const pooled = graph.node(operator, [blocks], attributes, BLOCKED);
  graph.output(toImages(graph, pooled, outSize, block));
  return graph;
}

/**
 * Gives the gradient of each output to the first place of its window that holds the maximum. As a graph it would be five
 * operators for each place of a window, and take longer than this loop.
 */
function giveToMaxima(
  dy: Float32Array,
  x: Float32Array,
  y: Float32Array,
  dx: Float32Array,
  { height, width, inChannels }: Geometry,
): void {
  dx.fill(0);
  const rows = indices(height.output).map((output) => windowOf(height, output));
  const columns = indices(width.output).map((output) => windowOf(width, output));
  const imageSize = height.input * width.input * inChannels;
  const places = new Int32Array(height.filter * width.filter);
  let output = 0;
  for (let image = 0; image < x.length; image += imageSize)
    for (const row of rows)
      for (const column of columns) {
        let count = 0;
        for (let down = 0; down < row.count; down++)
          for (let right = 0; right < column.count; right++) {
            const place = (row.input + down) * width.input + column.input + right;
            places[count++] = image + place * inChannels;
          }
        for (let channel = 0; channel < inChannels; channel++, output++) {
          const maximum = y[output];
          for (let index = 0; index < count; index++) {
            const place = places[index] + channel;
            if (x[place] === maximum) {
              dx[place] += dy[output];
              break;
            }
          }
        }
      }
}

/** As tfjs has it, every input gets an equal share of the whole window, be part of it padding or not. dy → dx */
function averagePoolGradient(geometry: Geometry): Graph {
  const { height, width } = geometry;
  const graph = new Graph();
  const share = graph.float(1 / (height.filter * width.filter));
  const dy = graph.node('Mul', [graph.input(), share]);
  graph.output(
    scatterTaps(graph, geometry, (_tap, rows, columns) =>
      outputsOf(graph, dy, geometry, rows, columns),
    ),
  );
  return graph;
}
