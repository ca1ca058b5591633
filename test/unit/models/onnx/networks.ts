import type { NodeProto, TensorProto } from '../../../../engine/models/onnx/onnx_pb.js';
import {
  floats,
  integer,
  integers,
  node,
  numbers,
  randomFloats,
  type GraphParts,
} from './make-onnx.ts';

const [dim, heads, tokens] = [6, 2, 5];

/**
 * A vision transformer of one block on four patches, with its shapes computed from one another as PyTorch's exporter writes
 * them.
 * @param decomposed without nodes for layer normalisation and GELU, which older operator sets do not have
 */
export function transformer({ decomposed }: { decomposed: boolean }): GraphParts {
  const constants: TensorProto[] = [
    ...[0, 1, 2].map((value) => integer(`number ${String(value)}`, value)),
    ...[-1, 0, 1, heads, 3].map((value) => integers(`list ${String(value)}`, [value])),
    integers('each', [1, 1, 1]),
    integer('heads', heads),
    ...[0.5, 1, 2, -0.5, Math.SQRT2, 1e-5].map((value) =>
      floats(`float ${String(value)}`, [], [value]),
    ),
  ];
  const layerNormalization = (x: string, y: string): NodeProto[] =>
    decomposed
      ? [
          node('ReduceMean', [x], `${y} mean`, { axes: [-1] }),
          node('Sub', [x, `${y} mean`], `${y} centered`),
          node('Pow', [`${y} centered`, 'float 2'], `${y} squares`),
          node('ReduceMean', [`${y} squares`], `${y} variance`, { axes: [-1] }),
          node('Add', [`${y} variance`, 'float 0.00001'], `${y} sum`),
          node('Sqrt', [`${y} sum`], `${y} deviation`),
          node('Div', [`${y} centered`, `${y} deviation`], `${y} normalized`),
          node('Mul', [`${y} normalized`, `${y} scale`], `${y} scaled`),
          node('Add', [`${y} scaled`, `${y} offset`], y),
        ]
      : [
          node('LayerNormalization', [x, `${y} scale`, `${y} offset`], y, {
            axis: -1,
            epsilon: { float: 1e-5 },
          }),
        ];
  const gelu = (x: string, y: string): NodeProto[] =>
    decomposed
      ? [
          node('Div', [x, `float ${String(Math.SQRT2)}`], `${y} quotient`),
          node('Erf', [`${y} quotient`], `${y} error`),
          node('Add', [`${y} error`, 'float 1'], `${y} sum`),
          node('Mul', [x, `${y} sum`], `${y} product`),
          node('Mul', [`${y} product`, 'float 0.5'], y),
        ]
      : [node('Gelu', [x], y)];
  const sizeOf = (x: string, axis: number): NodeProto[] => [
    node('Shape', [x], `${x} shape ${String(axis)}`),
    node(
      'Gather',
      [`${x} shape ${String(axis)}`, `number ${String(axis)}`],
      `${x} ${String(axis)}`,
    ),
    node('Unsqueeze', [`${x} ${String(axis)}`, 'list 0'], `${x} size ${String(axis)}`),
  ];

  const embedding = [
    node('Conv', ['images', 'patches', 'patches bias'], 'map', { strides: [2, 2] }),
    node('Shape', ['map'], 'map shape'),
    node('Slice', ['map shape', 'list 0', 'list 2', 'list 0'], 'first sizes'),
    node('Concat', ['first sizes', 'list -1'], 'flat shape', { axis: 0 }),
    node('Reshape', ['map', 'flat shape'], 'flat'),
    node('Transpose', ['flat'], 'embedded', { perm: [0, 2, 1] }),
    ...sizeOf('embedded', 0),
    node('Concat', ['embedded size 0', 'list -1', 'list -1'], 'wanted', { axis: 0 }),
    node('Shape', ['wanted'], 'rank'),
    node('ConstantOfShape', ['rank'], 'ones', { value: integers('', [1]) }),
    node('Mul', ['ones', 'list -1'], 'minus ones'),
    node('Equal', ['wanted', 'minus ones'], 'as it is'),
    node('Where', ['as it is', 'ones', 'wanted'], 'token shape'),
    node('Expand', ['class token', 'token shape'], 'class tokens'),
    node('Concat', ['class tokens', 'embedded'], 'tokens', { axis: 1 }),
    node('Add', ['tokens', 'positions'], 'x'),
  ];
  const attention = [
    ...layerNormalization('x', 'n1'),
    ...[0, 1, 2].flatMap((axis) => sizeOf('n1', axis)),
    node('Div', ['n1 2', 'heads'], 'head'),
    node('Cast', ['head'], 'head size', { to: 7 }),
    node('Unsqueeze', ['head size', 'list 0'], 'head list'),
    node('Transpose', ['qkv weight'], 'qkv turned', { perm: [1, 0] }),
    node('MatMul', ['n1', 'qkv turned'], 'qkv product'),
    node('Add', ['qkv bias', 'qkv product'], 'qkv'),
    node(
      'Concat',
      ['n1 size 0', 'n1 size 1', 'list 3', `list ${String(heads)}`, 'head list'],
      'qkv shape',
      {
        axis: 0,
      },
    ),
    node('Reshape', ['qkv', 'qkv shape'], 'qkv apart'),
    node('Transpose', ['qkv apart'], 'qkv first', { perm: [2, 0, 3, 1, 4] }),
    node('Split', ['qkv first', 'each'], ['q1', 'k1', 'v1'], { axis: 0 }),
    ...['q', 'k', 'v'].map((name) => node('Squeeze', [`${name}1`, 'list 0'], name)),
    node('Transpose', ['k'], 'k turned', { perm: [0, 1, 3, 2] }),
    node('MatMul', ['q', 'k turned'], 'product'),
    node('Cast', ['head size'], 'head float', { to: 1 }),
    node('Pow', ['head float', 'float -0.5'], 'factor'),
    node('Mul', ['product', 'factor'], 'scores'),
    node('Softmax', ['scores'], 'weights', { axis: -1 }),
    node('MatMul', ['weights', 'v'], 'mixed'),
    node('Transpose', ['mixed'], 'mixed tokens', { perm: [0, 2, 1, 3] }),
    node('Concat', ['n1 size 0', 'n1 size 1', 'n1 size 2'], 'joined shape', { axis: 0 }),
    node('Reshape', ['mixed tokens', 'joined shape'], 'joined'),
    node('MatMul', ['joined', 'projection'], 'projected'),
    node('Add', ['x', 'projected'], 'x1'),
  ];
  const perceptron = [
    ...layerNormalization('x1', 'n2'),
    node('MatMul', ['n2', 'first'], 'wide'),
    ...gelu('wide', 'gated'),
    node('MatMul', ['gated', 'second'], 'narrow'),
    node('Add', ['x1', 'narrow'], 'x2'),
  ];
  const parameters = (name: string, dims: number[], seed: number): TensorProto =>
    floats(
      name,
      dims,
      numbers(
        dims.reduce((a, b) => a * b, 1),
        seed,
      ).map((x) => 0.5 * x),
    );
  return {
    opset: decomposed ? 13 : 20,
    input: ['n', 3, 4, 4],
    nodes: [
      ...embedding,
      ...attention,
      ...perceptron,
      ...layerNormalization('x2', 'n3'),
      node('Gather', ['n3', 'number 0'], 'class features', { axis: 1 }),
      node('Gemm', ['class features', 'head weight', 'head bias'], 'logits', { transB: 1 }),
    ],
    initializers: [
      ...constants,
      parameters('patches', [dim, 3, 2, 2], 1),
      parameters('patches bias', [dim], 2),
      parameters('class token', [1, 1, dim], 3),
      parameters('positions', [1, tokens, dim], 4),
      parameters('qkv weight', [3 * dim, dim], 5),
      parameters('qkv bias', [3 * dim], 6),
      parameters('projection', [dim, dim], 7),
      parameters('first', [dim, 4 * dim], 8),
      parameters('second', [4 * dim, dim], 9),
      ...['n1', 'n2', 'n3'].flatMap((name, index) => [
        parameters(`${name} scale`, [dim], 10 + index),
        parameters(`${name} offset`, [dim], 20 + index),
      ]),
      parameters('head weight', [5, dim], 30),
      parameters('head bias', [5], 31),
    ],
  };
}

