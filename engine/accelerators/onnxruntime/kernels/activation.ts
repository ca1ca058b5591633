import type { backend_util, TensorInfo } from '@tensorflow/tfjs-core';
import type { OnnxruntimeBackend } from '../backend.ts';
import { Graph } from '../graph.ts';
import { leakyRelu, unary, type Unary } from './element-wise.ts';

interface Activation {
  readonly activation: backend_util.Activation;
  readonly leakyreluAlpha?: number;
}

/** Adds a bias to a product and applies an activation; disposes of the product itself. */
export function activate(
  product: TensorInfo,
  bias: TensorInfo | undefined,
  { activation, leakyreluAlpha = 0.2 }: Activation,
  preluWeights: TensorInfo | undefined,
  backend: OnnxruntimeBackend,
): TensorInfo {
  const inputs = [product, bias, activation === 'prelu' ? preluWeights : undefined];
  const present = inputs.filter((input) => input !== undefined);
  if (present.length === 1 && activation === 'linear') return product;
  const build = (): Graph => {
    const graph = new Graph();
    const x = graph.input();
    const sum = bias ? graph.node('Add', [x, graph.input()]) : x;
    graph.output(
      activation === 'prelu'
        ? graph.node('PRelu', [sum, graph.input()])
        : functionOf(activation, leakyreluAlpha)(graph, sum),
    );
    return graph;
  };
  const key = `activation ${activation} ${leakyreluAlpha} ${bias !== undefined}`;
  const [result] = backend.run(key, build, present, [{ shape: product.shape }]);
  backend.disposeIntermediateTensorInfo(product);
  return result;
}

function functionOf(
  activation: Exclude<backend_util.Activation, 'prelu'>,
  leakyreluAlpha: number,
): Unary {
  switch (activation) {
    case 'linear':
      return (_graph, x) => x;
    case 'leakyrelu':
      return leakyRelu(leakyreluAlpha);
    default:
      return unary[activation];
  }
}
