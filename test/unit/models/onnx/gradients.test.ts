import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  bytesOf,
  floats,
  integers,
  modelOf,
  node,
  numbers,
  randomFloats,
  type GraphParts,
} from './make-onnx.ts';
import { openBytes, withClassifier } from './run-both.ts';

const count = 2;

/** Σ gradient · direction, as differentiation says and as two evaluations say. */
async function slopes(
  bytes: Uint8Array,
  step: number,
): Promise<{ differentiated: number; measured: number }[]> {
  const model = await openBytes(bytes);
  const [height, width, channels] = model.info.inputShape;
  const shape: [number, number, number, number] = [count, height, width, channels];
  const images = tf.variable(tf.tensor4d(numbers(count * height * width * channels, 9), shape));
  const weighting = tf.tensor2d(numbers(count * 5, 10), [count, 5]);
  const value = (): tf.Scalar =>
    tf.sum<tf.Scalar>(tf.mul(model.logits(images, { training: false }), weighting));
  const changing = [images, ...model.variables];
  const { grads } = tf.variableGrads(value, changing);
  const outcome = changing.map((variable, index) => {
    const direction = tf.tensor(numbers(variable.size, index), variable.shape);
    const start = tf.clone(variable);
    const at = (distance: number): number => {
      variable.assign(tf.add(start, tf.mul(direction, distance)));
      return value().dataSync()[0];
    };
    const measured = (at(step) - at(-step)) / (2 * step);
    variable.assign(start);
    const differentiated = tf.sum(tf.mul(grads[variable.name], direction)).dataSync()[0];
    return { differentiated, measured };
  });
  model.dispose();
  return outcome;
}

const pair = (most: number) =>
  fc.tuple(fc.integer({ min: 1, max: most }), fc.integer({ min: 1, max: most }));

it('the gradient of Conv is its slope, whatever its attributes', async () => {
  const shapes = fc.record({
    groups: fc.constantFrom(1, 2, 4),
    perGroup: fc.integer({ min: 1, max: 2 }),
    kernel: pair(3),
    strides: pair(2),
    dilations: pair(2),
    pads: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 4, maxLength: 4 }),
  });
  await fc.assert(
    fc.asyncProperty(shapes, async ({ groups, perGroup, kernel, strides, dilations, pads }) => {
      const bytes = await withClassifier({
        input: ['n', 4, 6, 7],
        nodes: [
          node('Conv', ['images', 'kernel'], 'y', { group: groups, strides, dilations, pads }),
        ],
        initializers: [randomFloats('kernel', [groups * perGroup, 4 / groups, ...kernel], 1)],
      });
      for (const { differentiated, measured } of await slopes(bytes, 1)) {
        expect(differentiated).toBeCloseTo(measured, 2);
      }
    }),
    { numRuns: 40 },
  );
});

it('the gradient of AveragePool and MaxPool is their slope, padding and all', async () => {
  const shapes = pair(3).chain((kernel) =>
    fc.record({
      kernel: fc.constant(kernel),
      strides: pair(2),
      pads: fc.tuple(
        ...[...kernel, ...kernel].map((size) => fc.integer({ min: 0, max: size - 1 })),
      ),
      ceil_mode: fc.integer({ min: 0, max: 1 }),
      count_include_pad: fc.integer({ min: 0, max: 1 }),
    }),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.boolean(),
      shapes,
      async (largest, { kernel, count_include_pad, ...rest }) => {
        const bytes = await withClassifier({
          opset: 22,
          input: ['n', 2, 6, 7],
          nodes: [
            node(largest ? 'MaxPool' : 'AveragePool', ['images'], 'y', {
              kernel_shape: kernel,
              ...rest,
              ...(largest ? {} : { count_include_pad }),
            }),
          ],
        });
        // The largest of several numbers changes with a large step, and their mean has the same slope everywhere.
        for (const { differentiated, measured } of await slopes(bytes, largest ? 1e-3 : 1)) {
          expect(differentiated).toBeCloseTo(measured, largest ? 1 : 2);
        }
      },
    ),
    { numRuns: 40 },
  );
});

