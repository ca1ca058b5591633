import {
  getKernel,
  getKernelsForBackend,
  registerKernel,
  type NamedTensorInfoMap,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { OnnxruntimeBackend } from './backend.ts';

export const BACKEND_NAME = 'onnxruntime';

interface KernelCall<Input extends string, Attributes> {
  readonly inputs: NamedTensorInfoMap & Readonly<Record<Input, TensorInfo>>;
  readonly attributes: Attributes;
  readonly backend: OnnxruntimeBackend;
}

/** What a kernel gives for one call: null leaves the call to the kernel of `cpu`. */
type Outcome = TensorInfo | TensorInfo[] | null;

export interface Kernel {
  readonly name: string;
  readonly compute: (
    inputs: NamedTensorInfoMap,
    attributes: unknown,
    backend: OnnxruntimeBackend,
  ) => Outcome;
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
      if (!hasInputs(inputs, inputNames)) {
        throw new Error(`${name} was not called with ${inputNames.join(' and ')}`);
      }
      // eslint-disable-next-line @typescript-eslint/no-unsafe-type-assertion -- tfjs erases the type of attributes; the name of a kernel is what binds it.
      return compute({ inputs, attributes: attributes as Attributes, backend });
    },
  };
}

function hasInputs<Input extends string>(
  inputs: NamedTensorInfoMap,
  names: readonly Input[],
): inputs is NamedTensorInfoMap & Record<Input, TensorInfo> {
  return names.every((name) => inputs[name] !== undefined);
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
