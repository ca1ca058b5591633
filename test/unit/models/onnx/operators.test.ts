import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NodeProto, TensorProto } from '../../../../engine/models/onnx/onnx_pb.js';
import { floats, integer, integers, node, randomFloats } from './make-onnx.ts';
import { expectSameScores } from './run-both.ts';

const runs = { numRuns: 30 };
const side = fc.integer({ min: 4, max: 9 });
const kernel = fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }));
const strides = fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 2 }));
const flag = fc.integer({ min: 0, max: 1 });

function padsBelow(limit: readonly [number, number]): fc.Arbitrary<number[]> {
  const [height, width] = limit.map((size) => fc.integer({ min: 0, max: size - 1 }));
  return fc.tuple(height, width, height, width);
}

const convolution = fc.record({
  groups: fc.constantFrom(1, 2, 4),
  channelsPerGroup: fc.integer({ min: 1, max: 3 }),
  filtersPerGroup: fc.integer({ min: 1, max: 3 }),
  // As large as the largest kernel, dilated.
  side: fc.integer({ min: 5, max: 9 }),
  kernel,
  strides,
  dilations: fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 2 })),
  padding: fc.oneof(
    padsBelow([4, 4]).map((pads) => ({ pads })),
    fc.constantFrom('VALID', 'SAME_UPPER', 'SAME_LOWER').map((auto_pad) => ({ auto_pad })),
  ),
  bias: fc.boolean(),
});

const pooling = kernel.chain((size) =>
  fc.record({
    kernel: fc.constant(size),
    side,
    strides,
    padding: fc.oneof(
      padsBelow(size).map((pads) => ({ pads })),
      fc.constantFrom('SAME_UPPER', 'SAME_LOWER').map((auto_pad) => ({ auto_pad })),
    ),
    ceil_mode: flag,
    count_include_pad: flag,
  }),
);

