import { Softmax, util } from '@tensorflow/tfjs-core';
import { SoftmaxCrossEntropy, SoftmaxGradient } from '../../../operations/kernels.ts';
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

  kernel(SoftmaxCrossEntropy, ['logits', 'labels'], ({ inputs: { logits, labels }, backend }) => {
    const [batch, classes] = logits.shape;
    const isLabel = backend.fill(logits.shape, (values) => {
      values.fill(0);
      backend.numbersOf(labels).forEach((label, row) => (values[row * classes + label] = 1));
    });
    const outcome = backend.run(
      `${SoftmaxCrossEntropy} ${batch}`,
      () => crossEntropy(batch),
      [logits, isLabel],
      [{ shape: [] }, { shape: logits.shape }],
    );
    backend.disposeIntermediateTensorInfo(isLabel);
    return outcome;
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

function crossEntropy(batch: number): Graph {
  const graph = new Graph();
  const [logits, isLabel] = [graph.input(), graph.input()];
  const share = graph.float(1 / batch);
  const logProbabilities = graph.node('LogSoftmax', [logits], { axis: -1 });
  // Chosen, not multiplied: the logarithm of a probability of zero is infinite, and has to go where it is not asked for.
  const zero = graph.float(0);
  const chosen = graph.node('Where', [
    graph.node('Greater', [isLabel, zero]),
    logProbabilities,
    zero,
  ]);
  const sum = graph.node('ReduceSum', [chosen], { keepdims: 0 });
  graph.output(graph.node('Neg', [graph.node('Mul', [sum, share])]));
  const surplus = graph.node('Sub', [graph.node('Exp', [logProbabilities]), isLabel]);
  graph.output(graph.node('Mul', [surplus, share]));
  return graph;
}
