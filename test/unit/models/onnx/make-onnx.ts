import { create, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  TensorProto_DataType,
  TensorProtoSchema,
  type AttributeProto,
  type ModelProto,
  type NodeProto,
  type TensorProto,
} from '../../../../engine/models/onnx/onnx_pb.js';

export type AttributeValue = number | string | readonly number[] | TensorProto | { float: number };

/** A whole number is an integer attribute; { float } says otherwise. */
function attribute(name: string, value: AttributeValue): AttributeProto {
  const of = (
    type: AttributeProto_AttributeType,
    content: MessageInitShape<typeof AttributeProtoSchema>,
  ) => create(AttributeProtoSchema, { name, type, ...content });
  if (typeof value === 'string') {
    return of(AttributeProto_AttributeType.STRING, { s: new TextEncoder().encode(value) });
  }
  if (typeof value === 'number') return of(AttributeProto_AttributeType.INT, { i: BigInt(value) });
  if ('float' in value) return of(AttributeProto_AttributeType.FLOAT, { f: value.float });
  if ('$typeName' in value) return of(AttributeProto_AttributeType.TENSOR, { t: value });
  return of(AttributeProto_AttributeType.INTS, { ints: value.map(BigInt) });
}

export function node(
  opType: string,
  input: readonly string[],
  output: string | readonly string[],
  attributes: Record<string, AttributeValue> = {},
): NodeProto {
  const outputs = [output].flat();
  return create(NodeProtoSchema, {
    opType,
    name: `${opType} of ${outputs.join(' and ')}`,
    input: [...input],
    output: outputs,
    attribute: Object.entries(attributes).map(([name, value]) => attribute(name, value)),
  });
}

export function floats(
  name: string,
  dims: readonly number[],
  values: ArrayLike<number>,
): TensorProto {
  return create(TensorProtoSchema, {
    name,
    dims: dims.map(BigInt),
    dataType: TensorProto_DataType.FLOAT,
    rawData: new Uint8Array(Float32Array.from(values).buffer),
  });
}

/** The same numbers where older exporters put them. */
export function floatsAsNumbers(
  name: string,
  dims: readonly number[],
  values: ArrayLike<number>,
): TensorProto {
  return create(TensorProtoSchema, {
    name,
    dims: dims.map(BigInt),
    dataType: TensorProto_DataType.FLOAT,
    floatData: [...Float32Array.from(values)],
  });
}

export function integers(name: string, values: readonly number[]): TensorProto {
  return create(TensorProtoSchema, {
    name,
    dims: [BigInt(values.length)],
    dataType: TensorProto_DataType.INT64,
    int64Data: values.map(BigInt),
  });
}

/** One number without axes, as exporters write indices and divisors. */
export function integer(name: string, value: number): TensorProto {
  return { ...integers(name, [value]), dims: [] };
}

export interface GraphParts {
  readonly nodes: readonly NodeProto[];
  readonly initializers?: readonly TensorProto[];
  /** A name stands for a size left open. */
  readonly input?: readonly (number | string)[];
  readonly output?: string;
  readonly opset?: number;
  readonly metadata?: Record<string, string>;
}

/** A model that takes "images" and gives its last node's output, if nothing else is said. */
export function modelOf({
  nodes,
  initializers = [],
  input = ['n', 2, 6, 6],
  output = nodes.at(-1)?.output[0] ?? '',
  opset = 13,
  metadata = {},
}: GraphParts): ModelProto {
  const tensorOf = (shape: readonly (number | string)[] | null) => ({
    value: {
      case: 'tensorType' as const,
      value: {
        elemType: TensorProto_DataType.FLOAT,
        ...(shape === null
          ? {}
          : {
              shape: {
                dim: shape.map((size) => ({
                  value:
                    typeof size === 'string'
                      ? { case: 'dimParam' as const, value: size }
                      : { case: 'dimValue' as const, value: BigInt(size) },
                })),
              },
            }),
      },
    },
  });
  return create(ModelProtoSchema, {
    irVersion: 7n,
    producerName: 'test',
    opsetImport: [{ domain: '', version: BigInt(opset) }],
    metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    graph: {
      name: 'graph',
      node: [...nodes],
      initializer: [...initializers],
      input: [{ name: 'images', type: tensorOf(input) }],
      output: [{ name: output, type: tensorOf(null) }],
    },
  });
}

export function bytesOf(model: ModelProto): Uint8Array {
  return toBinary(ModelProtoSchema, model);
}

/** Numbers between −1 and 1 that look random and are always the same. */
export function numbers(count: number, seed: number): Float32Array {
  let state = Math.imul(seed + 1, 0x9e3779b1) >>> 0;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

export function randomFloats(name: string, dims: readonly number[], seed: number): TensorProto {
  const count = dims.reduce((product, size) => product * size, 1);
  return floats(name, dims, numbers(count, seed));
}
