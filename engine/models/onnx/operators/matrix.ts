import * as tf from '@tensorflow/tfjs-core';
import { asMatrices, inOnnxOrder, onnxShape } from '../layout.ts';
import type { Operator } from '../operator.ts';
import { broadcastShape, repeated } from './broadcasting.ts';

/** ONNX Gemm: alpha · A · B + beta · C, either matrix transposed. */
export const gemm: Operator = {
  type: 'Gemm',
  prepare(node) {
    const inputs = [node.valueOrWeight(0), node.valueOrWeight(1)];
    if (node.has(2)) inputs.push(node.valueOrWeight(2));
    const alpha = node.float('alpha', 1);
    const beta = node.float('beta', 1);
    const [transposeA, transposeB] = [node.int('transA', 0) !== 0, node.int('transB', 0) !== 0];
    return {
      inputs,
      columnAxis: transposeB ? -2 : -1,
      ...(beta === 1 && { addend: 2 }),
      shape([a, b, c = []]) {
        if (a.length !== 2 || b.length !== 2) node.contradict('multiplies what are not matrices');
        const [rows, inner] = transposeA ? [a[1], a[0]] : a;
        const [otherInner, columns] = transposeB ? [b[1], b[0]] : b;
        if (inner !== otherInner) {
          node.contradict(`multiplies ${String(inner)} columns with ${String(otherInner)} rows`);
        }
        const result = [rows, columns];
        const fits = c.every((size, axis) => size === 1 || size === result[axis + 2 - c.length]);
        if (c.length > 2 || !fits) node.contradict(`adds a tensor of shape [${c.join(', ')}]`);
        return result;
      },
      run([a, b, ...terms]) {
        const [left, right] = [asMatrices(a), asMatrices(b)];
        const product = tf.matMul(
          left.tensor,
          right.tensor,
          left.transposed !== transposeA,
          right.transposed !== transposeB,
        );
        let tensor = alpha === 1 ? product : tf.mul(product, alpha);
        for (const term of terms) {
          const c = inOnnxOrder(term);
          tensor = tf.add(tensor, beta === 1 ? c : tf.mul(c, beta));
        }
        return { tensor, layout: 'onnx' };
      },
    };
  },
};

/** ONNX MatMul: as in NumPy, of matrices or stacks of them. */
export const matMul: Operator = {
  type: 'MatMul',
  prepare(node) {
    return {
      inputs: [node.valueOrWeight(0), node.valueOrWeight(1)],
      columnAxis: -1,
      shape([a, b]) {
        if (a.length < 2 || b.length < 2) {
          node.refuse(
            `multiplies tensors of ${String(a.length)} and ${String(b.length)} axes; only products of matrices are supported`,
          );
        }
        const [inner, rows] = [a[a.length - 1], b[b.length - 2]];
        if (inner !== rows) {
          node.contradict(`multiplies ${String(inner)} columns with ${String(rows)} rows`);
        }
        const stack = broadcastShape(node, a.slice(0, -2), b.slice(0, -2));
        return [...stack, a[a.length - 2], b[b.length - 1]];
      },
      run([a, b]) {
        const right = asMatrices(b);
        if (right.tensor.rank === 2) {
          const left = inOnnxOrder(a);
          const rows = tf.reshape(left, [-1, left.shape[left.rank - 1]]);
          const product = tf.matMul(rows, right.tensor, false, right.transposed);
          const shape = [...left.shape.slice(0, -1), onnxShape(b)[1]];
          return { tensor: tf.reshape(product, shape), layout: 'onnx' };
        }
        const left = asMatrices(a);
        const stacks = [left, right].map(({ tensor }) => tensor.shape.slice(0, -2));
        const stack = broadcastShape(node, stacks[0], stacks[1]);
        const [first, second] = [left, right].map(({ tensor }, index) =>
          // The gradient of tf.matMul forgets to add up over matrices that it repeated.
          tf.util.arraysEqual(stacks[index], [...stack])
            ? tensor
            : repeated(tensor, [...stack, ...tensor.shape.slice(-2)]),
        );
        const tensor = tf.matMul(first, second, left.transposed, right.transposed);
        return { tensor, layout: 'onnx' };
      },
    };
  },
};
