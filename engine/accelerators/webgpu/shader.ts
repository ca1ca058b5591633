import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGPUBackend, WebGPUProgram } from '@tensorflow/tfjs-backend-webgpu';

export interface Shader {
  /** No two shaders of different code may share it. */
  readonly name: string;
  /** The names of the inputs' arrays. */
  readonly inputs: readonly string[];
  /** WGSL that computes `value`, the element at `index` of the output. */
  readonly code: string;
  /** Fields of `uniforms` in the code. */
  readonly integers?: Readonly<Record<string, number>>;
  readonly floats?: Readonly<Record<string, number>>;
}

const WORKGROUP = 64;

/** Runs a shader once for each element of a float32 output. */
export function run(
  backend: WebGPUBackend,
  { name, inputs, code, integers = {}, floats = {} }: Shader,
  tensors: readonly TensorInfo[],
  outputShape: readonly number[],
): TensorInfo {
  const fields = [
    ...Object.keys(integers).map((field) => `${field} : i32,`),
    ...Object.keys(floats).map((field) => `${field} : f32,`),
  ];
  const program: WebGPUProgram = {
    shaderKey: name,
    variableNames: [...inputs],
    uniforms: fields.join(' '),
    outputShape: [...outputShape],
    size: true,
    workgroupSize: [WORKGROUP, 1, 1],
    dispatch: [Math.ceil(util.sizeFromShape([...outputShape]) / WORKGROUP), 1, 1],
    dispatchLayout: { x: outputShape.map((_, axis) => axis) },
    getUserCode: () => `
      fn main(index : i32) {
        if (index < uniforms.size) {
          ${code}
          setOutputAtIndex(index, value);
        }
      }`,
  };
  return backend.runWebGPUProgram(program, [...tensors], 'float32', [
    ...Object.values(integers).map((value) => ({ type: 'int32', data: [value] })),
    ...Object.values(floats).map((value) => ({ type: 'float32', data: [value] })),
  ]);
}
