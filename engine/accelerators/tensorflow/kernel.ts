import {
  getKernel,
  registerKernel,
  Tensor,
  unregisterKernel,
  type DataType,
  type NamedTensorInfoMap,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { NodeJSKernelBackend } from '@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js';

export const BACKEND_NAME = 'tensorflow';

export type Backend = NodeJSKernelBackend;

interface KernelCall<Input extends string, Attributes> {
  readonly inputs: Readonly<Record<Input, Tensor>>;
  readonly attributes: Attributes;
  readonly backend: Backend;
}

/** What a kernel gives for one call: null leaves the call to the kernel of tfjs-node. */
type Outcome = TensorInfo | TensorInfo[] | null;

export interface Kernel {
  readonly name: string;
  readonly compute: (inputs: NamedTensorInfoMap, attributes: unknown, backend: Backend) => Outcome;
}

/**
 * @param name of the kernel in tfjs
 * @param inputNames those that are always there
 */
export function kernel<Input extends string, Attributes extends object = Record<string, never>>(
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
): inputs is NamedTensorInfoMap & Record<Input, Tensor> {
  return names.every((name) => inputs[name] instanceof Tensor);
}

/** Registers the kernels, in place of those that tfjs-node has under the same names. */
export function registerKernels(backend: Backend, kernels: readonly Kernel[]): void {
  for (const { name, compute } of kernels) {
    const replaced: ReturnType<typeof getKernel> | undefined = getKernel(name, BACKEND_NAME);
    if (replaced) unregisterKernel(name, BACKEND_NAME);
    registerKernel({
      kernelName: name,
      backendName: BACKEND_NAME,
      kernelFunc(call) {
        const outcome =
          compute(call.inputs, call.attrs ?? {}, backend) ?? replaced?.kernelFunc(call);
        if (!outcome) throw new Error(`${name} does not take these tensors`);
        return outcome;
      },
    });
  }
}

interface Operation {
  /** As TensorFlow calls it: https://www.tensorflow.org/api_docs/python/tf/raw_ops */
  readonly name: string;
  readonly inputs: readonly Tensor[];
  /** By default, `T` is float32. */
  readonly types?: Readonly<Record<string, DataType>>;
  readonly integers?: Readonly<Record<string, number | number[]>>;
  readonly floats?: Readonly<Record<string, number>>;
  readonly flags?: Readonly<Record<string, boolean>>;
  readonly texts?: Readonly<Record<string, string>>;
}

/** Runs one of TensorFlow's operations for its first output. */
export function run(backend: Backend, operation: Operation): Tensor {
  return runForAll(backend, operation, 1)[0];
}

/** Runs one of TensorFlow's operations. */
export function runForAll(backend: Backend, operation: Operation, outputCount: number): Tensor[] {
  const { binding } = backend;
  const {
    types = { T: 'float32' },
    integers = {},
    floats = {},
    flags = {},
    texts = {},
  } = operation;
  const attributes = [
    ...Object.entries(types).map(([name, type]) => ({
      name,
      type: binding.TF_ATTR_TYPE,
      value: backend.getDTypeInteger(type),
    })),
    ...named(integers, binding.TF_ATTR_INT),
    ...named(floats, binding.TF_ATTR_FLOAT),
    ...named(flags, binding.TF_ATTR_BOOL),
    ...named(texts, binding.TF_ATTR_STRING),
  ];
  return backend.executeMultipleOutputs(
    operation.name,
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- tfjs-node declares as a class what it makes no instances of.
    attributes,
    [...operation.inputs],
    outputCount,
  );
}

function named<Value>(
  values: Readonly<Record<string, Value>>,
  type: number,
): { name: string; type: number; value: Value }[] {
  return Object.entries(values).map(([name, value]) => ({ name, type, value }));
}
