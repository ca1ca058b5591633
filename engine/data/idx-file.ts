import { open, readFile, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { ProblemError } from '../protocol/problem.ts';

/*
 * IDX, the format of MNIST (http://yann.lecun.com/exdb/mnist, "File formats for the MNIST database"): two zero bytes,
 * the type of the elements (8 is the unsigned byte), the number of dimensions, each dimension as a big-endian 32-bit
 * number, then the elements, the last dimension running fastest.
 */

/** Files up to this size are held in memory, as MNIST's largest with its 47 MB. Larger ones are read at the place asked for. */
const mostHeldBytes = 128 * 2 ** 20;

/** Bytes that can be read from anywhere in them. */
interface Bytes {
  readonly size: number;
  /** @throws Error when they cannot be read, or end before */
  read(start: number, length: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** An open IDX file of unsigned bytes, whose size is what its header says. */
export class IdxFile {
  /** All positive. The first is the number of items. */
  readonly dimensions: readonly number[];
  readonly #path: string;
  readonly #bytes: Bytes;

  constructor(path: string, bytes: Bytes, dimensions: readonly number[]) {
    this.#path = path;
    this.#bytes = bytes;
    this.dimensions = dimensions;
  }

  /**
   * The elements of items one after another.
   * @throws ProblemError `unreadable-data`
   */
  async items(first: number, count: number): Promise<Uint8Array> {
    const length = elementCount(this.dimensions.slice(1));
    try {
      return await this.#bytes.read(
        headerLength(this.dimensions.length) + first * length,
        count * length,
      );
    } catch (error) {
      throw unreadable(this.#path, error);
    }
  }

  close(): Promise<void> {
    return this.#bytes.close();
  }
}

/**
 * Opens an IDX file, packed by gzip when its name ends so.
 * @param rank the number of dimensions it must have
 * @throws ProblemError `unreadable-data`
 */
export async function openIdxFile(path: string, rank: number): Promise<IdxFile> {
  const bytes = path.endsWith('.gz') ? await unpack(path) : await openBytes(path);
  try {
    const length = headerLength(rank);
    const header = bytes.size < length ? new Uint8Array() : await bytes.read(0, length);
    const dimensions = parseIdxHeader(header, rank);
    if (dimensions === null) {
      throw new ProblemError(
        'unreadable-data',
        `${path} is not an IDX file of ${rank === 1 ? 'labels' : 'grey images'}. Get the file anew from where it came from.`,
        `begins with ${Buffer.from(header).toString('hex')}`,
      );
    }
    // The product is exact up to 2⁵³, which no file's size exceeds: a larger one differs from it all the same.
    const expected = length + elementCount(dimensions);
    if (bytes.size !== expected) {
      throw new ProblemError(
        'unreadable-data',
        `${path} has ${String(bytes.size)} bytes, but says of itself that it has ${String(expected)}. It is damaged or incomplete; get it anew from where it came from.`,
        `dimensions ${dimensions.join(' × ')}`,
      );
    }
    return new IdxFile(path, bytes, dimensions);
  } catch (error) {
    await bytes.close();
    throw error;
  }
}

/** The dimensions that a header gives; null when it is none of unsigned bytes in so many positive dimensions. */
export function parseIdxHeader(header: Uint8Array, rank: number): number[] | null {
  if (header.length !== headerLength(rank)) return null;
  const view = new DataView(header.buffer, header.byteOffset, header.length);
  if (view.getUint32(0) !== 0x0800 + rank) return null;
  const dimensions = Array.from({ length: rank }, (_, index) => view.getUint32(4 + 4 * index));
  return dimensions.includes(0) ? null : dimensions;
}

function headerLength(rank: number): number {
  return 4 + 4 * rank;
}

function elementCount(dimensions: readonly number[]): number {
  return dimensions.reduce((product, dimension) => product * dimension, 1);
}

async function openBytes(path: string): Promise<Bytes> {
  try {
    const { size } = await stat(path);
    return size <= mostHeldBytes ? held(await readFile(path)) : await onDisk(path, size);
  } catch (error) {
    throw unreadable(path, error);
  }
}

async function unpack(path: string): Promise<Bytes> {
  try {
    return held(await unpackedBytes(path));
  } catch (error) {
    throw error instanceof ProblemError ? error : unreadable(path, error);
  }
}

function held(bytes: Uint8Array): Bytes {
  return {
    size: bytes.length,
    read: (start, length) => Promise.resolve(bytes.subarray(start, start + length)),
    close: () => Promise.resolve(),
  };
}

async function onDisk(path: string, size: number): Promise<Bytes> {
  const file = await open(path, 'r');
  return {
    size,
    read: async (position, length) => {
      const buffer = new Uint8Array(length);
      const { bytesRead } = await file.read({ buffer, position });
      if (bytesRead < length) throw new Error(`ended after ${String(position + bytesRead)} bytes`);
      return buffer;
    },
    close: () => file.close(),
  };
}

async function unpackedBytes(path: string): Promise<Uint8Array> {
  const { size } = await stat(path);
  try {
    if (size <= mostHeldBytes) {
      return await promisify(gunzip)(await readFile(path), { maxOutputLength: mostHeldBytes });
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code !== 'ERR_BUFFER_TOO_LARGE') throw error;
  }
  throw new ProblemError(
    'unreadable-data',
    `${path} holds more than ${String(mostHeldBytes / 2 ** 20)} MiB. Unpack it (gunzip) and try again.`,
  );
}

function unreadable(path: string, error: unknown): ProblemError {
  return new ProblemError(
    'unreadable-data',
    `${path} cannot be read. Check that you may open it, or get it anew from where it came from.`,
    String(error),
    { cause: error },
  );
}
