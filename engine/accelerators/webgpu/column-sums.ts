import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { run, type Shader } from './shader.ts';

/** So many invocations keep a large graphics card busy. */
const INVOCATIONS = 1 << 15;

interface ColumnSums extends Pick<Shader, 'name' | 'inputs' | 'floats'> {
  /** [M, C] */
  readonly shape: readonly number[];
  /** WGSL of the number to sum, at `at` of an input [M, C] and `column` of an input [C]. */
  readonly term: string;
  /** Of the sums. */
  readonly divisor?: number;
}

/**
 * Sums over the rows, in an order that is always the same: rows are dealt out to as many partial sums as make good use of
 * the card, and those are summed then. Short sums are also more precise than one long one.
 * @returns [C]
 */
export function columnSums(
  backend: WebGPUBackend,
  { name, inputs, floats, shape: [rows, columns], term, divisor = 1 }: ColumnSums,
): TensorInfo {
  const parts = Math.min(Math.ceil(INVOCATIONS / columns), Math.ceil(Math.sqrt(rows)));
  const partial = run(
    backend,
    {
      name,
      inputs,
      code: `
        let column = index % uniforms.columns;
        var value = 0.0;
        for (var row = index / uniforms.columns; row < uniforms.rows; row += uniforms.parts) {
          let at = row * uniforms.columns + column;
          value += ${term};
        }`,
      integers: { rows, columns, parts },
      ...(floats ? { floats } : {}),
    },
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
      inputs: { partial },
      code: `
        var sum = 0.0;
        for (var part = 0; part < uniforms.parts; part++) {
          sum += partial[part * uniforms.size + index];
        }
        let value = sum / uniforms.divisor;`,
      integers: { parts },
      floats: { divisor },
    },
    shape,
  );
}
