import {
  getKernel,
  registerKernel,
  unregisterKernel,
  type NamedTensorInfoMap,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
// Registers its kernels, too.
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { isThere, kernelsWith, type Kernel as KernelOf } from '../kernel.ts';

export const BACKEND_NAME = 'webgpu';

interface Surroundings {
  readonly backend: WebGPUBackend;
  /** The kernel of that name in tfjs' backend. */
  readonly ofTfjs: (inputs: NamedTensorInfoMap, attributes: object) => TensorInfo;
}

type Outcome = TensorInfo | TensorInfo[];

export type Kernel = KernelOf<Surroundings, Outcome>;

export const kernel = kernelsWith<Surroundings, Outcome>(isThere);

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
        const ofTfjs: Surroundings['ofTfjs'] = (inputs, attributes) => {
          const outcome = replaced?.kernelFunc({ inputs, attrs: { ...attributes }, backend });
          if (!outcome || Array.isArray(outcome)) throw new Error(`${name} gave no tensor`);
          return outcome;
        };
        return compute(inputs, attrs ?? {}, { backend, ofTfjs });
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