describe('operators give the scores that ONNX Runtime gives:', () => {
  it('Conv, whatever its attributes', async () => {
    await fc.assert(
      fc.asyncProperty(convolution, async (shape) => {
        const { groups, channelsPerGroup, filtersPerGroup } = shape;
        const filters = groups * filtersPerGroup;
        await expectSameScores({
          input: ['n', groups * channelsPerGroup, shape.side, shape.side + 1],
          nodes: [
            node('Conv', ['images', 'kernel', ...(shape.bias ? ['bias'] : [])], 'y', {
              group: groups,
              kernel_shape: shape.kernel,
              strides: shape.strides,
              dilations: 'auto_pad' in shape.padding ? [1, 1] : shape.dilations,
              ...shape.padding,
            }),
          ],
          initializers: [
            randomFloats('kernel', [filters, channelsPerGroup, ...shape.kernel], 1),
            randomFloats('bias', [filters], 2),
          ],
        });
      }),
      { numRuns: 60 },
    );
  });

  it('MaxPool and AveragePool, whatever their attributes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.boolean(), pooling, async (largest, shape) => {
        const { count_include_pad, ceil_mode, padding } = shape;
        // ONNX Runtime itself fails where its automatic padding would have to be negative.
        fc.pre('pads' in padding || shape.strides.every((by, axis) => by <= shape.kernel[axis]));
        await expectSameScores({
          opset: 22,
          input: ['n', 2, shape.side, shape.side + 1],
          nodes: [
            node(largest ? 'MaxPool' : 'AveragePool', ['images'], 'y', {
              kernel_shape: shape.kernel,
              strides: shape.strides,
              ...padding,
              ...('pads' in padding ? { ceil_mode } : {}),
              ...(largest ? {} : { count_include_pad }),
            }),
          ],
        });
      }),
      { numRuns: 100 },
    );
  });

  it.each([
    ['Relu', {}],
    ['Sigmoid', {}],
    ['LeakyRelu', {}],
    ['LeakyRelu', { alpha: { float: 0.3 } }],
    ['GlobalAveragePool', {}],
    ['Dropout', {}],
    ['Identity', {}],
    ['Elu', {}],
    ['Erf', {}],
    ['Exp', {}],
    ['HardSigmoid', { alpha: { float: 0.4 }, beta: { float: 0.3 } }],
    ['Neg', {}],
    ['Softplus', {}],
    ['Tanh', {}],
    ['Cast', { to: 1 }],
  ])('%s %j', async (type, attributes) => {
    await expectSameScores({ nodes: [node(type, ['images'], 'y', attributes)] });
  });

  it.each([
    ['HardSwish', {}, 14],
    ['Mish', {}, 18],
    ['Gelu', {}, 20],
    ['Gelu', { approximate: 'tanh' }, 20],
  ])('%s %j of operator set %i', async (type, attributes, opset) => {
    const wider = node('Mul', ['images', 'four'], 'x');
    await expectSameScores({
      opset,
      nodes: [wider, node(type, ['x'], 'y', attributes)],
      initializers: [floats('four', [], [4])],
    });
  });

  it('Sqrt, Reciprocal and Pow of positive numbers', async () => {
    for (const exponent of [2, 0.5, -1.5, 3]) {
      await expectSameScores({
        nodes: [
          node('Add', ['images', 'two'], 'positive'),
          node('Sqrt', ['positive'], 'root'),
          node('Reciprocal', ['root'], 'reciprocal'),
          node('Pow', ['reciprocal', 'exponent'], 'y'),
        ],
        initializers: [floats('two', [], [2]), floats('exponent', [], [exponent])],
      });
    }
  });

  it('LayerNormalization over one axis and several, with an offset and without', async () => {
    const attributes = { epsilon: { float: 0.01 } };
    for (const [axis, dims] of [
      [-1, [6]],
      [3, [6]],
      [2, [6, 6]],
      [1, [2, 6, 6]],
    ] as const) {
      for (const inputs of [['scale'], ['scale', 'offset']]) {
        await expectSameScores({
          opset: 17,
          nodes: [node('LayerNormalization', ['images', ...inputs], 'y', { axis, ...attributes })],
          initializers: [randomFloats('scale', dims, 1), randomFloats('offset', dims, 2)],
        });
      }
    }
  });

  it('Clip with bounds as attributes, as inputs, and with one bound', async () => {
    const bounds = [floats('least', [], [-0.2]), floats('most', [], [0.5])];
    const attributes = { min: { float: -0.2 }, max: { float: 0.5 } };
    await expectSameScores({ opset: 10, nodes: [node('Clip', ['images'], 'y', attributes)] });
    for (const inputs of [['least', 'most'], ['', 'most'], ['least']]) {
      await expectSameScores({
        nodes: [node('Clip', ['images', ...inputs], 'y')],
        initializers: bounds,
      });
    }
  });

  it('BatchNormalization of feature maps and of rows', async () => {
    const perChannel = (channels: number): TensorProto[] => [
      ...['scale', 'offset', 'mean'].map((name, seed) => randomFloats(name, [channels], seed)),
      floats('variance', [channels], Array(channels).fill(0.7)),
    ];
    const inputs = ['scale', 'offset', 'mean', 'variance'];
    const epsilon = { epsilon: { float: 0.01 } };
    await expectSameScores({
      nodes: [node('BatchNormalization', ['images', ...inputs], 'y', epsilon)],
      initializers: perChannel(2),
    });
    await expectSameScores({
      nodes: [
        node('Flatten', ['images'], 'rows'),
        node('BatchNormalization', ['rows', ...inputs], 'y', epsilon),
      ],
      initializers: perChannel(72),
    });
  });

  it('Add, Sub, Mul and Div of tensors of different ranks, in either order', async () => {
    const shapes = [[], [1], [6], [6, 1], [2, 1, 1], [1, 2, 1, 1], [1, 2, 6, 6], [1, 1, 6, 1]];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('Add', 'Sub', 'Mul', 'Div'),
        fc.constantFrom(...shapes),
        fc.boolean(),
        async (type, shape, first) => {
          const size = shape.reduce((product, length) => product * length, 1);
          const other = floats(
            'other',
            shape,
            Float32Array.from({ length: size }, (_, i) => 2 + i),
          );
          await expectSameScores({
            nodes: [
              node('Add', ['images', 'three'], 'x'),
              node(type, first ? ['other', 'x'] : ['x', 'other'], 'y'),
            ],
            initializers: [other, floats('three', [], [3])],
          });
        },
      ),
      runs,
    );
  });

  it('Add of two feature maps that came different ways', async () => {
    await expectSameScores({
      input: ['n', 2, 4, 4],
      nodes: [
        node('Reshape', ['images', 'shape'], 'reshaped'),
        node('Relu', ['images'], 'kept'),
        node('Add', ['reshaped', 'kept'], 'y'),
      ],
      initializers: [integers('shape', [0, 2, 4, 4])],
    });
  });

  it('Gemm with every combination of attributes', async () => {
    await fc.assert(
      fc.asyncProperty(
        flag,
        fc.constantFrom([], [4], [1, 4], [1], [1, 1]),
        async (transB, bias) => {
          await expectSameScores({
            nodes: [
              node('Flatten', ['images'], 'rows'),
              node('Gemm', ['rows', 'b', 'c'], 'y', {
                transB,
                alpha: { float: 0.7 },
                beta: { float: -1.5 },
              }),
            ],
            initializers: [
              randomFloats('b', transB ? [4, 72] : [72, 4], 1),
              randomFloats('c', bias, 2),
            ],
          });
        },
      ),
      runs,
    );
  });

  it('Gemm of a transposed first matrix', async () => {
    await expectSameScores({
      nodes: [
        node('Flatten', ['images'], 'rows'),
        node('Transpose', ['rows'], 'columns'),
        node('Gemm', ['columns', 'b'], 'y', { transA: 1 }),
      ],
      initializers: [randomFloats('b', [72, 4], 1)],
    });
  });

  it('MatMul of rows and of more axes with a matrix', async () => {
    await expectSameScores({
      nodes: [node('MatMul', ['images', 'b'], 'y')],
      initializers: [randomFloats('b', [6, 3], 1)],
    });
  });

  it('MatMul of stacks of matrices, repeated where one stack is smaller, and turned', async () => {
    const turned = node('Transpose', ['images'], 'turned', { perm: [0, 1, 3, 2] });
    for (const [first, second] of [
      ['images', 'turned'],
      ['turned', 'images'],
      ['turned', 'turned'],
      ['images', 'stack'],
      ['stack', 'turned'],
      ['matrix', 'turned'],
      ['turned', 'matrix'],
    ]) {
      await expectSameScores({
        nodes: [turned, node('MatMul', [first, second], 'y')],
        initializers: [randomFloats('stack', [2, 6, 6], 1), randomFloats('matrix', [6, 6], 2)],
      });
    }
  });

  it('Softmax over the last of four axes', async () => {
    for (const opset of [11, 13]) {
      const softmax = node('Softmax', ['images'], 'y', { axis: 3 });
      await expectSameScores({ opset, nodes: [softmax] });
    }
  });

  it('Split in equal parts, in given ones, and by their number', async () => {
    const parts = ['a', 'b', 'c'];
    const joined = node('Concat', ['c', 'a', 'b'], 'y', { axis: 3 });
    await expectSameScores({ nodes: [node('Split', ['images'], parts, { axis: 2 }), joined] });
    await expectSameScores({
      opset: 11,
      nodes: [
        node('Split', ['images'], parts, { axis: 3, split: [1, 3, 2] }),
        node('Concat', ['b', 'c'], 'y', { axis: 3 }),
      ],
    });
    await expectSameScores({
      opset: 18,
      nodes: [
        node('Split', ['images'], ['a', 'b', 'c', 'd'], { axis: -1, num_outputs: 4 }),
        node('Concat', ['d', 'b'], 'y', { axis: -1 }),
      ],
      input: ['n', 2, 6, 7],
    });
  });

  it('Slice with what it takes as attributes and as inputs, counted from either end', async () => {
    await expectSameScores({
      opset: 9,
      nodes: [
        node('Slice', ['images'], 'y', { axes: [2, 3], starts: [1, -3], ends: [2 ** 31, -1] }),
      ],
    });
    await expectSameScores({
      nodes: [node('Slice', ['images', 'starts', 'ends'], 'y')],
      initializers: [integers('starts', [0, 1, 2, 0]), integers('ends', [2 ** 40, 2, -1, 6])],
    });
  });

  it('Gather by one index, by neighbours, and by any table of them', async () => {
    for (const indices of [
      integer('i', 1),
      integer('i', -1),
      integers('i', [2]),
      integers('i', [1, 2, 3]),
      { ...integers('i', [4, 0, 0, -2]), dims: [2n, 2n] },
    ]) {
      for (const axis of [2, -1]) {
        await expectSameScores({
          nodes: [node('Gather', ['images', 'i'], 'y', { axis })],
          initializers: [indices],
        });
      }
    }
  });

  it('Expand and Tile', async () => {
    await expectSameScores({
      nodes: [node('Expand', ['images', 'shape'], 'y')],
      input: ['n', 1, 6, 1],
      initializers: [integers('shape', [1, 3, 1, 4])],
    });
    await expectSameScores({
      nodes: [node('Tile', ['images', 'times'], 'y')],
      initializers: [integers('times', [1, 2, 1, 3])],
    });
  });

  it('a transposition of rows one behind the other, to and fro', async () => {
    await expectSameScores({
      nodes: [
        node('Relu', ['images'], 'map'),
        node('Reshape', ['map', 'rows'], 'channels first'),
        node('Transpose', ['channels first'], 'channels last', { perm: [0, 2, 1] }),
        node('MatMul', ['channels last', 'matrix'], 'mixed'),
        node('Transpose', ['mixed'], 'back', { perm: [0, 2, 1] }),
        node('Mul', ['back', 'channels first'], 'y'),
      ],
      initializers: [integers('rows', [0, 0, -1]), randomFloats('matrix', [2, 2], 1)],
    });
  });

  it('Softmax before and since operator set 13', async () => {
    const rows = node('Flatten', ['images'], 'rows');
    const transposed = node('Transpose', ['images'], 'turned', { perm: [0, 2, 3, 1] });
    await expectSameScores({ opset: 11, nodes: [rows, node('Softmax', ['rows'], 'y')] });
    await expectSameScores({ opset: 11, nodes: [node('Softmax', ['images'], 'y', { axis: 2 })] });
    await expectSameScores({ opset: 13, nodes: [rows, node('Softmax', ['rows'], 'y')] });
    await expectSameScores({ opset: 13, nodes: [transposed, node('Softmax', ['turned'], 'y')] });
  });

  it('a product with a matrix that is stored transposed', async () => {
    await expectSameScores({
      nodes: [
        node('Flatten', ['images'], 'rows'),
        node('Transpose', ['stored'], 'b'),
        node('MatMul', ['rows', 'b'], 'y'),
      ],
      initializers: [randomFloats('stored', [4, 72], 1)],
    });
  });

  it('a graph that takes channels last and turns them itself', async () => {
    const parts = {
      input: ['n', 5, 6, 3],
      nodes: [
        node('Transpose', ['images'], 'turned', { perm: [0, 3, 1, 2] }),
        node('Conv', ['turned', 'kernel'], 'y'),
      ],
      initializers: [randomFloats('kernel', [4, 3, 3, 3], 1)],
    };
    await expectSameScores(parts);
  });

  it('chains of operators that change shapes and orders of axes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(), { minLength: 2, maxLength: 7 }), async (choices) => {
        await expectSameScores(reshapingChain(choices));
      }),
      { numRuns: 120 },
    );
  });
});

