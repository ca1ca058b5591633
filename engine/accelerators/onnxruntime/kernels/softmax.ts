import { Softmax, util } from '@tensorflow/tfjs-core';
import { SoftmaxGradient } from '../../../operations/kernels.ts';
import { Graph } from '../graph.ts';
import { areFloats, kernel, type Kernel } from '../kernel.ts';

export const softmaxKernels: readonly Kernel[] = [
  // tfjs only calls it for the last axis.
  kernel(Softmax, ['logits'], ({ inputs: { logits }, backend }) => {
    if (!areFloats(logits) || util.sizeFromShape(logits.shape) < backend.smallestWork) return null;
    const build = (): Graph => {
      const graph = new Graph();
      graph.output(graph.node('Softmax', [graph.input()], { axis: -1 }));
      return graph;
    };
    return backend.run(Softmax, build, [logits], [{ shape: logits.shape }])[0];
  }),

  kernel(SoftmaxGradient, ['dy', 'y'], ({ inputs: { dy, y }, backend }) => {
    const [rows, columns] = y.shape;
    return backend.mapRows(SoftmaxGradient, gradient, { rows, columns }, [dy, y], 1)[0];
  }),
];

/** y · (dy − Σ dy · y), the sum over each row */
function gradient(): Graph {
  const graph = new Graph();
  const [dy, y] = [graph.input(), graph.input()];
  const sum = graph.node('ReduceSum', [graph.node('Mul', [dy, y]), graph.integers([-1])], {
    keepdims: 1,
  });
  graph.output(graph.node('Mul', [y, graph.node('Sub', [dy, sum])]));
  return graph;
}