/** How many numbers a training of the {@link transformer} changes. */
export const transformerParameters =
  (12 + 1) * dim +
  (1 + tokens) * dim +
  3 * dim * (dim + 1) +
  dim * dim +
  8 * dim * dim +
  6 * dim +
  5 * (dim + 1);

/** An inverted residual of MobileNetV2: wider, depthwise, narrower, and the input added again. */
export function invertedResidual(): GraphParts {
  const normalization = (x: string, y: string): NodeProto =>
    node('BatchNormalization', [x, ...statistics.map((name) => `${y} ${name}`)], y);
  const statistics = ['scale', 'offset', 'mean', 'variance'];
  const ofLayer = (name: string, channels: number, seed: number): TensorProto[] => [
    ...statistics
      .slice(0, 3)
      .map((part, at) => randomFloats(`${name} ${part}`, [channels], seed + at)),
    floats(
      `${name} variance`,
      [channels],
      numbers(channels, seed + 3).map((x) => 1 + x / 2),
    ),
  ];
  const clip = (x: string, y: string): NodeProto => node('Clip', [x, 'zero', 'six'], y);
  return {
    input: ['n', 3, 6, 6],
    nodes: [
      node('Conv', ['images', 'wide'], 'c1'),
      normalization('c1', 'b1'),
      clip('b1', 'r1'),
      node('Conv', ['r1', 'depthwise'], 'c2', { group: 6, pads: [1, 1, 1, 1] }),
      normalization('c2', 'b2'),
      clip('b2', 'r2'),
      node('Conv', ['r2', 'narrow'], 'c3'),
      normalization('c3', 'b3'),
      node('Add', ['images', 'b3'], 'y'),
      node('GlobalAveragePool', ['y'], 'pooled'),
      node('Flatten', ['pooled'], 'features'),
      node('Gemm', ['features', 'classifier', 'bias'], 'logits', { transB: 1 }),
    ],
    initializers: [
      floats('zero', [], [0]),
      floats('six', [], [6]),
      randomFloats('wide', [6, 3, 1, 1], 1),
      randomFloats('depthwise', [6, 1, 3, 3], 2),
      randomFloats('narrow', [3, 6, 1, 1], 3),
      ...ofLayer('b1', 6, 10),
      ...ofLayer('b2', 6, 20),
      ...ofLayer('b3', 3, 30),
      randomFloats('classifier', [5, 3], 4),
      randomFloats('bias', [5], 5),
    ],
  };
}
