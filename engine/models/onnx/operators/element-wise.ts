import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { gelu } from '../../../operations/gelu.ts';
import type { NodeReader } from '../node-reader.ts';
import { clip, rectifier } from '../../../operations/clip.ts';
import type { Bounds } from '../../../operations/kernels.ts';
import type { Operator } from '../operator.ts';
import { typeName } from '../stored-tensor.ts';

/** Operators that change every number by itself, so that any layout will do. */
export const elementWise: readonly Operator[] = [
  ...[
    operator('Erf', () => tf.erf),
    operator('Exp', () => tf.exp),
    operator('Neg', () => tf.neg),
    operator('Reciprocal', () => tf.reciprocal),
    operator('Softplus', () => tf.softplus),
    operator('Sqrt', () => tf.sqrt),
    operator('Tanh', () => tf.tanh),
  ],
  clipping('Relu', () => rectifier),
  operator('Sigmoid', () => tf.sigmoid),
  operator('LeakyRelu', (node) => {
    const alpha = node.float('alpha', 0.01);
    return (x) => tf.leakyRelu(x, alpha);
  }),
  clipping('Clip', (node) => {
    const bound = (name: string, index: number, open: number): number =>
      node.float(name, node.has(index) ? (node.constant(index)[0] ?? open) : open);
    const least = bound('min', 1, -Infinity);
    const most = bound('max', 2, Infinity);
    if (least > most) node.contradict('has a min above its max');
    return { least, most };
  }),
  operator('Pow', (node) => {
    const exponents = node.constant(1);
    if (exponents.length !== 1) node.refuse('has several exponents, which is not supported');
    const [exponent] = exponents;
    if (exponent === 2) return tf.square;
    return (x) => tf.pow(x, exponent);
  }),
  operator('Elu', (node) => {
    if (node.float('alpha', 1) !== 1)
      node.refuse('has an alpha other than 1, which is not supported');
    return tf.elu;
  }),
  operator('Gelu', (node) => {
    const approximation = node.text('approximate', 'none');
    if (approximation === 'none') return gelu;
    if (approximation === 'tanh') return geluByTanh;
    return node.refuse(`approximates by ${approximation.slice(0, 20)}, which is not supported`);
  }),
  operator('HardSigmoid', (node) => hardSigmoid(node.float('alpha', 0.2), node.float('beta', 0.5))),
  operator('HardSwish', () => {
    const gate = hardSigmoid(1 / 6, 0.5);
    return (x) => tf.mul(x, gate(x));
  }),
  operator('Mish', () => (x) => tf.mul(x, tf.tanh(tf.softplus(x)))),
  operator('Cast', (node) => {
    const to = typeName(node.int('to', 0));
    if (to !== 'float32') node.refuse(`makes numbers of type ${to}, which is not supported`);
    return (x) => tf.clone(x);
  }),
];

function clipping(type: string, boundsOf: (node: NodeReader) => Bounds): Operator {
  return {
    type,
    prepare(node) {
      const inputs = [node.value(0)];
      const bounds = boundsOf(node);
      return {
        inputs,
        bounds,
        shape: ([x]) => x,
        run: ([{ tensor, layout }]) => ({ tensor: clip(tensor, bounds), layout }),
      };
    },
  };
}

/** max(0, min(1, slope · x + offset)) */
function hardSigmoid(slope: number, offset: number): (x: Tensor) => Tensor {
  return (x) => tf.clipByValue(tf.add(tf.mul(x, slope), offset), 0, 1);
}

/** ½ x (1 + tanh(√(2/π) (x + 0.044715 x³))) */
function geluByTanh(x: Tensor): Tensor {
  const cubic = tf.mul(tf.add(tf.mul(tf.square(x), 0.044715), 1), x);
  return tf.mul(tf.mul(x, 0.5), tf.add(tf.tanh(tf.mul(cubic, Math.sqrt(2 / Math.PI))), 1));
}

function operator(type: string, prepare: (node: NodeReader) => (x: Tensor) => Tensor): Operator {
  return {
    type,
    prepare(node) {
      const inputs = [node.value(0)];
      const compute = prepare(node);
      return {
        inputs,
        shape: ([x]) => x,
        run: ([{ tensor, layout }]) => ({ tensor: compute(tensor), layout }),
      };
    },
  };
}
