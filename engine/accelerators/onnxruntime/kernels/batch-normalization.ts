import { FusedBatchNorm, util, type FusedBatchNormAttrs } from '@tensorflow/tfjs-core';
import {
  BatchNormalizationTraining,
  BatchNormalizationTrainingGradient,
  type BatchNormalizationTrainingAttributes,
} from '../../../operations/kernels.ts';
import { Graph, type Value } from '../graph.ts';
import { areFloats, kernel, type Kernel } from '../kernel.ts';
import { columnSums } from './reduction.ts';

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
    ({ inputs: { x, scale, offset }, attributes: { epsilon }, backend }) =>
      backend.run(
        `${BatchNormalizationTraining} ${epsilon}`,
        () => normalization(epsilon),
        [x, scale, offset],
        [{ shape: x.shape }, { shape: scale.shape }, { shape: scale.shape }, { shape: x.shape }],
      ),
  ),

  kernel<'dy' | 'centered' | 'variance' | 'scale', BatchNormalizationTrainingAttributes>(
    BatchNormalizationTrainingGradient,
    ['dy', 'centered', 'variance', 'scale'],
    ({ inputs: { dy, centered, variance, scale }, attributes: { epsilon }, backend }) =>
      backend.run(
        `${BatchNormalizationTrainingGradient} ${epsilon}`,
        () => normalizationGradient(epsilon),
        [dy, centered, variance, scale],
        [{ shape: dy.shape }, { shape: scale.shape }, { shape: scale.shape }],
      ),
  ),
];

function deviationOf(graph: Graph, variance: Value, epsilon: number): Value {
  return graph.node('Sqrt', [graph.node('Add', [variance, graph.float(epsilon)])]);
}

function normalization(epsilon: number): Graph {
  const graph = new Graph();
  const x = graph.input();
  const scale = graph.input();
  const offset = graph.input();
  const mean = columnSums(graph, x, true);
  const centered = graph.node('Sub', [x, mean]);
  const squares = graph.temporary(graph.node('Mul', [centered, centered]), ([x]) => x);
  const variance = columnSums(graph, squares, true);
  const factor = graph.node('Div', [scale, deviationOf(graph, variance, epsilon)]);
  const scaled = graph.temporary(graph.node('Mul', [centered, factor]), ([x]) => x);
  const y = graph.node('Add', [scaled, offset]);
  for (const output of [y, mean, variance, centered]) graph.output(output);
  return graph;
}

/** dx = factor · (dy − mean(dy) − centered · mean(dy · centered) / (variance + ε)), factor = scale / √(variance + ε) */
function normalizationGradient(epsilon: number): Graph {
  const graph = new Graph();
  const dy = graph.input();
  const centered = graph.input();
  const variance = graph.input();
  const scale = graph.input();
  const deviation = deviationOf(graph, variance, epsilon);
  const factor = graph.node('Div', [scale, deviation]);
  const rows = graph.node('Cast', [graph.node('Shape', [dy], { start: 0, end: 1 })], { to: 1 });

  const dOffset = columnSums(graph, dy, false);
  const products = graph.temporary(graph.node('Mul', [dy, centered]), ([dy]) => dy);
  const product = columnSums(graph, products, false);
  const dScale = graph.node('Div', [product, deviation]);

  const slope = graph.node('Div', [
    graph.node('Mul', [factor, dScale]),
    graph.node('Mul', [deviation, rows]),
  ]);
  const constant = graph.node('Div', [graph.node('Mul', [factor, dOffset]), rows]);
  const scaled = graph.temporary(graph.node('Mul', [dy, factor]), ([dy]) => dy);
  const aligned = graph.temporary(graph.node('Mul', [centered, slope]), ([dy]) => dy);
  const dx = graph.node('Sub', [
    scaled,
    graph.temporary(graph.node('Add', [aligned, constant]), ([dy]) => dy),
  ]);
  for (const output of [dx, dScale, dOffset]) graph.output(output);
  return graph;
}
