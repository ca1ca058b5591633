import { Gelu, GeluGradient } from '../../../operations/kernels.ts';
import { Graph } from '../graph.ts';
import { kernel, type Kernel } from '../kernel.ts';

export const geluKernels: readonly Kernel[] = [
  kernel(Gelu, ['x'], ({ inputs: { x }, backend }) => {
    const build = (): Graph => {
      const graph = new Graph();
      graph.output(graph.node('Gelu', [graph.input()], {}, 'com.microsoft'));
      return graph;
    };
    return backend.mapNumbers(Gelu, build, [x], 1)[0];
  }),

  kernel(
    GeluGradient,
    ['dy', 'x'],
    ({ inputs: { dy, x }, backend }) => backend.mapNumbers(GeluGradient, gradient, [dy, x], 1)[0],
  ),
];

/** dy · (Φ(x) + x · φ(x)), where Φ(x) = (1 + erf(x / √2)) / 2, and φ is its derivative */
function gradient(): Graph {
  const graph = new Graph();
  const [dy, x] = [graph.input(), graph.input()];
  const erf = graph.node('Erf', [graph.node('Mul', [x, graph.float(Math.SQRT1_2)])]);
  const distribution = graph.node('Mul', [
    graph.node('Add', [erf, graph.float(1)]),
    graph.float(0.5),
  ]);
  const exponent = graph.node('Mul', [graph.node('Mul', [x, x]), graph.float(-0.5)]);
  const density = graph.node('Mul', [
    graph.node('Exp', [exponent]),
    graph.float(1 / Math.sqrt(2 * Math.PI)),
  ]);
  const slope = graph.node('Add', [distribution, graph.node('Mul', [x, density])]);
  graph.output(graph.node('Mul', [dy, slope]));
  return graph;
}
