import {
  Abs,
  Add,
  AddN,
  Cast,
  ClipByValue,
  Elu,
  Equal,
  Erf,
  Exp,
  Greater,
  GreaterEqual,
  LeakyRelu,
  Less,
  LessEqual,
  Log,
  Maximum,
  Minimum,
  Multiply,
  Neg,
  NotEqual,
  RealDiv,
  Reciprocal,
  Relu,
  Relu6,
  Rsqrt,
  Select,
  Sigmoid,
  Sqrt,
  Square,
  SquaredDifference,
  Step,
  Sub,
  Tanh,
  backend_util,
  util,
  type CastAttrs,
  type ClipByValueAttrs,
  type LeakyReluAttrs,
  type StepAttrs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { ClipGradient, RectifierGradient, type Bounds } from '../../../operations/kernels.ts';
import { isRectifier } from '../../../operations/clip.ts';
import type { OnnxruntimeBackend } from '../backend.ts';
import { Graph, type Value } from '../graph.ts';
import { areFloats, kernel, type Kernel } from '../kernel.ts';

/** A function of each number on its own. */
export type Unary = (graph: Graph, x: Value) => Value;

export const unary = {
  abs: (graph, x) => graph.node('Abs', [x]),
  elu: (graph, x) => graph.node('Elu', [x]),
  erf: (graph, x) => graph.node('Erf', [x]),
  exp: (graph, x) => graph.node('Exp', [x]),
  log: (graph, x) => graph.node('Log', [x]),
  negative: (graph, x) => graph.node('Neg', [x]),
  reciprocal: (graph, x) => graph.node('Reciprocal', [x]),
  relu: (graph, x) => graph.node('Relu', [x]),
  relu6: (graph, x) => graph.node('Clip', [x, graph.float(0), graph.float(6)]),
  reciprocalRoot: (graph, x) => graph.node('Reciprocal', [graph.node('Sqrt', [x])]),
  sigmoid: (graph, x) => graph.node('Sigmoid', [x]),
  square: (graph, x) => graph.node('Mul', [x, x]),
  squareRoot: (graph, x) => graph.node('Sqrt', [x]),
  tanh: (graph, x) => graph.node('Tanh', [x]),
} satisfies Record<string, Unary>;

export function leakyRelu(alpha: number): Unary {
  return (graph, x) => graph.node('LeakyRelu', [x], { alpha: { float: alpha } });
}

/**
 * 1 above zero, 0 elsewhere, NaN for NaN: a line so steep that only subnormal numbers, below 10⁻³⁸, lie on its slope. It is
 * twenty times as fast as a comparison.
 */
export const isPositive: Unary = (graph, x) =>
  graph.node('HardSigmoid', [x], { alpha: { float: 3e38 }, beta: { float: 0 } });

/** min(max(x, least), most) */
export function clip(graph: Graph, x: Value, { least, most }: Bounds): Value {
  if (isUnbounded({ least, most })) return x;
  if (isRectifier({ least, most })) return graph.node('Relu', [x]);
  return graph.node('Clip', [x, graph.float(least), graph.float(most)]);
}

function isUnbounded({ least, most }: Bounds): boolean {
  return least === -Infinity && most === Infinity;
}

/** A power of two, so that at a bound itself nothing is rounded and nothing is left. */
const STEEP = 2 ** 100;

/** 1 between the bounds, 0 at them and beyond. */
export function isInside(graph: Graph, x: Value, { least, most }: Bounds): Value {
  const rising = (alpha: number, beta: number): Value =>
    graph.node('HardSigmoid', [x], { alpha: { float: alpha }, beta: { float: beta } });
  const above = (): Value => (least === 0 ? isPositive(graph, x) : rising(STEEP, -least * STEEP));
  const below = (): Value => rising(-STEEP, most * STEEP);
  if (most === Infinity) return above();
  return least === -Infinity ? below() : graph.node('Mul', [above(), below()]);
}

/** dy where y, which was cut off at the bounds, lies between them. */
export function gradientInside(graph: Graph, dy: Value, y: Value, bounds: Bounds): Value {
  return isUnbounded(bounds) ? dy : graph.node('Mul', [dy, isInside(graph, y, bounds)]);
}

/** 1 above zero, `alpha` elsewhere. */
function step(alpha: number): Unary {
  return (graph, x) => {
    if (alpha === 0) return isPositive(graph, x);
    const rise = graph.node('Mul', [isPositive(graph, x), graph.float(1 - alpha)]);
    return graph.node('Add', [rise, graph.float(alpha)]);
  };
}

function unaryKernel(name: string, compute: Unary): Kernel {
  return kernelOfAttributes<Record<string, never>>(name, () => ['', compute]);
}

/** The function for some attributes, and what distinguishes it. */
type Choice<Attributes> = (attributes: Attributes) => readonly [string, Unary];

function kernelOfAttributes<Attributes extends object>(
  name: string,
  choose: Choice<Attributes>,
): Kernel {
  return kernel<'x', Attributes>(name, ['x'], ({ inputs: { x }, attributes, backend }) => {
    if (!areFloats(x) || util.sizeFromShape(x.shape) < backend.smallestWork) return null;
    const [key, compute] = choose(attributes);
    const build = (): Graph => {
      const graph = new Graph();
      graph.output(compute(graph, graph.input()));
      return graph;
    };
    return backend.run(`${name} ${key}`, build, [x], [{ shape: x.shape }])[0];
  });
}

type Binary = (graph: Graph, a: Value, b: Value) => Value;

function operator(name: string): Binary {
  return (graph, a, b) => graph.node(name, [a, b]);
}

function binaryKernel(
  name: string,
  compute: Binary,
  dtype: 'float32' | 'bool' = 'float32',
): Kernel {
  return kernel(name, ['a', 'b'], ({ inputs: { a, b }, backend }) => {
    const shape = backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
    if (!areFloats(a, b) || util.sizeFromShape(shape) < backend.smallestWork) return null;
    const build = (): Graph => {
      const graph = new Graph();
      graph.output(compute(graph, graph.input(), graph.input()), dtype);
      return graph;
    };
    return backend.run(name, build, [a, b], [{ shape, dtype }])[0];
  });
}

const addN = kernel(AddN, [], ({ inputs, backend }) => {
  const terms = Object.values(inputs).filter((term) => term !== undefined);
  const [{ shape }] = terms;
  if (!areFloats(...terms) || util.sizeFromShape(shape) < backend.smallestWork) return null;
  const build = (): Graph => {
    const graph = new Graph();
    graph.output(
      graph.node(
        'Sum',
        terms.map(() => graph.input()),
      ),
    );
    return graph;
  };
  return backend.run(`${AddN} ${terms.length}`, build, terms, [{ shape }])[0];
});

const select = kernel(
  Select,
  ['condition', 't', 'e'],
  ({ inputs: { condition, t, e }, backend }) => {
    if (!areFloats(t, e) || !util.arraysEqual(condition.shape, t.shape)) return null;
    if (condition.dtype !== 'bool' || util.sizeFromShape(t.shape) < backend.smallestWork)
      return null;
    const build = (): Graph => {
      const graph = new Graph();
      graph.output(graph.node('Where', [graph.input('bool'), graph.input(), graph.input()]));
      return graph;
    };
    return backend.run(Select, build, [condition, t, e], [{ shape: t.shape }])[0];
  },
);

/** On `cpu` a cast to float32 keeps the integers and renames them; every graph would have to convert them anew. */
const cast = kernel<'x', CastAttrs>(Cast, ['x'], ({ inputs: { x }, attributes, backend }) => {
  const convertible = x.dtype === 'int32' || x.dtype === 'bool';
  if (!convertible || attributes.dtype !== 'float32') return null;
  return backend.fill(x.shape, (values) => values.set(backend.numbersOf(x)));
});

/** dy where some function of y is positive, on parts that stay in the processor's cache. */
function gradientWhere(
  name: string,
  { dy, y }: Record<'dy' | 'y', TensorInfo>,
  mask: Unary,
  backend: OnnxruntimeBackend,
): TensorInfo {
  const build = (): Graph => {
    const graph = new Graph();
    graph.output(graph.node('Mul', [graph.input(), mask(graph, graph.input())]));
    return graph;
  };
  return backend.mapNumbers(name, build, [dy, y], 1)[0];
}

const rectifierGradient = kernel(RectifierGradient, ['dy', 'y'], ({ inputs: { dy, y }, backend }) =>
  gradientWhere(RectifierGradient, { dy, y }, isPositive, backend),
);

const clipGradient = kernel<'dy' | 'y', Bounds>(
  ClipGradient,
  ['dy', 'y'],
  ({ inputs: { dy, y }, attributes: { least, most }, backend }) =>
    gradientWhere(
      `${ClipGradient} ${least} ${most}`,
      { dy, y },
      (graph, value) => isInside(graph, value, { least, most }),
      backend,
    ),
);

export const elementWiseKernels: readonly Kernel[] = [
  unaryKernel(Abs, unary.abs),
  unaryKernel(Elu, unary.elu),
  unaryKernel(Erf, unary.erf),
  unaryKernel(Exp, unary.exp),
  unaryKernel(Log, unary.log),
  unaryKernel(Neg, unary.negative),
  unaryKernel(Reciprocal, unary.reciprocal),
  unaryKernel(Relu, unary.relu),
  unaryKernel(Relu6, unary.relu6),
  unaryKernel(Rsqrt, unary.reciprocalRoot),
  unaryKernel(Sigmoid, unary.sigmoid),
  unaryKernel(Sqrt, unary.squareRoot),
  unaryKernel(Square, unary.square),
  unaryKernel(Tanh, unary.tanh),
  kernelOfAttributes<LeakyReluAttrs>(LeakyRelu, ({ alpha }) => [`${alpha}`, leakyRelu(alpha)]),
  kernelOfAttributes<StepAttrs>(Step, ({ alpha }) => [`${alpha}`, step(alpha)]),
  kernelOfAttributes<ClipByValueAttrs>(ClipByValue, ({ clipValueMin, clipValueMax }) => [
    `${clipValueMin} ${clipValueMax}`,
    (graph, x) => clip(graph, x, { least: clipValueMin, most: clipValueMax }),
  ]),
  binaryKernel(Add, operator('Add')),
  binaryKernel(Maximum, operator('Max')),
  binaryKernel(Minimum, operator('Min')),
  binaryKernel(Multiply, operator('Mul')),
  binaryKernel(RealDiv, operator('Div')),
  binaryKernel(Sub, operator('Sub')),
  binaryKernel(SquaredDifference, (graph, a, b) => unary.square(graph, graph.node('Sub', [a, b]))),
  binaryKernel(Equal, operator('Equal'), 'bool'),
  binaryKernel(Greater, operator('Greater'), 'bool'),
  binaryKernel(GreaterEqual, operator('GreaterOrEqual'), 'bool'),
  binaryKernel(Less, operator('Less'), 'bool'),
  binaryKernel(LessEqual, operator('LessOrEqual'), 'bool'),
  binaryKernel(NotEqual, (graph, a, b) => graph.node('Not', [graph.node('Equal', [a, b])]), 'bool'),
  addN,
  rectifierGradient,
  clipGradient,
  select,
  cast,
];
