import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGPUBackend, WebGPUProgram } from '@tensorflow/tfjs-backend-webgpu';

type Numbers = Readonly<Record<string, number>>;

export interface Shader {
  /** No two shaders of different code may share it. */
  readonly name: string;
  /** Arrays in the code, under these names. */
  readonly inputs: Readonly<Record<string, TensorInfo>>;
  /** WGSL that computes `value`, the element at `index` of the output. */
  readonly code: string;
  /** Fields of `uniforms` in the code. */
  readonly integers?: Numbers;
  readonly floats?: Numbers;
}

const WORKGROUP = 64;

/** Runs a shader once for each element of a float32 output. */
export function run(
  backend: WebGPUBackend,
  { name, inputs, code, integers = {}, floats = {} }: Shader,
  outputShape: readonly number[],
): TensorInfo {
  const uniforms = makeUniforms(integers, floats);
  const program: WebGPUProgram = {
    shaderKey: name,
    variableNames: Object.keys(inputs),
    uniforms: uniforms.fields,
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
  return backend.runWebGPUProgram(program, Object.values(inputs), 'float32', uniforms.values);
}

/** Of a program: their declaration in WGSL, and their values. */
export function makeUniforms(
  integers: Numbers,
  floats: Numbers = {},
): { fields: string; values: { type: string; data: number[] }[] } {
  const declare = (numbers: Numbers, type: string): string[] =>
    Object.keys(numbers).map((name) => `${name} : ${type},`);
  const list = (numbers: Numbers, type: string): { type: string; data: number[] }[] =>
    Object.values(numbers).map((value) => ({ type, data: [value] }));
  return {
    fields: [...declare(integers, 'i32'), ...declare(floats, 'f32')].join(' '),
    values: [...list(integers, 'int32'), ...list(floats, 'float32')],
  };
}
