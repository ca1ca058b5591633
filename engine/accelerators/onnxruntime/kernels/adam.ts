import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import { AdamUpdate, type AdamUpdateAttributes } from '../../../operations/kernels.ts';
import { asFloat32, type OnnxruntimeBackend } from '../backend.ts';
import { Graph } from '../graph.ts';
import { kernel, type Kernel } from '../kernel.ts';

export const adamKernels: readonly Kernel[] = [
  kernel<'value' | 'gradient' | 'momentum' | 'velocity', AdamUpdateAttributes>(
    AdamUpdate,
    ['value', 'gradient', 'momentum', 'velocity'],
    ({ inputs: { value, gradient, momentum, velocity }, attributes, backend }) => {
      if (util.sizeFromShape(value.shape) < backend.smallestWork)
        return updateFew({ value, gradient, momentum, velocity }, attributes, backend);
      const { beta1, beta2, rootFactor, floor } = attributes;
      // Both change with every step: as inputs, they leave the graph as it is.
      const factors = [rootFactor, floor].map((factor) =>
        backend.makeTensorInfo([], 'float32', Float32Array.of(factor)),
      );
      const updated = backend.mapNumbers(
        `${AdamUpdate} ${beta1} ${beta2}`,
        () => updateGraph(beta1, beta2),
        [value, gradient, momentum, velocity, ...factors],
        3,
      );
      for (const factor of factors) backend.disposeIntermediateTensorInfo(factor);
      return updated;
    },
  ),
];

/** A network has many small variables: for them, a call into ONNX Runtime takes longer than the update itself. */
function updateFew(
  tensors: Record<'value' | 'gradient' | 'momentum' | 'velocity', TensorInfo>,
  { beta1, beta2, rootFactor, floor }: AdamUpdateAttributes,
  backend: OnnxruntimeBackend,
): TensorInfo[] {
  const [value, gradient, momentum, velocity] = [
    tensors.value,
    tensors.gradient,
    tensors.momentum,
    tensors.velocity,
  ].map((tensor) => asFloat32(backend.numbersOf(tensor)));
  const updated = [value, momentum, velocity].map(({ length }) => new Float32Array(length));
  const [newValue, newMomentum, newVelocity] = updated;
  for (let place = 0; place < value.length; place++) {
    newMomentum[place] = momentum[place] * beta1 + gradient[place];
    newVelocity[place] = velocity[place] * beta2 + gradient[place] * gradient[place];
    const divisor = Math.sqrt(newVelocity[place]) * rootFactor + floor;
    newValue[place] = value[place] - newMomentum[place] / divisor;
  }
  return updated.map((values) => backend.makeTensorInfo(tensors.value.shape, 'float32', values));
}

function updateGraph(beta1: number, beta2: number): Graph {
  const graph = new Graph();
  const value = graph.input();
  const gradient = graph.input();
  const momentum = graph.node('Add', [
    graph.node('Mul', [graph.input(), graph.float(beta1)]),
    gradient,
  ]);
  const velocity = graph.node('Add', [
    graph.node('Mul', [graph.input(), graph.float(beta2)]),
    graph.node('Mul', [gradient, gradient]),
  ]);
  const root = graph.node('Mul', [graph.node('Sqrt', [velocity]), graph.input()]);
  const step = graph.node('Div', [momentum, graph.node('Add', [root, graph.input()])]);
  graph.output(graph.node('Sub', [value, step]));
  graph.output(momentum);
  graph.output(velocity);
  return graph;
}
