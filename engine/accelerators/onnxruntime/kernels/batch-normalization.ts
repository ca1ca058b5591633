import {
  FusedBatchNorm,
  util,
  type FusedBatchNormAttrs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { rectifier } from '../../../operations/clip.ts';
import {
  BatchNormalizationTraining,
  BatchNormalizationTrainingGradient,
  ClippedBatchNormalizationTraining,
  ClippedBatchNormalizationTrainingGradient,
  RectifiedBatchNormalizationTraining,
  RectifiedBatchNormalizationTrainingGradient,
  type BatchNormalizationTrainingAttributes,
  type Bounds,
  type ClippedBatchNormalizationTrainingAttributes,
} from '../../../operations/kernels.ts';
import { asFloat32, sumOfParts, type Matrix, type OnnxruntimeBackend } from '../backend.ts';
import { Graph, type Value } from '../graph.ts';
import { areFloats, kernel, type Kernel } from '../kernel.ts';
import { clip, isInside } from './element-wise.ts';
import { overRows } from './reduction.ts';

const differentiatedInputs = ['dy', 'x', 'mean', 'variance', 'scale', 'offset'] as const;
type DifferentiatedInput = (typeof differentiatedInputs)[number];

export const batchNormalizationKernels: readonly Kernel[] = [
  kernel<'x' | 'mean' | 'variance', FusedBatchNormAttrs>(
    FusedBatchNorm,
    ['x', 'mean', 'variance'],
    ({ inputs: { x, mean, variance, scale, offset }, attributes, backend }) => {
      const parameters = [mean, variance, scale, offset].filter((each) => each !== undefined);
      const channels = x.shape.at(-1);
      if (!parameters.every(({ shape }) => shape.length === 1 && shape[0] === channels))
        return null;
      if (!areFloats(x, ...parameters) || util.sizeFromShape(x.shape) < backend.smallestWork)
        return null;
      const { varianceEpsilon = 0.001 } = attributes;
      const key = [FusedBatchNorm, varianceEpsilon, scale !== undefined, offset !== undefined];
      const build = (): Graph => {
        const graph = new Graph();
        const images = graph.input();
        const shift = graph.input();
        const deviation = deviationOf(graph, graph.input(), varianceEpsilon);
        const factor = graph.node('Div', [scale ? graph.input() : graph.float(1), deviation]);
        const shifted = graph.node('Mul', [shift, factor]);
        const constant = graph.node('Sub', [offset ? graph.input() : graph.float(0), shifted]);
        const scaled = graph.temporary(graph.node('Mul', [images, factor]), ([x]) => x);
        graph.output(graph.node('Add', [scaled, constant]));
        return graph;
      };
      return backend.run(key.join(' '), build, [x, ...parameters], [{ shape: x.shape }])[0];
    },
  ),

  kernel<'x' | 'scale' | 'offset', BatchNormalizationTrainingAttributes>(
    BatchNormalizationTraining,
    ['x', 'scale', 'offset'],
    ({ inputs: { x, scale, offset }, attributes, backend }) =>
      normalize({ x, scale, offset }, attributes, null, backend),
  ),

  kernel<'x' | 'scale' | 'offset', BatchNormalizationTrainingAttributes>(
    RectifiedBatchNormalizationTraining,
    ['x', 'scale', 'offset'],
    ({ inputs: { x, scale, offset }, attributes, backend }) =>
      normalize({ x, scale, offset }, attributes, rectifier, backend),
  ),

  kernel<'x' | 'scale' | 'offset', ClippedBatchNormalizationTrainingAttributes>(
    ClippedBatchNormalizationTraining,
    ['x', 'scale', 'offset'],
    ({ inputs: { x, scale, offset }, attributes, backend }) =>
      normalize({ x, scale, offset }, attributes, attributes, backend),
  ),

  kernel<'dy' | 'x' | 'mean' | 'variance' | 'scale', BatchNormalizationTrainingAttributes>(
    BatchNormalizationTrainingGradient,
    ['dy', 'x', 'mean', 'variance', 'scale'],
    ({ inputs: { dy, x, mean, variance, scale }, attributes, backend }) =>
      differentiate({ dy, x, mean, variance, scale }, attributes, null, backend),
  ),

  kernel<DifferentiatedInput, BatchNormalizationTrainingAttributes>(
    RectifiedBatchNormalizationTrainingGradient,
    differentiatedInputs,
    ({ inputs, attributes, backend }) =>
      differentiate(inputs, attributes, { offset: inputs.offset, bounds: rectifier }, backend),
  ),

  kernel<DifferentiatedInput, ClippedBatchNormalizationTrainingAttributes>(
    ClippedBatchNormalizationTrainingGradient,
    differentiatedInputs,
    ({ inputs, attributes, backend }) =>
      differentiate(inputs, attributes, { offset: inputs.offset, bounds: attributes }, backend),
  ),
];

function deviationOf(graph: Graph, variance: Value, epsilon: number): Value {
  return graph.node('Sqrt', [graph.node('Add', [variance, graph.float(epsilon)])]);
}

function keyOf(bounds: Bounds | null): string {
  return bounds ? `${bounds.least} ${bounds.most}` : '';
}

function matrixOf({ shape: [rows, columns] }: TensorInfo): Matrix {
  return { rows, columns };
}

/** @returns y, mean, variance */
function normalize(
  { x, scale, offset }: Record<'x' | 'scale' | 'offset', TensorInfo>,
  { epsilon }: BatchNormalizationTrainingAttributes,
  bounds: Bounds | null,
  backend: OnnxruntimeBackend,
): TensorInfo[] {
  const matrix = matrixOf(x);
  const { mean, variance } = statisticsOf(x, matrix, backend);
  const line = lineOf({ mean, variance, scale, offset }, epsilon, backend);
  const [y] = backend.mapRows(
    `batch normalization ${keyOf(bounds)}`,
    () => {
      const graph = new Graph();
      const normalized = onLine(graph, graph.input(), graph.input(), graph.input());
      graph.output(bounds ? clip(graph, normalized, bounds) : normalized);
      return graph;
    },
    matrix,
    [x, line.factor, line.constant],
    1,
  );
  dispose(line, backend);
  return [{ ...y, shape: x.shape }, mean, variance];
}

/**
 * Mean and biased variance of every column: of each part from its own mean, so that nothing cancels out, then of all of
 * them (Chan, Golub and LeVeque 1983, equations 2.1).
 */
function statisticsOf(
  x: TensorInfo,
  matrix: Matrix,
  backend: OnnxruntimeBackend,
): Record<'mean' | 'variance', TensorInfo> {
  const parts = backend.reduceRows(
    'batch statistics',
    () => {
      const graph = new Graph();
      const part = graph.input();
      const mean = overRows(graph, 'ReduceMean', part);
      const centered = graph.node('Sub', [part, mean]);
      graph.output(mean);
      graph.output(overRows(graph, 'ReduceMean', graph.node('Mul', [centered, centered])));
      return graph;
    },
    matrix,
    [x],
    2,
  );
  const { rows, columns } = matrix;
  const mean = new Float64Array(columns);
  const variance = new Float64Array(columns);
  let seen = 0;
  for (const part of parts) {
    const [partMean, partVariance] = part.columns;
    seen += part.rows;
    for (let column = 0; column < columns; column++) {
      const surplus = partMean[column] - mean[column];
      mean[column] += (surplus * part.rows) / seen;
      variance[column] +=
        (part.rows / rows) * (partVariance[column] + surplus * (partMean[column] - mean[column]));
    }
  }
  return { mean: vector(mean, backend), variance: vector(variance, backend) };
}

/** What normalising does to a number of each column: · factor + constant. */
function lineOf(
  tensors: Record<'mean' | 'variance' | 'scale' | 'offset', TensorInfo>,
  epsilon: number,
  backend: OnnxruntimeBackend,
): Record<'factor' | 'constant', TensorInfo> {
  const [mean, variance, scale, offset] = [
    tensors.mean,
    tensors.variance,
    tensors.scale,
    tensors.offset,
  ].map((tensor) => asFloat32(backend.numbersOf(tensor)));
  const factor = scale.map((each, column) => each / Math.sqrt(variance[column] + epsilon));
  const constant = offset.map((each, column) => each - mean[column] * factor[column]);
  return { factor: vector(factor, backend), constant: vector(constant, backend) };
}

function onLine(graph: Graph, x: Value, factor: Value, constant: Value): Value {
  return graph.node('Add', [graph.node('Mul', [x, factor]), constant]);
}

/**
 * dx = factor · (dy − mean(dy) − (x − mean) · mean(dy · (x − mean)) / (variance + ε)), factor = scale / √(variance + ε)
 * @param clipped given where the result was cut off: no gradient then flows from what lies beyond the bounds
 * @returns dx, dScale, dOffset
 */
function differentiate(
  tensors: Record<'dy' | 'x' | 'mean' | 'variance' | 'scale', TensorInfo>,
  { epsilon }: BatchNormalizationTrainingAttributes,
  clipped: { readonly offset: TensorInfo; readonly bounds: Bounds } | null,
  backend: OnnxruntimeBackend,
): TensorInfo[] {
  const { dy, x, mean, variance, scale } = tensors;
  const matrix = matrixOf(x);
  const { rows } = matrix;
  const line =
    clipped && lineOf({ mean, variance, scale, offset: clipped.offset }, epsilon, backend);
  const key = keyOf(clipped?.bounds ?? null);
  const lineInputs = line ? [line.factor, line.constant] : [];

  /** Of the rows of dy and x: what adds up to the gradients of the offset and, but for a factor, of the scale. */
  const sums = (graph: Graph, dyPart: Value, xPart: Value, meanPart: Value): void => {
    const centered = graph.node('Sub', [xPart, meanPart]);
    graph.output(overRows(graph, 'ReduceSum', dyPart));
    graph.output(overRows(graph, 'ReduceSum', graph.node('Mul', [dyPart, centered])));
  };
  const { mapped: dNormalized, parts } = clipped
    ? backend.mapAndReduceRows(
        `batch normalization sums ${key}`,
        () => {
          const graph = new Graph();
          const [dyPart, xPart, meanPart] = [graph.input(), graph.input(), graph.input()];
          const normalized = onLine(graph, xPart, graph.input(), graph.input());
          const inside = isInside(graph, normalized, clipped.bounds);
          const dNormalized = graph.node('Mul', [dyPart, inside]);
          graph.output(dNormalized);
          sums(graph, dNormalized, xPart, meanPart);
          return graph;
        },
        matrix,
        [dy, x, mean, ...lineInputs],
        2,
      )
    : {
        mapped: dy,
        parts: backend.reduceRows(
          'batch normalization sums',
          () => {
            const graph = new Graph();
            sums(graph, graph.input(), graph.input(), graph.input());
            return graph;
          },
          matrix,
          [dy, x, mean],
          2,
        ),
      };
  const [sum, aligned] = [sumOfParts(parts, 0), sumOfParts(parts, 1)];
  const [scales, variances] = [scale, variance].map((each) => asFloat32(backend.numbersOf(each)));
  const deviation = Float64Array.from(variances, (each) => Math.sqrt(each + epsilon));
  const factor = deviation.map((each, column) => scales[column] / each);
  const slope = factor.map(
    (each, column) => (-each * aligned[column]) / (rows * deviation[column] ** 2),
  );
  const constant = factor.map((each, column) => (-each * sum[column]) / rows);
  const coefficients = [factor, slope, constant].map((each) => vector(each, backend));

  const [dx] = backend.mapRows(
    'batch normalization gradient',
    () => {
      const graph = new Graph();
      const [dyPart, xPart, meanPart, factorPart, slopePart, constantPart] = Array.from(
        { length: 6 },
        () => graph.input(),
      );
      const centered = graph.node('Sub', [xPart, meanPart]);
      const aligned = onLine(graph, centered, slopePart, constantPart);
      graph.output(graph.node('Add', [graph.node('Mul', [dyPart, factorPart]), aligned]));
      return graph;
    },
    matrix,
    [dNormalized, x, mean, ...coefficients],
    1,
  );
  const intermediates = clipped ? [dNormalized, ...lineInputs] : [];
  for (const tensor of [...coefficients, ...intermediates])
    backend.disposeIntermediateTensorInfo(tensor);
  const dScale = aligned.map((each, column) => each / deviation[column]);
  return [{ ...dx, shape: x.shape }, vector(dScale, backend), vector(sum, backend)];
}

function vector(values: Float64Array | Float32Array, backend: OnnxruntimeBackend): TensorInfo {
  return backend.makeTensorInfo([values.length], 'float32', Float32Array.from(values));
}

function dispose(tensors: Readonly<Record<string, TensorInfo>>, backend: OnnxruntimeBackend): void {
  for (const tensor of Object.values(tensors)) backend.disposeIntermediateTensorInfo(tensor);
}
