import {
  LayerNormalization,
  LayerNormalizationGradient,
  type LayerNormalizationAttributes,
} from '../../../operations/kernels.ts';
import { sumOfParts } from '../backend.ts';
import { Graph, type Value } from '../graph.ts';
import { kernel, type Kernel } from '../kernel.ts';
import { overRows } from './reduction.ts';

export const layerNormalizationKernels: readonly Kernel[] = [
  kernel<'x' | 'scale' | 'offset', LayerNormalizationAttributes>(
    LayerNormalization,
    ['x', 'scale', 'offset'],
    ({ inputs: { x, scale, offset }, attributes: { epsilon }, backend }) => {
      const [rows, columns] = x.shape;
      return backend.mapRows(
        `${LayerNormalization} ${epsilon}`,
        () => {
          const graph = new Graph();
          const { normalized } = statisticsOf(graph, graph.input(), epsilon);
          const scaled = graph.node('Mul', [normalized, graph.input()]);
          graph.output(graph.node('Add', [scaled, graph.input()]));
          return graph;
        },
        { rows, columns },
        [x, scale, offset],
        1,
      )[0];
    },
  ),

  kernel<'dy' | 'x' | 'scale', LayerNormalizationAttributes>(
    LayerNormalizationGradient,
    ['dy', 'x', 'scale'],
    ({ inputs: { dy, x, scale }, attributes: { epsilon }, backend }) => {
      const [rows, columns] = x.shape;
      const [dx] = backend.mapRows(
        `${LayerNormalizationGradient} ${epsilon}`,
        () => inputGradient(epsilon),
        { rows, columns },
        [dy, x, scale],
        1,
      );
      const parts = backend.reduceRows(
        `${LayerNormalizationGradient} sums ${epsilon}`,
        () => {
          const graph = new Graph();
          const dyPart = graph.input();
          const { normalized } = statisticsOf(graph, graph.input(), epsilon);
          graph.output(overRows(graph, 'ReduceSum', graph.node('Mul', [dyPart, normalized])));
          graph.output(overRows(graph, 'ReduceSum', dyPart));
          return graph;
        },
        { rows, columns },
        [dy, x],
        2,
      );
      const [dScale, dOffset] = [0, 1].map((output) => {
        const sum = Float32Array.from(sumOfParts(parts, output));
        return backend.makeTensorInfo([columns], 'float32', sum);
      });
      return [dx, dScale, dOffset];
    },
  ),
];

function statisticsOf(
  graph: Graph,
  x: Value,
  epsilon: number,
): Record<'normalized' | 'reciprocal', Value> {
  const centered = graph.node('Sub', [x, rowMean(graph, x)]);
  const variance = rowMean(graph, graph.node('Mul', [centered, centered]));
  const deviation = graph.node('Sqrt', [graph.node('Add', [variance, graph.float(epsilon)])]);
  const reciprocal = graph.node('Reciprocal', [deviation]);
  return { normalized: graph.node('Mul', [centered, reciprocal]), reciprocal };
}

function rowMean(graph: Graph, value: Value): Value {
  return graph.node('ReduceMean', [value, graph.integers([-1])], { keepdims: 1 });
}

/** dx = (dn − mean(dn) − n · mean(dn · n)) / √(variance + ε), where n is x normalised and dn = dy · scale */
function inputGradient(epsilon: number): Graph {
  const graph = new Graph();
  const [dy, x, scale] = [graph.input(), graph.input(), graph.input()];
  const { normalized, reciprocal } = statisticsOf(graph, x, epsilon);
  const dNormalized = graph.node('Mul', [dy, scale]);
  const share = rowMean(graph, graph.node('Mul', [dNormalized, normalized]));
  const centered = graph.node('Sub', [dNormalized, rowMean(graph, dNormalized)]);
  const aligned = graph.node('Mul', [normalized, share]);
  graph.output(graph.node('Mul', [graph.node('Sub', [centered, aligned]), reciprocal]));
  return graph;
}
