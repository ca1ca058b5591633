import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';

/** Where something lies in a file: bytes from its start, the end exclusive. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** One field of a protobuf message as it lies in the file. */
export interface Field extends ByteRange {
  readonly number: number;
  /** True for strings, bytes, messages and packed numbers: whatever has a length of its own. */
  readonly delimited: boolean;
}

/**
 * The fields of a message in the order they are stored, their values not decoded (protobuf.dev, "Encoding").
 * @throws Error where the bytes end too early or are no protobuf message
 */
export function* messageFields(file: Uint8Array, message: ByteRange): Generator<Field> {
  const reader = new BinaryReader(file.subarray(message.start, message.end));
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    const delimited = wireType === WireType.LengthDelimited;
    const value = delimited ? reader.bytes() : reader.skip(wireType, number);
    const end = message.start + reader.pos;
    yield { number, delimited, start: end - value.length, end };
  }
}
