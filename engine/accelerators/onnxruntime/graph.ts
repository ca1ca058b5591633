// To regenerate the schema, with protoc-gen-es on the path:
// protoc -I engine/models/onnx --es_out engine/models/onnx --es_opt target=js+dts,import_extension=js onnx.proto
import { create, toBinary } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  TensorProto_DataType,
  TensorProtoSchema,
  TypeProtoSchema,
  ValueInfoProtoSchema,
  type AttributeProto,
  type NodeProto,
  type TensorProto,
  type TypeProto,
  type ValueInfoProto,
} from '../../models/onnx/onnx_pb.js';

const elementTypes = {
  float32: TensorProto_DataType.FLOAT,
  float64: TensorProto_DataType.DOUBLE,
  int64: TensorProto_DataType.INT64,
  bool: TensorProto_DataType.BOOL,
};
type ElementType = keyof typeof elementTypes;

/** The name of a value in a graph. */
export type Value = `v${number}`;

/** A number or list of numbers is an integer attribute: a fraction is given as `{ float }`. */
type Attribute = number | readonly number[] | string | { readonly float: number };

/** The standard operators, ONNX Runtime's own, and those of its blocked layout, NCHWc. */
export type Domain = '' | 'com.microsoft' | 'com.microsoft.nchwc';

const IR_VERSION = 9n;
const OPERATOR_SET = 18n;

/** The shape of an intermediate value, given those of the graph's inputs. */
type ShapeOf = (inputs: readonly (readonly number[])[]) => readonly number[];

export interface Temporary {
  readonly name: Value;
  readonly shapeOf: ShapeOf;
}

/** An ONNX graph under construction. Shapes are not declared: one graph serves every size that its nodes allow. */
export class Graph {
  readonly #nodes: NodeProto[] = [];
  readonly #initializers: TensorProto[] = [];
  readonly #inputs: ValueInfoProto[] = [];
  readonly #outputs: ValueInfoProto[] = [];
  readonly #temporaries: Temporary[] = [];
  /** Nodes and initializers by what they are: those that would be the same are there once. */
  readonly #known = new Map<string, Value>();
  #values = 0;

  /** Inputs and outputs in the order they were declared. */
  get inputs(): string[] {
    return this.#inputs.map((input) => input.name);
  }

  get outputs(): string[] {
    return this.#outputs.map((output) => output.name);
  }

  get temporaries(): readonly Temporary[] {
    return this.#temporaries;
  }

  input(elementType: ElementType = 'float32'): Value {
    const name = this.#name();
    this.#inputs.push(valueInfo(name, elementType));
    return name;
  }

  output(value: Value, elementType: ElementType = 'float32'): void {
    this.#outputs.push(valueInfo(value, elementType));
  }

  /**
   * Has a large intermediate float32 value written into memory of the caller, which recycles it: ONNX Runtime would keep
   * some for each session, or get it afresh each time.
   * @returns the value
   */
  temporary(value: Value, shapeOf: ShapeOf): Value {
    if (!this.#temporaries.some(({ name }) => name === value))
      this.#temporaries.push({ name: value, shapeOf });
    return value;
  }

  float(value: number): Value {
    return this.#initializer(`float ${value}`, {
      dataType: elementTypes.float32,
      floatData: [value],
    });
  }

  /** A list as operators take shapes, axes and bounds. */
  integers(values: readonly number[]): Value {
    return this.#initializer(`integers ${values.join()}`, {
      dataType: elementTypes.int64,
      dims: [BigInt(values.length)],
      int64Data: values.map(BigInt),
    });
  }

  /** @returns the node's first output */
  node(
    operator: string,
    inputs: readonly Value[],
    attributes: Readonly<Record<string, Attribute>> = {},
    domain: Domain = '',
  ): Value {
    const key = JSON.stringify([operator, inputs, attributes, domain]);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const output = this.#name();
    this.#known.set(key, output);
    this.#nodes.push(
      create(NodeProtoSchema, {
        opType: operator,
        domain,
        input: [...inputs],
        output: [output],
        attribute: Object.entries(attributes).map(([name, value]) => attribute(name, value)),
      }),
    );
    return output;
  }

  /** @param shape −1 for what follows from the others, 0 for the dimension that is there */
  reshape(value: Value, shape: readonly number[]): Value {
    return this.node('Reshape', [value, this.integers(shape)]);
  }

  cast(value: Value, to: ElementType): Value {
    return this.node('Cast', [value], { to: elementTypes[to] });
  }

  transpose(value: Value, permutation: readonly number[]): Value {
    return this.node('Transpose', [value], { perm: permutation });
  }

  /**
   * @param sentinel the name of one more output, ahead of the others: an empty sequence
   */
  toModel(sentinel: string): Uint8Array<ArrayBuffer> {
    return toBinary(
      ModelProtoSchema,
      create(ModelProtoSchema, {
        irVersion: IR_VERSION,
        opsetImport: [
          { domain: '', version: OPERATOR_SET },
          { domain: 'com.microsoft', version: 1n },
          { domain: 'com.microsoft.nchwc', version: 1n },
        ],
        graph: {
          name: 'kernel',
          node: [
            create(NodeProtoSchema, { opType: 'SequenceEmpty', output: [sentinel] }),
            ...this.#nodes,
          ],
          initializer: this.#initializers,
          input: this.#inputs,
          output: [
            sequenceInfo(sentinel),
            ...this.#outputs,
            ...this.#temporaries.map(({ name }) => valueInfo(name, 'float32')),
          ],
        },
      }),
    );
  }

  #name(): Value {
    return `v${this.#values++}`;
  }

  #initializer(key: string, tensor: Parameters<typeof create<typeof TensorProtoSchema>>[1]): Value {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const name = this.#name();
    this.#known.set(key, name);
    this.#initializers.push(create(TensorProtoSchema, { ...tensor, name }));
    return name;
  }
}

function valueInfo(name: string, elementType: ElementType): ValueInfoProto {
  return create(ValueInfoProtoSchema, {
    name,
    type: { value: { case: 'tensorType', value: { elemType: elementTypes[elementType] } } },
  });
}

function sequenceInfo(name: string): ValueInfoProto {
  const element: TypeProto = create(TypeProtoSchema, {
    value: { case: 'tensorType', value: { elemType: elementTypes.float32 } },
  });
  return create(ValueInfoProtoSchema, {
    name,
    type: { value: { case: 'sequenceType', value: { elemType: element } } },
  });
}

function attribute(name: string, value: Attribute): AttributeProto {
  if (typeof value === 'number')
    return create(AttributeProtoSchema, {
      name,
      type: AttributeProto_AttributeType.INT,
      i: BigInt(value),
    });
  if (typeof value === 'string')
    return create(AttributeProtoSchema, {
      name,
      type: AttributeProto_AttributeType.STRING,
      s: new TextEncoder().encode(value),
    });
  if ('float' in value)
    return create(AttributeProtoSchema, {
      name,
      type: AttributeProto_AttributeType.FLOAT,
      f: value.float,
    });
  return create(AttributeProtoSchema, {
    name,
    type: AttributeProto_AttributeType.INTS,
    ints: value.map(BigInt),
  });
}
