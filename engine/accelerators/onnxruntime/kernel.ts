import {
  getKernel,
  getKernelsForBackend,
  registerKernel,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { isThere, kernelsWith, type Kernel as KernelOf } from '../kernel.ts';
import { OnnxruntimeBackend } from './backend.ts';

export const BACKEND_NAME = 'onnxruntime';

interface Surroundings {
  readonly backend: OnnxruntimeBackend;
}

/** What a kernel gives for one call: null leaves the call to the kernel of `cpu`. */
type Outcome = TensorInfo | TensorInfo[] | null;

export type Kernel = KernelOf<Surroundings, Outcome>;

export const kernel = kernelsWith<Surroundings, Outcome>(isThere);

/** Registers the kernels, and for all others those of `cpu`. */
export function registerKernels(kernels: readonly Kernel[]): void {
  const accelerated = new Map(kernels.map((each) => [each.name, each]));
  for (const config of getKernelsForBackend('cpu'))
    if (!accelerated.has(config.kernelName))
      registerKernel({ ...config, backendName: BACKEND_NAME });
  for (const { name, compute } of kernels) {
    const fallback = getKernel(name, 'cpu')?.kernelFunc;
    registerKernel({
      kernelName: name,
      backendName: BACKEND_NAME,
      kernelFunc(call) {
        const { inputs, attrs, backend } = call;
        if (!(backend instanceof OnnxruntimeBackend)) throw new Error(`not ${BACKEND_NAME}`);
        const outcome = compute(inputs, attrs ?? {}, { backend }) ?? fallback?.(call);
        if (!outcome) throw new Error(`${name} does not take these tensors`);
        return outcome;
      },
    });
  }
}

/** Whether a graph can work on these tensors: float32, and none of them empty. */
export function areFloats(...tensors: readonly TensorInfo[]): boolean {
  return tensors.every(({ dtype, shape }) => dtype === 'float32' && !shape.includes(0));
}
