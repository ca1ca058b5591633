import {
  getKernel,
  getKernelsForBackend,
  registerKernel,
  type NamedTensorInfoMap,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { OnnxruntimeBackend } from './backend.ts';

export const BACKEND_NAME = 'onnxruntime';

export interface KernelCall<Input extends string, Attributes> {
  readonly inputs: NamedTensorInfoMap & Readonly<Record<Input, TensorInfo>>;
  readonly attributes: Attributes;
  readonly backend: OnnxruntimeBackend;
}

/** What a kernel gives for one call: null leaves the call to the kernel of `cpu`. */
type Outcome = TensorInfo | TensorInfo[] | null;

export interface Kernel {
  readonly name: string;
  compute(inputs: NamedTensorInfoMap, attributes: unknown, backend: OnnxruntimeBackend): Outcome;
}

/**
 * @param name of the kernel in tfjs
 * @param inputNames those that are always there
 */
export function kernel<Input extends string, Attributes = Record<string, never>>(
  name: string,
  inputNames: readonly Input[],
  compute: (call: KernelCall<Input, Attributes>) => Outcome,
): Kernel {
  return {
    name,
    compute(inputs, attributes, backend) {
      for (const input of inputNames)
        if (!inputs[input]) throw new Error(`${name} was called without ${input}`);
      // tfjs erases the types of inputs and attributes; the name of a kernel is what binds them.
      return compute({ inputs, attributes, backend } as KernelCall<Input, Attributes>);
    },
  };
}

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
        const outcome = compute(inputs, attrs ?? {}, backend) ?? fallback?.(call);
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
