import type { TensorInfo } from '@tensorflow/tfjs-core';
import { Tensor } from 'onnxruntime-common';
import {
  NormalizedProjection,
  NormalizedProjectionGradient,
  type Bounds,
  type NormalizedProjectionAttributes,
} from '../../../operations/kernels.ts';
import { asFloat32, type OnnxruntimeBackend } from '../backend.ts';
import { Graph, type Value } from '../graph.ts';
import { kernel, type Kernel } from '../kernel.ts';
import { clip, gradientInside } from './element-wise.ts';
import { overRows } from './reduction.ts';

/*
 * z = x · filter is never held. With Cov(x) from xᵀx, in double precision because it is a difference:
 *   mean(z) = mean(x) · filter, Cov(x, z) = Cov(x) · filter, var(z) = the columns' sums of filter ∘ Cov(x, z),
 *   y = x · (filter ∘ factor) + (offset − mean(z) · factor), factor = scale / √(var(z) + ε).
 * Backwards, with d = dy where y lies inside its bounds, s its columns' sums, M rows, n = (z − mean(z)) / √(var(z) + ε):
 *   dz = factor · (d − s / M − n · dScale / M),
 *   G = xᵀd − mean(x)ᵀs, dScale = the columns' sums of filter ∘ G / √(var(z) + ε), dOffset = s,
 *   dFilter = xᵀdz = factor · (G − Cov(x, z) · dScale / √(var(z) + ε)),
 *   dx = dz · filterᵀ = d · (filter ∘ factor)ᵀ − x · filter · diag(slope) · filterᵀ + constant,
 * so that d, too, is needed in one pass alone.
 */

const differentiatedInputs = [
  'dy',
  'y',
  'x',
  'filter',
  'scale',
  'variance',
  'xMean',
  'covariance',
] as const;
type DifferentiatedInput = (typeof differentiatedInputs)[number];

export const normalizedProjectionKernels: readonly Kernel[] = [
  kernel<'x' | 'filter' | 'scale' | 'offset', NormalizedProjectionAttributes>(
    NormalizedProjection,
    ['x', 'filter', 'scale', 'offset'],
    ({ inputs, attributes, backend }) => project(inputs, attributes, backend),
  ),

  kernel<DifferentiatedInput, NormalizedProjectionAttributes>(
    NormalizedProjectionGradient,
    differentiatedInputs,
    ({ inputs, attributes, backend }) => differentiate(inputs, attributes, backend),
  ),
];

/** @returns y, mean, variance, xMean, covariance */
function project(
  { x, filter, scale, offset }: Record<'x' | 'filter' | 'scale' | 'offset', TensorInfo>,
  { epsilon, ...bounds }: NormalizedProjectionAttributes,
  backend: OnnxruntimeBackend,
): TensorInfo[] {
  const [rows] = x.shape;
  const [inner, columns] = filter.shape;
  const { xMean, mean, variance, covariance } = statisticsOf(x, filter, backend);
  const factor = factorOf(listOf(scale, backend), variance, epsilon);
  const constant = listOf(offset, backend).map(
    (each, column) => each - mean[column] * factor[column],
  );
  const { mapped } = backend.runOnRows(
    `normalized projection of ${inner} ${bounds.least} ${bounds.most}`,
    () => {
      const graph = new Graph();
      const part = graph.reshape(graph.input(), [-1, inner]);
      const scaled = graph.node('Mul', [graph.input(), graph.input()]);
      const y = graph.node('Gemm', [part, scaled, graph.input()]);
      graph.output(clip(graph, y, bounds));
      return graph;
    },
    { rows, columns },
    [x],
    [tensorOf(filter, backend), list(factor), list(constant)],
    { mapped: [columns] },
  );
  const vectors = [mean, variance, xMean].map((values) =>
    backend.makeTensorInfo([values.length], 'float32', Float32Array.from(values)),
  );
  return [...mapped, ...vectors, backend.makeTensorInfo([inner, columns], 'float32', covariance)];
}

