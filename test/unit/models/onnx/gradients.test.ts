import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bytesOf, modelOf, node, numbers, randomFloats } from './make-onnx.ts';
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
