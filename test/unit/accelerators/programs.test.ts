import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { normal, startOnnxruntime } from './comparison.ts';

/** What a program can do next with the tensor that it picks, and another of the same shape. */
const steps = {
  add: (a, b) => [tf.add(a, b)],
  cast: (a) => [tf.cast(a, 'float32')],
  clone: (a) => [tf.clone(a)],
  concat: (a, b) => [tf.concat([a, b], 0)],
  maximum: (a, b) => [tf.maximum(a, b)],
  neg: (a) => [tf.neg(a)],
  relu: (a) => [tf.relu(a)],
  reshape: (a) => [tf.reshape(a, [-1])],
  slice: (a) => [tf.slice(a, 0, Math.ceil(a.shape[0] / 2))],
  split: (a) => (a.shape[0] % 2 === 0 ? tf.split(a, 2) : []),
  sub: (a, b) => [tf.sub(a, b)],
  sum: (a) => (a.rank > 1 ? [tf.sum(a, 0)] : []),
  tanh: (a) => [tf.tanh(a)],
  transpose: (a) => [tf.transpose(a)],
  variable(a, b) {
    const variable = tf.variable(a);
    const before = tf.add(variable, 0);
    variable.assign(b);
    const after = tf.clone(variable);
    variable.dispose();
    return [before, after];
  },
} satisfies Record<string, (a: tf.Tensor, b: tf.Tensor) => tf.Tensor[]>;

const step = fc.record({
  operation: fc.constantFrom<keyof typeof steps | 'dispose' | 'read'>(
    'dispose',
    'dispose',
    'read',
    ...Object.keys(steps).filter((name): name is keyof typeof steps => name in steps),
  ),
  first: fc.nat(),
  second: fc.nat(),
});
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

const LARGEST_SIZE = 200;

/** @returns what was read on the way, as it is at the end, and all that is left */
function run(backendName: string, program: readonly Step[]): number[][] {
  void tf.setBackend(backendName);
  const tensors: tf.Tensor[] = [normal([4, 6], 1), normal([4, 6], 2), normal([2, 3, 4], 3)];
  const read: ArrayLike<number>[] = [];
  for (const { operation, first, second } of program) {
    const index = first % tensors.length;
    const a = tensors[index];
    const alike = tensors.filter(({ shape }) => tf.util.arraysEqual(shape, a.shape));
    if (operation === 'read') read.push(a.dataSync());
    else if (operation !== 'dispose')
      for (const result of steps[operation](a, alike[second % alike.length]))
        if (result.size <= LARGEST_SIZE) tensors.push(result);
        else result.dispose();
    else if (tensors.length > 1) tensors.splice(index, 1)[0].dispose();
  }
  const left = tensors.map((tensor) => tensor.dataSync());
  const results = [...read, ...left].map((values) => Array.from(values));
  for (const tensor of tensors) tensor.dispose();
  return results;
}

it('computes what cpu does, whatever is kept, read and let go on the way', () => {
  const backend = startOnnxruntime();
  fc.assert(
    fc.property(fc.array(step, { minLength: 10, maxLength: 60 }), (program) => {
      const expected = run('cpu', program);
      const actual = run('onnxruntime', program);
      expect(actual.map(({ length }) => length)).toEqual(expected.map(({ length }) => length));
      actual.flat().forEach((value, index) => {
        const wanted = expected.flat()[index];
        expect(Math.abs(value - wanted)).toBeLessThanOrEqual(1e-5 * (1 + Math.abs(wanted)));
      });
    }),
    { numRuns: 200 },
  );
  expect(backend.graphs.length).toBeGreaterThan(8);
});
