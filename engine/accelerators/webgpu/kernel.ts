import {
  getKernel,
  registerKernel,
  unregisterKernel,
  type NamedTensorInfoMap,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
// Registers its kernels, too.
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';

export const BACKEND_NAME = 'webgpu';

interface KernelCall<Input extends string, Attributes> {
  readonly inputs: NamedTensorInfoMap & Readonly<Record<Input, TensorInfo>>;
  readonly attributes: Attributes;
  readonly backend: WebGPUBackend;
  /** The kernel of that name in tfjs' backend. */
  readonly ofTfjs: (inputs: NamedTensorInfoMap, attributes: Attributes) => TensorInfo;
}

export interface Kernel {
  readonly name: string;
  readonly compute: (
    inputs: NamedTensorInfoMap,
    attributes: unknown,
    backend: WebGPUBackend,
    ofTfjs: (inputs: NamedTensorInfoMap, attributes: object) => TensorInfo,
  ) => TensorInfo | TensorInfo[];
}

/**
 * @param name of the kernel in tfjs
 * @param inputNames those that are always there
 */
export function kernel<Input extends string, Attributes extends object = Record<string, never>>(
  name: string,
  inputNames: readonly Input[],
  compute: (call: KernelCall<Input, Attributes>) => TensorInfo | TensorInfo[],
): Kernel {
  return {
    name,
    compute(inputs, attributes, backend, ofTfjs) {
      if (!hasInputs(inputs, inputNames)) {
        throw new Error(`${name} was not called with ${inputNames.join(' and ')}`);
      }
      // eslint-disable-next-line @typescript-eslint/no-unsafe-type-assertion -- tfjs erases the type of attributes; the name of a kernel is what binds it.
      return compute({ inputs, attributes: attributes as Attributes, backend, ofTfjs });
    },
  };
}

function hasInputs<Input extends string>(
  inputs: NamedTensorInfoMap,
  names: readonly Input[],
): inputs is NamedTensorInfoMap & Record<Input, TensorInfo> {
  return names.every((name) => inputs[name] !== undefined);
}

/** Registers the kernels, in place of those that tfjs' backend has under the same names. */
export function registerKernels(kernels: readonly Kernel[]): void {
  for (const { name, compute } of kernels) {
    const replaced: ReturnType<typeof getKernel> | undefined = getKernel(name, BACKEND_NAME);
    if (replaced) unregisterKernel(name, BACKEND_NAME);
    registerKernel({
      kernelName: name,
      backendName: BACKEND_NAME,
      kernelFunc({ inputs, attrs, backend }) {
        if (!(backend instanceof WebGPUBackend)) throw new Error(`not ${BACKEND_NAME}`);
        return compute(inputs, attrs ?? {}, backend, (inputs, attributes) => {
          const outcome = replaced?.kernelFunc({ inputs, attrs: { ...attributes }, backend });
          if (!outcome || Array.isArray(outcome)) throw new Error(`${name} gave no tensor`);
          return outcome;
        });
      },
    });
  }
}

/** The same numbers under another shape. Dispose of it as of any other tensor. */
export function reshape(
  backend: WebGPUBackend,
  { dataId, dtype }: TensorInfo,
  shape: number[],
): TensorInfo {
  backend.incRef(dataId);
  return { dataId, dtype, shape };
}
