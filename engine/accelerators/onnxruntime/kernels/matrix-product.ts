import {
  _FusedMatMul,
  backend_util,
  BatchMatMul,
  util,
  type _FusedMatMulAttrs,
  type BatchMatMulAttrs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { OnnxruntimeBackend } from '../backend.ts';
import { Graph } from '../graph.ts';
import { areFloats, kernel, type Kernel } from '../kernel.ts';
import { activate } from './activation.ts';

export const matrixProductKernels: readonly Kernel[] = [
  kernel<'a' | 'b', BatchMatMulAttrs>(
    BatchMatMul,
    ['a', 'b'],
    ({ inputs: { a, b }, attributes, backend }) => multiply(a, b, attributes, backend),
  ),

  kernel<'a' | 'b', _FusedMatMulAttrs>(
    _FusedMatMul,
    ['a', 'b'],
    ({ inputs: { a, b, bias, preluActivationWeights }, attributes, backend }) => {
      const product = multiply(a, b, attributes, backend);
      return product && activate(product, bias, attributes, preluActivationWeights, backend);
    },
  ),
];

/** [..., M, K] · [..., K, N], either transposed, with batches that broadcast; null where `cpu` should do it. */
function multiply(
  a: TensorInfo,
  b: TensorInfo,
  { transposeA, transposeB }: BatchMatMulAttrs,
  backend: OnnxruntimeBackend,
): TensorInfo | null {
  const [rows, inner] = dimensionsOf(a, transposeA);
  const [innerOfB, columns] = dimensionsOf(b, transposeB);
  util.assert(inner === innerOfB, () => `matMul: inner sizes ${inner} and ${innerOfB} differ`);
  const batch = backend_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const shape = [...batch, rows, columns];
  if (!areFloats(a, b) || util.sizeFromShape(shape) * inner < backend.smallestWork) return null;
  const build = (): Graph => {
    const graph = new Graph();
    const attributes = { transA: Number(transposeA), transB: Number(transposeB) };
    const operands = [graph.input(), graph.input()];
    graph.output(graph.node('FusedMatMul', operands, attributes, 'com.microsoft'));
    return graph;
  };
  const key = `${BatchMatMul} ${transposeA} ${transposeB}`;
  return backend.run(key, build, [a, b], [{ shape }])[0];
}

function dimensionsOf({ shape }: TensorInfo, transposed: boolean): number[] {
  const dimensions = shape.slice(-2);
  return transposed ? dimensions.reverse() : dimensions;
}