it('the gradient reaches weights through nodes that only turn or join them', async () => {
  const parts = {
    nodes: [
      node('Flatten', ['images'], 'rows'),
      node('Transpose', ['stored'], 'turned'),
      node('MatMul', ['rows', 'turned'], 'product'),
      node('Add', ['product', 'row'], 'y'),
    ],
    initializers: [randomFloats('stored', [4, 72], 1), randomFloats('row', [4], 2)],
  };
  const bytes = await withClassifier(parts);
  const outcome = await slopes(bytes, 1);
  expect(outcome).toHaveLength(4);
  for (const { differentiated, measured } of outcome) {
    expect(differentiated).toBeCloseTo(measured, 2);
  }
  expect(bytes.length).toBeGreaterThan(bytesOf(modelOf(parts)).length);
});

it.each<[string, GraphParts]>([
  ...[
    'Elu',
    'Erf',
    'Exp',
    'HardSigmoid',
    'HardSwish',
    'Mish',
    'Neg',
    'Sigmoid',
    'Softplus',
    'Tanh',
    'Gelu',
  ].map((type): [string, GraphParts] => [
    type,
    { opset: 20, nodes: [node(type, ['images'], 'y')] },
  ]),
  ['Gelu by tanh', { opset: 20, nodes: [node('Gelu', ['images'], 'y', { approximate: 'tanh' })] }],
  [
    'Sqrt, Reciprocal and Pow',
    {
      nodes: [
        node('Add', ['images', 'two'], 'positive'),
        node('Sqrt', ['positive'], 'root'),
        node('Reciprocal', ['root'], 'reciprocal'),
        node('Pow', ['reciprocal', 'exponent'], 'y'),
      ],
      initializers: [floats('two', [], [2]), floats('exponent', [], [3])],
    },
  ],
  [
    'LayerNormalization',
    {
      opset: 17,
      nodes: [node('LayerNormalization', ['images', 'scale', 'offset'], 'y', { axis: 2 })],
      initializers: [randomFloats('scale', [6, 6], 1), randomFloats('offset', [6, 6], 2)],
    },
  ],
  [
    'Softmax',
    {
      nodes: [node('Softmax', ['images'], 'y', { axis: -1 })],
    },
  ],
  [
    'MatMul of stacks, of which the smaller is repeated',
    {
      nodes: [
        node('Transpose', ['images'], 'turned', { perm: [0, 1, 3, 2] }),
        node('MatMul', ['turned', 'stack'], 'first'),
        node('MatMul', ['images', 'first'], 'second'),
        node('Transpose', ['matrix'], 'turned matrix'),
        node('MatMul', ['second', 'turned matrix'], 'y'),
      ],
      initializers: [randomFloats('stack', [2, 6, 6], 1), randomFloats('matrix', [3, 6], 2)],
    },
  ],
  [
    'Split, Slice, Gather and Concat',
    {
      nodes: [
        node('Tanh', ['images'], 'x'),
        node('Split', ['x'], ['a', 'b', 'c'], { axis: 2 }),
        node('Slice', ['x', 'start', 'end', 'axis'], 'd'),
        node('Gather', ['x', 'some'], 'e', { axis: 2 }),
        node('Concat', ['c', 'd', 'a', 'e'], 'y', { axis: 2 }),
      ],
      initializers: [
        integers('start', [1]),
        integers('end', [-1]),
        integers('axis', [2]),
        integers('some', [4, 0, 4]),
      ],
    },
  ],
  [
    'Expand and Tile of what was learnt',
    {
      nodes: [
        node('Tanh', ['images'], 'x'),
        node('Expand', ['token', 'shape'], 'expanded'),
        node('Tile', ['expanded', 'times'], 'tiled'),
        node('Mul', ['x', 'tiled'], 'y'),
      ],
      initializers: [
        randomFloats('token', [2, 1, 3], 1),
        integers('shape', [1, 2, 6, 3]),
        integers('times', [1, 1, 1, 2]),
      ],
    },
  ],
])('the gradient of %s is its slope', async (_, parts) => {
  for (const { differentiated, measured } of await slopes(await withClassifier(parts), 1e-2)) {
    expect(differentiated).toBeCloseTo(measured, 1);
  }
});