interface Statistics {
  readonly xMean: Float64Array;
  /** Of x · filter, as all that follows. */
  readonly mean: Float64Array;
  readonly variance: Float64Array;
  /** With x. */
  readonly covariance: Float32Array;
}

function statisticsOf(x: TensorInfo, filter: TensorInfo, backend: OnnxruntimeBackend): Statistics {
  const [rows] = x.shape;
  const [inner, columns] = filter.shape;
  const { sums } = backend.runOnRows(
    `products of ${inner} columns`,
    () => {
      const graph = new Graph();
      const part = graph.cast(graph.input(), 'float64');
      const matrix = graph.reshape(part, [-1, inner]);
      graph.output(overRows(graph, 'ReduceSum', part), 'float64');
      const products = graph.node('Gemm', [matrix, matrix], { transA: 1 });
      graph.output(graph.reshape(products, [-1]), 'float64');
      return graph;
    },
    { rows, columns: inner },
    [x],
    [],
    { summed: [inner, inner ** 2], summedAs: 'float64' },
  );
  const [sum, products] = sums;
  const xMean = sum.map((each) => each / rows);
  const xCovariance = products.map(
    (each, place) => each / rows - xMean[Math.floor(place / inner)] * xMean[place % inner],
  );
  const mean = new Float64Array(columns);
  const variance = new Float64Array(columns);
  const covariance = new Float32Array(inner * columns);
  backend.runOnce(
    'statistics of a projection',
    () => {
      const graph = new Graph();
      const filter = graph.cast(graph.input(), 'float64');
      graph.output(graph.node('MatMul', [graph.input('float64'), filter]), 'float64');
      const covariance = graph.node('MatMul', [graph.input('float64'), filter]);
      const terms = graph.node('Mul', [filter, covariance]);
      graph.output(
        graph.node('ReduceSum', [terms, graph.integers([0])], { keepdims: 0 }),
        'float64',
      );
      graph.output(graph.cast(covariance, 'float32'));
      return graph;
    },
    [
      tensorOf(filter, backend),
      new Tensor('float64', xMean, [inner]),
      new Tensor('float64', xCovariance, [inner, inner]),
    ],
    [
      new Tensor('float64', mean, [columns]),
      new Tensor('float64', variance, [columns]),
      new Tensor('float32', covariance, [inner, columns]),
    ],
  );
  // That of a constant may come out a trifle below zero.
  return { xMean, mean, variance: variance.map((each) => Math.max(0, each)), covariance };
}

/** @returns the gradients of x, filter, scale and offset */
function differentiate(
  tensors: Record<DifferentiatedInput, TensorInfo>,
  { epsilon, ...bounds }: NormalizedProjectionAttributes,
  backend: OnnxruntimeBackend,
): TensorInfo[] {
  const { dy, y, x, filter } = tensors;
  const [rows, columns] = dy.shape;
  const [inner] = filter.shape;
  const scale = listOf(tensors.scale, backend);
  const variance = listOf(tensors.variance, backend);
  const factor = list(factorOf(scale, variance, epsilon));
  const {
    mapped: [direct],
    sums: [sum, products],
  } = backend.runOnRows(
    `normalized projection products ${columns} ${inner} ${bounds.least} ${bounds.most}`,
    () => productsGraph(inner, columns, bounds),
    { rows, columns },
    [dy, y, x],
    [tensorOf(filter, backend), factor],
    { mapped: [inner], summed: [columns, inner * columns] },
  );
  const [dx, dFilter, dScale] = backend.run(
    'normalized projection gradients',
    gradientsGraph,
    [direct, x, filter, tensors.covariance, tensors.xMean],
    [{ shape: x.shape }, { shape: filter.shape }, { shape: [columns] }],
    [
      new Tensor('float64', sum, [1, columns]),
      new Tensor('float64', products, [inner, columns]),
      factor,
      list(variance.map((each) => 1 / Math.sqrt(each + epsilon))),
      new Tensor('float32', Float32Array.of(1 / rows), [1]),
    ],
  );
  backend.disposeIntermediateTensorInfo(direct);
  return [
    dx,
    dFilter,
    dScale,
    backend.makeTensorInfo([columns], 'float32', Float32Array.from(sum)),
  ];
}

