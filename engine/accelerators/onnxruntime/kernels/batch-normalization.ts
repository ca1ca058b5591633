import {
  FusedBatchNorm,
  util,
  type FusedBatchNormAttrs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import {
  BatchNormalizationTraining,
  BatchNormalizationTrainingGradient,
  type BatchNormalizationTrainingAttributes,
} from '../../../operations/kernels.ts';
import { Graph, type Value } from '../graph.ts';
import { areFloats, kernel, type Kernel } from '../kernel.ts';
import { foldRows, overRows } from './reduction.ts';

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
    ({ inputs: { x, scale, offset }, attributes: { epsilon }, backend }) => {
      const folded = { ...x, shape: foldMatrix(x) };
      const [y, mean, variance, centered] = backend.run(
        `${BatchNormalizationTraining} ${epsilon}`,
        () => normalization(epsilon),
        [folded, scale, offset],
        [folded, scale, scale, folded].map(({ shape }) => ({ shape })),
      );
      return [{ ...y, shape: x.shape }, mean, variance, { ...centered, shape: x.shape }];
    },
  ),

  kernel<'dy' | 'centered' | 'variance' | 'scale', BatchNormalizationTrainingAttributes>(
    BatchNormalizationTrainingGradient,
    ['dy', 'centered', 'variance', 'scale'],
    ({ inputs: { dy, centered, variance, scale }, attributes: { epsilon }, backend }) => {
      const shape = foldMatrix(dy);
      const [dx, dScale, dOffset] = backend.run(
        `${BatchNormalizationTrainingGradient} ${epsilon}`,
        () => normalizationGradient(epsilon),
        [{ ...dy, shape }, { ...centered, shape }, variance, scale],
        [{ shape }, { shape: scale.shape }, { shape: scale.shape }],
      );
      return [{ ...dx, shape: dy.shape }, dScale, dOffset];
    },
  ),
];

function foldMatrix({ shape: [rows, columns] }: TensorInfo): number[] {
  return foldRows(rows, columns);
}

function deviationOf(graph: Graph, variance: Value, epsilon: number): Value {
  return graph.node('Sqrt', [graph.node('Add', [variance, graph.float(epsilon)])]);
}

/** x, scale, offset → y, mean, variance, x − mean */
function normalization(epsilon: number): Graph {
  const graph = new Graph();
  const x = graph.input();
  const scale = graph.input();
  const offset = graph.input();
  const mean = overRows(graph, 'ReduceMean', x);
  const centered = graph.node('Sub', [x, mean]);
  const squares = graph.temporary(graph.node('Mul', [centered, centered]), ([x]) => x);
  const variance = overRows(graph, 'ReduceMean', squares);
  const factor = graph.node('Div', [scale, deviationOf(graph, variance, epsilon)]);
  const scaled = graph.temporary(graph.node('Mul', [centered, factor]), ([x]) => x);
  const y = graph.node('Add', [scaled, offset]);
  for (const output of [y, mean, variance, centered]) graph.output(output);
  return graph;
}

/**
 * dy, x − mean, variance, scale → dx, dScale, dOffset, where
 * dx = factor · (dy − mean(dy) − centered · mean(dy · centered) / (variance + ε)), factor = scale / √(variance + ε)
 */
function normalizationGradient(epsilon: number): Graph {
  const graph = new Graph();
  const dy = graph.input();
  const centered = graph.input();
  const deviation = deviationOf(graph, graph.input(), epsilon);
  const factor = graph.node('Div', [graph.input(), deviation]);
  const groups = graph.node('Shape', [dy], { start: 0, end: 2 });
  const rows = graph.node('Cast', [graph.node('ReduceProd', [groups], { keepdims: 0 })], { to: 1 });

  const dOffset = overRows(graph, 'ReduceSum', dy);
  const products = graph.temporary(graph.node('Mul', [dy, centered]), ([dy]) => dy);
  const dScale = graph.node('Div', [overRows(graph, 'ReduceSum', products), deviation]);

  const slope = graph.node('Div', [
    graph.node('Mul', [factor, dScale]),
    graph.node('Mul', [deviation, rows]),
  ]);
  const constant = graph.node('Div', [graph.node('Mul', [factor, dOffset]), rows]);
  const scaled = graph.temporary(graph.node('Mul', [dy, factor]), ([dy]) => dy);
  const aligned = graph.temporary(graph.node('Mul', [centered, slope]), ([dy]) => dy);
  const surplus = graph.temporary(graph.node('Add', [aligned, constant]), ([dy]) => dy);
  const dx = graph.node('Sub', [scaled, surplus]);
  for (const output of [dx, dScale, dOffset]) graph.output(output);
  return graph;
}
