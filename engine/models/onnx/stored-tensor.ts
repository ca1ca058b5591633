import { corrupt } from './onnx-file.ts';
import {
  TensorProto_DataLocation,
  TensorProto_DataTypeSchema,
  type TensorProto,
} from './onnx_pb.js';
import type { ByteRange } from './protobuf-fields.ts';
import { ProblemError } from '../../protocol/problem.ts';
import { quoted } from '../quoted.ts';

/** A tensor that the file holds: an initializer, or the value of a Constant node. */
export interface StoredTensor {
  readonly name: string;
  readonly dims: readonly number[];
  /** How many numbers it has. */
  readonly size: number;
  /** Listed by the graph as an initializer, where exporters put what was learnt. */
  readonly initializer: boolean;
  /** "float32", "int64", … */
  readonly type: string;
  /** Where its float32 values lie in the file, in one piece; null where they are not, or are of another type. */
  readonly bytes: ByteRange | null;
  /** A copy of its values. They are read, and memory for them taken, only now. */
  readonly values: () => Float32Array | number[];
}

const typeNames = new Map(
  TensorProto_DataTypeSchema.values.map(({ number, name }) => [number, name.toLowerCase()]),
);

/** "float32", "int64", …: what ONNX calls a type by number. */
export function typeName(dataType: number): string {
  const name = typeNames.get(dataType) ?? `number ${String(dataType)}`;
  return name === 'float' ? 'float32' : name;
}

/**
 * A tensor as the file declares it, its size checked against the bytes it comes with.
 * @param bytes where its raw_data or float_data lies in the file
 * @throws ProblemError `corrupt-model`, `unsupported-model` when the values are not in this file
 */
export function storedTensor(
  { name, initializer }: Pick<StoredTensor, 'name' | 'initializer'>,
  tensor: TensorProto,
  file: Uint8Array<ArrayBuffer>,
  bytes: ByteRange | null,
): StoredTensor {
  const external = tensor.dataLocation === TensorProto_DataLocation.EXTERNAL;
  if (external || tensor.externalData.length > 0) {
    throw new ProblemError(
      'unsupported-model',
      'The ONNX file keeps its weights in other files. Save the model as one file, with its weights inside.',
      `tensor ${quoted(name)}`,
    );
  }
  const dims = tensor.dims.map(Number);
  const size = dims.reduce((product, dim) => product * dim, 1);
  if (dims.some((dim) => dim < 0) || !Number.isSafeInteger(size)) {
    throw corrupt(`the tensor ${quoted(name)} has the impossible shape [${dims.join(', ')}]`);
  }
  const requireSize = (held: number): void => {
    if (held === size) return;
    throw corrupt(
      `the tensor ${quoted(name)} of shape [${dims.join(', ')}] needs ${String(size)} numbers and has ${String(held)}`,
    );
  };
  const raw = tensor.rawData;
  const declared = { name, initializer, dims, size };
  const type = typeName(tensor.dataType);
  switch (type) {
    case 'float32': {
      const place = bytes ?? { start: 0, end: 0 };
      requireSize((place.end - place.start) / 4);
      return { ...declared, type, bytes, values: () => readFloats(file, place) };
    }
    case 'int32': {
      requireSize(raw.length > 0 ? raw.length / 4 : tensor.int32Data.length);
      const values = (): number[] => (raw.length > 0 ? readInt32s(raw) : tensor.int32Data);
      return { ...declared, type, bytes: null, values };
    }
    case 'int64': {
      requireSize(raw.length > 0 ? raw.length / 8 : tensor.int64Data.length);
      const values = (): number[] =>
        raw.length > 0 ? readInt64s(raw) : tensor.int64Data.map(Number);
      return { ...declared, type, bytes: null, values };
    }
    case 'bool': {
      requireSize(raw.length > 0 ? raw.length : tensor.int32Data.length);
      const values = (): number[] => (raw.length > 0 ? [...raw] : tensor.int32Data);
      return { ...declared, type, bytes: null, values };
    }
    default:
      return { ...declared, type, bytes: null, values: () => [] };
  }
}

/** A tensor of plain numbers: the value of a Constant node, or what was computed before anything runs. */
export function storedNumbers(
  name: string,
  type: 'float32' | 'int64' | 'bool',
  dims: readonly number[],
  numbers: readonly number[],
): StoredTensor {
  return {
    name,
    initializer: false,
    dims,
    size: numbers.length,
    type,
    bytes: null,
    values: () => [...numbers],
  };
}

/** raw_data and packed float_data are both little-endian IEEE 754 numbers, one after the other. */
function readFloats(file: Uint8Array<ArrayBuffer>, { start, end }: ByteRange): Float32Array {
  return new Float32Array(file.slice(start, end).buffer);
}

function readInt32s(raw: Uint8Array): number[] {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  return Array.from({ length: raw.byteLength / 4 }, (_, index) => view.getInt32(index * 4, true));
}

function readInt64s(raw: Uint8Array): number[] {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  return Array.from({ length: raw.byteLength / 8 }, (_, index) =>
    Number(view.getBigInt64(index * 8, true)),
  );
}
