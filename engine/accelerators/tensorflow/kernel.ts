import {
  getKernel,
  registerKernel,
  Tensor,
  unregisterKernel,
  type DataType,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { NodeJSKernelBackend } from '@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js';
import { kernelsWith, type Kernel as KernelOf } from '../kernel.ts';

export const BACKEND_NAME = 'tensorflow';

export type Backend = NodeJSKernelBackend;

interface Surroundings {
  readonly backend: Backend;
}

/** What a kernel gives for one call: null leaves the call to the kernel of tfjs-node. */
type Outcome = TensorInfo | TensorInfo[] | null;

export type Kernel = KernelOf<Surroundings, Outcome>;

export const kernel = kernelsWith<Surroundings, Outcome, Tensor>(
  (input) => input instanceof Tensor,
);

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
          compute(call.inputs, call.attrs ?? {}, { backend }) ?? replaced?.kernelFunc(call);
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
