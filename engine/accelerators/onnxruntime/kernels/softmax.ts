import { Softmax, util } from '@tensorflow/tfjs-core';
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
];
