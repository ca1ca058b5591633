import type { NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';

/** What computes an operation of tfjs on one backend. */
export interface Kernel<Surroundings, Outcome> {
  /** In tfjs. */
  readonly name: string;
  readonly compute: (
    inputs: NamedTensorInfoMap,
    attributes: unknown,
    surroundings: Surroundings,
  ) => Outcome;
}

interface KernelCall<InputName extends string, Attributes, Input> {
  readonly inputs: NamedTensorInfoMap & Readonly<Record<InputName, Input>>;
  readonly attributes: Attributes;
}

/**
 * @param name of the kernel in tfjs
 * @param inputNames those that are always there
 */
type MakeKernel<Surroundings, Outcome, Input> = <
  InputName extends string,
  Attributes extends object = Record<string, never>,
>(
  name: string,
  inputNames: readonly InputName[],
  compute: (call: KernelCall<InputName, Attributes, Input> & Surroundings) => Outcome,
) => Kernel<Surroundings, Outcome>;

/**
 * How the kernels of one backend are written: with the types that tfjs erases.
 * @param isInput what the backend has its tensors passed as
 */
export function kernelsWith<Surroundings, Outcome, Input extends TensorInfo = TensorInfo>(
  isInput: (input: TensorInfo | undefined) => input is Input,
): MakeKernel<Surroundings, Outcome, Input> {
  return <InputName extends string, Attributes extends object>(
    name: string,
    inputNames: readonly InputName[],
    compute: (call: KernelCall<InputName, Attributes, Input> & Surroundings) => Outcome,
  ) => {
    const hasInputs = (
      inputs: NamedTensorInfoMap,
    ): inputs is NamedTensorInfoMap & Record<InputName, Input> =>
      inputNames.every((each) => isInput(inputs[each]));
    return {
      name,
      compute(inputs, attributes, surroundings) {
        if (!hasInputs(inputs)) {
          throw new Error(`${name} was not called with ${inputNames.join(' and ')}`);
        }
        // eslint-disable-next-line @typescript-eslint/no-unsafe-type-assertion -- tfjs erases the type of attributes; the name of a kernel is what binds it.
        return compute({ ...surroundings, inputs, attributes: attributes as Attributes });
      },
    };
  };
}

export function isThere(input: TensorInfo | undefined): input is TensorInfo {
  return input !== undefined;
}
