import {
  backend_util,
  Max,
  Mean,
  Sum,
  util,
  type MaxAttrs,
  type MeanAttrs,
  type SumAttrs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { OnnxruntimeBackend } from '../backend.ts';
import { groupOf } from '../geometry.ts';
import { Graph, type Value } from '../graph.ts';
import { areFloats, kernel, type Kernel } from '../kernel.ts';

export const reductionKernels: readonly Kernel[] = [
  kernel<'x', SumAttrs>(Sum, ['x'], ({ inputs: { x }, attributes, backend }) =>
    reduce(x, attributes.axis, attributes.keepDims, 'ReduceSum', backend),
  ),
  kernel<'x', MeanAttrs>(Mean, ['x'], ({ inputs: { x }, attributes, backend }) =>
    reduce(x, attributes.axis, attributes.keepDims, 'ReduceMean', backend),
  ),
  kernel<'x', MaxAttrs>(Max, ['x'], ({ inputs: { x }, attributes, backend }) =>
    reduce(x, attributes.reductionIndices, attributes.keepDims, 'ReduceMax', backend),
  ),
];

type Operator = 'ReduceSum' | 'ReduceMean' | 'ReduceMax';

function reduce(
  x: TensorInfo,
  axis: number | number[],
  keepDims: boolean,
  operator: Operator,
  backend: OnnxruntimeBackend,
): TensorInfo | null {
  const axes = util.parseAxisParam(axis, x.shape);
  if (!areFloats(x) || axes.length === 0 || util.sizeFromShape(x.shape) < backend.smallestWork)
    return null;
  const [outShape] = backend_util.computeOutAndReduceShapes(x.shape, axes);
  const shape = keepDims ? backend_util.expandShapeToKeepDim(outShape, axes) : outShape;

  if (operator !== 'ReduceMax' && axes.every((each, index) => each === index)) {
    const columns = util.sizeFromShape(outShape);
    const [result] = backend.run(
      `${operator} of columns`,
      () => {
        const graph = new Graph();
        graph.output(overRows(graph, operator, graph.input()));
        return graph;
      },
      [{ ...x, shape: foldRows(util.sizeFromShape(x.shape) / columns, columns) }],
      [{ shape: [columns] }],
    );
    return { ...result, shape };
  }

  const [result] = backend.run(
    `${operator} ${axes.join()}`,
    () => {
      const graph = new Graph();
      const input = graph.input();
      const over = (value: Value, name: Operator = operator): Value =>
        graph.node(name, [value, graph.integers(axes)], { keepdims: 0 });
      graph.output(operator === 'ReduceMax' ? propagatingNaN(graph, input, over) : over(input));
      return graph;
    },
    [x],
    [{ shape: outShape }],
  );
  return { ...result, shape };
}

/** ONNX Runtime's maximum forgets a NaN that comes before a larger number. */
function propagatingNaN(
  graph: Graph,
  value: Value,
  over: (value: Value, operator?: Operator) => Value,
): Value {
  const isNaN = graph.node('Cast', [graph.node('IsNaN', [value])], { to: 1 });
  const anyNaN = graph.node('Greater', [over(isNaN), graph.float(0)]);
  return graph.node('Where', [anyNaN, graph.float(NaN), over(value)]);
}

/**
 * The shape under which {@link overRows} takes a matrix of [rows, columns]: the rows in groups, about as many groups as there
 * are rows in each, if they can be so divided.
 * @returns [groups, rows of a group, columns]
 */
function foldRows(rows: number, columns: number): [number, number, number] {
  const group = groupOf(rows);
  return [rows / group, group, columns];
}

/**
 * The sum or mean over all rows, [columns]: group by group, then over the groups. That is several times as fast as ONNX
 * Runtime's reduction over the leading axis of a matrix, and more precise.
 * @param folded a matrix under the shape that {@link foldRows} gives
 */
export function overRows(graph: Graph, operator: 'ReduceSum' | 'ReduceMean', folded: Value): Value {
  const over = (value: Value, axis: number): Value =>
    graph.node(operator, [value, graph.integers([axis])], { keepdims: 0 });
  return over(over(folded, 1), 0);
}