/** Parts of dy, y, x; filter, factor → d · (filter ∘ factor)ᵀ; the columns' sums of d, xᵀd */
function productsGraph(inner: number, columns: number, bounds: Bounds): Graph {
  const graph = new Graph();
  const [dyPart, yPart] = [graph.input(), graph.input()];
  const xPart = graph.reshape(graph.input(), [-1, inner]);
  const scaled = graph.node('Mul', [graph.input(), graph.input()]);
  const inside = gradientInside(graph, dyPart, yPart, bounds);
  const rows = graph.reshape(inside, [-1, columns]);
  graph.output(graph.node('Gemm', [rows, scaled], { transB: 1 }));
  graph.output(overRows(graph, 'ReduceSum', inside));
  graph.output(graph.reshape(graph.node('Gemm', [xPart, rows], { transA: 1 }), [-1]));
  return graph;
}

/** The direct part of dx, x, filter, Cov(x, z), mean(x), s, xᵀd, factor, 1 / √(var(z) + ε), 1 / M → dx, dFilter, dScale */
function gradientsGraph(): Graph {
  const graph = new Graph();
  const [direct, x, filter, covariance, xMean] = inputs(graph, 5);
  const [sum, products] = [graph.input('float64'), graph.input('float64')];
  const [factor, reciprocal, share] = inputs(graph, 3);
  const times = (...factors: Value[]): Value =>
    factors.reduce((product, each) => graph.node('Mul', [product, each]));
  const minus = (a: Value, b: Value): Value => graph.node('Sub', [a, b]);
  const row = (value: Value): Value => graph.reshape(value, [1, -1]);

  const atMean = graph.node('MatMul', [graph.reshape(graph.cast(xMean, 'float64'), [-1, 1]), sum]);
  const centered = graph.cast(minus(products, atMean), 'float32');
  const sumOfColumns = (value: Value): Value =>
    graph.node('ReduceSum', [value, graph.integers([0])], { keepdims: 0 });
  const dScale = times(sumOfColumns(times(filter, centered)), reciprocal);
  const aligned = times(covariance, times(dScale, reciprocal));
  const dFilter = times(minus(centered, aligned), factor);

  const slope = times(factor, dScale, reciprocal, share);
  const mean = graph.node('MatMul', [row(xMean), filter]);
  const level = minus(times(slope, mean), times(factor, graph.cast(sum, 'float32'), share));
  const turned = { transB: 1 };
  const constant = graph.node('Gemm', [level, filter], turned);
  const square = graph.node('Gemm', [times(filter, slope), filter], turned);
  const indirect = graph.node('Gemm', [x, square, constant], { alpha: { float: -1 } });
  graph.output(graph.node('Add', [direct, indirect]));
  graph.output(dFilter);
  graph.output(dScale);
  return graph;
}

function inputs(graph: Graph, count: number): Value[] {
  return Array.from({ length: count }, () => graph.input());
}

function factorOf(
  scale: Float32Array,
  variance: Float32Array | Float64Array,
  epsilon: number,
): Float32Array {
  return scale.map((each, column) => each / Math.sqrt(variance[column] + epsilon));
}

function listOf(tensor: TensorInfo, backend: OnnxruntimeBackend): Float32Array {
  return asFloat32(backend.numbersOf(tensor));
}

function list(values: Float32Array): Tensor {
  return new Tensor('float32', values, [values.length]);
}

function tensorOf(tensor: TensorInfo, backend: OnnxruntimeBackend): Tensor {
  return new Tensor('float32', listOf(tensor, backend), tensor.shape);
}
