import { createHash } from 'node:crypto';
import { fromBinary } from '@bufbuild/protobuf';
import { ProblemError } from '../../protocol/problem.ts';
import { readModelFile } from '../read-file.ts';
import {
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  TensorProtoSchema,
  type GraphProto,
  type ModelProto,
} from './onnx_pb.js';
import { messageFields, type ByteRange, type Field } from './protobuf-fields.ts';

/** Larger messages cannot be protobuf: its own limit. */
const largestFile = 2 ** 31 - 1;
/** Of everything but weights. Decoded, an empty message of two bytes takes some hundred. */
const largestStructure = 8 * 2 ** 20;
/** Weights as numbers instead of bytes are decoded one by one, into eight bytes each. */
const largestFloatData = 2 ** 28;
/** That the walk before decoding looks at. */
const mostFields = 1_000_000;

/** An ONNX file in memory: its bytes, and the same decoded. Weights are views of the bytes. */
export interface OnnxFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly sha256: string;
  readonly model: ModelProto;
  readonly graph: GraphProto;
  /** Where the values of each initializer lie, in the graph's order; null for those that are not in one piece. */
  readonly initializerBytes: readonly (ByteRange | null)[];
  /** The same for tensors in attributes, by node and attribute. */
  readonly attributeBytes: readonly (readonly (ByteRange | null)[])[];
}

/** @throws ProblemError `no-such-file`, `corrupt-model`, `unsupported-model` */
export async function readOnnxFile(path: string): Promise<OnnxFile> {
  const bytes = await readModelFile(path, largestFile);
  return { ...decodeOnnxFile(bytes), sha256: createHash('sha256').update(bytes).digest('hex') };
}

function decodeOnnxFile(bytes: Uint8Array<ArrayBuffer>): Omit<OnnxFile, 'sha256'> {
  const { initializerBytes, attributeBytes, structure, floatData } = decoding(() => locate(bytes));
  if (structure > largestStructure || floatData > largestFloatData) {
    throw tooElaborate(
      `${String(structure)} bytes of structure, ${String(floatData)} of float_data`,
    );
  }
  const model = decoding(() => fromBinary(ModelProtoSchema, bytes));
  if (model.graph === undefined) throw corrupt('it holds no graph');
  return { bytes, model, graph: model.graph, initializerBytes, attributeBytes };
}

/** Walks the file without decoding it: where weights lie, and how many bytes are something else. */
function locate(bytes: Uint8Array): Pick<OnnxFile, 'initializerBytes' | 'attributeBytes'> & {
  structure: number;
  floatData: number;
} {
  const initializerBytes: (ByteRange | null)[] = [];
  const attributeBytes: (ByteRange | null)[][] = [];
  let structure = bytes.length;
  let floatData = 0;
  let fields = 0;

  const fieldsOf = function* (message: ByteRange): Generator<Field> {
    for (const field of messageFields(bytes, message)) {
      if (++fields > mostFields) throw tooElaborate(`more than ${String(mostFields)} fields`);
      yield field;
    }
  };
  const tensorValues = (tensor: ByteRange): ByteRange | null => {
    let values: ByteRange | null = null;
    let pieces = 0;
    for (const field of fieldsOf(tensor)) {
      const raw = field.number === TensorProtoSchema.field.rawData.number;
      const floats = field.number === TensorProtoSchema.field.floatData.number;
      if (!raw && !floats) continue;
      if (floats) floatData += field.end - field.start;
      if (field.delimited) structure -= field.end - field.start;
      pieces++;
      values = field.delimited && pieces === 1 ? { start: field.start, end: field.end } : null;
    }
    return values;
  };
  const submessages = function* (message: ByteRange, { number }: { number: number }) {
    for (const field of fieldsOf(message)) {
      if (field.number === number && field.delimited) yield field;
    }
  };

  for (const graph of submessages({ start: 0, end: bytes.length }, ModelProtoSchema.field.graph)) {
    for (const tensor of submessages(graph, GraphProtoSchema.field.initializer)) {
      initializerBytes.push(tensorValues(tensor));
    }
    for (const node of submessages(graph, GraphProtoSchema.field.node)) {
      const attributes: (ByteRange | null)[] = [];
      for (const attribute of submessages(node, NodeProtoSchema.field.attribute)) {
        const tensors = [...submessages(attribute, AttributeProtoSchema.field.t)];
        attributes.push(tensors.length === 1 ? tensorValues(tensors[0]) : null);
      }
      attributeBytes.push(attributes);
    }
  }
  return { initializerBytes, attributeBytes, structure, floatData };
}

function decoding<T>(decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    throw corrupt('it is cut short, or no ONNX file at all', String(error));
  }
}

function tooElaborate(detail: string): ProblemError {
  return new ProblemError(
    'unsupported-model',
    'The ONNX file describes far more than an image classifier has, or stores its weights in an outdated form. Export the model again with a current version of its framework.',
    detail,
  );
}

/** @param reason what is wrong, as the middle of a sentence */
export function corrupt(reason: string, detail = ''): ProblemError {
  return new ProblemError(
    'corrupt-model',
    `The ONNX file is damaged: ${reason}. Export the model again, or fetch the file anew from where it came.`,
    detail,
  );
}
