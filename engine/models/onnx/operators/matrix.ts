import * as tf from '@tensorflow/tfjs-core';
import { inOnnxOrder } from '../layout.ts';
import type { Operator } from '../operator.ts';

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
        const [left, right] = [inOnnxOrder(a), inOnnxOrder(b)];
        const product = tf.matMul(left, right, transposeA, transposeB);
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

/** ONNX MatMul of anything with a matrix. */
export const matMul: Operator = {
  type: 'MatMul',
  prepare(node) {
    return {
      inputs: [node.valueOrWeight(0), node.valueOrWeight(1)],
      shape([a, b]) {
        if (a.length < 2 || b.length !== 2) {
          node.refuse(
            `multiplies tensors of ${String(a.length)} and ${String(b.length)} axes; only a product with a matrix is supported`,
          );
        }
        const inner = a[a.length - 1];
        if (inner !== b[0]) {
          node.contradict(`multiplies ${String(inner)} columns with ${String(b[0])} rows`);
        }
        return [...a.slice(0, -1), b[1]];
      },
      run([a, b]) {
        const [left, right] = [inOnnxOrder(a), inOnnxOrder(b)];
        const [inner, columns] = right.shape;
        const product = tf.matMul(tf.reshape(left, [-1, inner]), right);
        const tensor = tf.reshape(product, [...left.shape.slice(0, -1), columns]);
        return { tensor, layout: 'onnx' };
      },
    };
  },
};
