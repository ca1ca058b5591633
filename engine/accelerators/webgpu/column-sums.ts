import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { run } from './shader.ts';

/** So many invocations keep a large graphics card busy. */
const INVOCATIONS = 1 << 15;

/**
 * Sums over the rows, in an order that is always the same: rows are dealt out to as many partial sums as make good use of
 * the card, and those are summed then. Short sums are also more precise than one long one.
 * @param term WGSL of the number to sum, at the flat index `at` of the inputs
 * @param tensors all [M, C], under the names of `inputs`
 * @param divisor of the sums
 * @returns [C]
 */
export function columnSums(
  backend: WebGPUBackend,
  term: string,
  inputs: readonly string[],
  tensors: readonly TensorInfo[],
  divisor = 1,
): TensorInfo {
  const [rows, columns] = tensors[0].shape;
  const parts = Math.max(1, Math.min(Math.ceil(INVOCATIONS / columns), Math.ceil(Math.sqrt(rows))));
  const partial = run(
    backend,
    {
      name: `ColumnSums ${term}`,
      inputs,
      code: `
        let column = index % uniforms.columns;
        var value = 0.0;
        for (var row = index / uniforms.columns; row < uniforms.rows; row += uniforms.parts) {
          let at = row * uniforms.columns + column;
          value += ${term};
        }`,
      integers: { rows, columns, parts },
    },
    tensors,
    [parts, columns],
  );
  const sums = sumParts(backend, partial, divisor);
  backend.disposeData(partial.dataId);
  return sums;
}

/**
 * Sums over the first axis, in its order.
 * @param partial [P, ...]
 * @param divisor of the sums
 * @returns [...]
 */
export function sumParts(backend: WebGPUBackend, partial: TensorInfo, divisor = 1): TensorInfo {
  const [parts, ...shape] = partial.shape;
  return run(
    backend,
    {
      name: 'SumOfParts',
      inputs: ['partial'],
      code: `
        var sum = 0.0;
        for (var part = 0; part < uniforms.parts; part++) {
          sum += partial[part * uniforms.size + index];
        }
        let value = sum / uniforms.divisor;`,
      integers: { parts },
      floats: { divisor },
    },
    [partial],
    shape,
  );
}