/** A chain of nodes picked by numbers, each fit for the shape that the one before it leaves. */
function reshapingChain(choices: readonly number[]): {
  nodes: NodeProto[];
  initializers: TensorProto[];
  input: (string | number)[];
} {
  const nodes: NodeProto[] = [];
  const initializers: TensorProto[] = [];
  /** Without the batch. */
  let shape = [4, 2, 3];
  let value = 'images';
  const add = (
    type: string,
    attributes: Record<string, number | number[]>,
    result: number[],
    more: TensorProto[] = [],
  ): void => {
    const output = `value ${String(nodes.length)}`;
    const inputs = type === 'Concat' ? [value, value] : [value];
    nodes.push(node(type, [...inputs, ...more.map(({ name }) => name)], output, attributes));
    initializers.push(...more);
    value = output;
    shape = result;
  };
  for (const choice of choices) {
    const axis = choice % shape.length;
    const name = `constant ${String(nodes.length)}`;
    const rotated = [...shape.slice(axis), ...shape.slice(0, axis)];
    switch (Math.floor(choice / 16) % 12) {
      case 0: {
        const order = [...shape.keys()];
        const perm = [0, ...[...order.slice(axis), ...order.slice(0, axis)].map((at) => at + 1)];
        add('Transpose', { perm }, rotated);
        break;
      }
      case 1:
        add('Reshape', {}, rotated, [integers(name, [0, ...rotated.slice(0, -1), -1])]);
        break;
      case 2:
        if (shape.length < 4)
          add('Unsqueeze', {}, shape.toSpliced(axis, 0, 1), [integers(name, [axis + 1])]);
        break;
      case 3:
        if (shape[axis] === 1 && shape.length > 1) {
          add('Squeeze', {}, shape.toSpliced(axis, 1), [integers(name, [axis - shape.length])]);
        }
        break;
      case 4:
        add('Concat', { axis: axis + 1 }, shape.with(axis, 2 * shape[axis]));
        break;
      case 5: {
        const keepdims = choice % 2;
        if (shape.length > 1) {
          const reduced = keepdims ? shape.with(axis, 1) : shape.toSpliced(axis, 1);
          add('ReduceMean', { axes: [axis + 1], keepdims }, reduced);
        }
        break;
      }
      case 6: {
        const pads = Array<number>(2 * shape.length + 2).fill(0);
        pads[axis + 1] = 1;
        pads[axis + shape.length + 2] = 2;
        const filling = floats(`${name} filling`, [], [0.5]);
        add('Pad', {}, shape.with(axis, shape[axis] + 3), [integers(name, pads), filling]);
        break;
      }
      case 7:
        if (shape[axis] > 1) {
          const [start, end, at] = ['start', 'end', 'axis'].map((what) => `${name} ${what}`);
          const bounds = [integers(start, [1]), integers(end, [-1 - (choice % 2)])];
          if (shape[axis] > 3)
            add('Slice', {}, shape.with(axis, shape[axis] - 2 - (choice % 2)), [
              ...bounds,
              integers(at, [axis + 1]),
            ]);
        }
        break;
      case 8:
        if (shape.length > 1) {
          add('Gather', { axis: axis + 1 }, shape.toSpliced(axis, 1), [
            integer(name, choice % shape[axis]),
          ]);
        }
        break;
      case 9:
        add('Tile', {}, shape.with(axis, 2 * shape[axis]), [
          integers(name, [1, ...Array<number>(shape.length).fill(1).with(axis, 2)]),
        ]);
        break;
      case 10: {
        const last = shape.length - 1;
        add('MatMul', {}, shape.with(last, 3), [randomFloats(name, [shape[last], 3], choice)]);
        break;
      }
      default: {
        const factors = Array<number>(shape.length).fill(1).with(axis, shape[axis]);
        add('Mul', {}, shape, [randomFloats(name, factors, choice)]);
      }
    }
  }
  if (nodes.length === 0) add('Relu', {}, shape);
  expect(nodes.length).toBeGreaterThan(0);
  return { nodes, initializers, input: ['n', 4, 2, 3] };
}
