import { totalmem } from 'node:os';
import { util, type backend_util, type DataType, type TensorInfo } from '@tensorflow/tfjs-core';
import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import { Tensor, type TypedTensor } from 'onnxruntime-common';
import { BufferPool } from './buffer-pool.ts';
import { indices } from './geometry.ts';
import { Graph } from './graph.ts';
import { Session } from './session.ts';

export interface OnnxruntimeSettings {
  /**
   * Scalar operations from which a graph is worth its call; below it the kernel of `cpu` does the work.
   * 0 sends everything to ONNX Runtime that it can do.
   */
  readonly smallestWork?: number;
  /** Whether to use ONNX Runtime's blocked layout where this kind of processor has it. */
  readonly blocks?: boolean;
}

/** A shape, as the graph gives it, and the type of an output to compute. */
interface Output {
  readonly shape: readonly number[];
  readonly dtype?: 'float32' | 'bool';
}

/** Measured: about here an element-wise kernel of `cpu` takes as long as a call into ONNX Runtime. */
const SMALLEST_WORK = 1 << 14;
/** What may lie idle of the memory that tensors had. */
const IDLE_BYTES = Math.min(2 ** 30, totalmem() / 8);
/** Numbers worked on at a time: half a MiB of each operand. Measured with Adam, between 2¹⁵ and all 2 million. */
const PART = 1 << 17;

type DataId = TensorInfo['dataId'];
type NumericValues = Float32Array | Int32Array | Uint8Array;
type Result = TypedTensor<'float32'> | TypedTensor<'bool'>;

/** A backend of tfjs: tensors are typed arrays as on `cpu`, and kernels with much work are ONNX graphs. */
export class OnnxruntimeBackend extends MathBackendCPU {
  readonly smallestWork: number;
  /** Channels in a block of ONNX Runtime's blocked layout; null where it is not used. */
  readonly channelBlock: number | null;
  readonly #pool = new BufferPool(IDLE_BYTES);
  readonly #sessions = new Map<string, Session>();

  /** @throws Error when the native addon does not load on this machine */
  constructor({ smallestWork = SMALLEST_WORK, blocks = true }: OnnxruntimeSettings = {}) {
    super();
    this.smallestWork = smallestWork;
    this.channelBlock = blocks ? measureChannelBlock() : null;
  }

  /** The graphs that have been run, by their keys. */
  get graphs(): string[] {
    return [...this.#sessions.keys()];
  }

  /**
   * Runs a graph.
   * @param key names the graph: the same key means the same graph
   * @param inputs may be given under any shape of their size
   * @returns as many tensors as `outputs`, of those shapes
   */
  run(
    key: string,
    build: () => Graph,
    inputs: readonly TensorInfo[],
    outputs: readonly Output[],
  ): TensorInfo[] {
    const session = this.#session(key, build);
    const shapes = inputs.map(({ shape }) => shape);
    const results = outputs.map((output) => this.#allocate(output));
    const temporaries = session.temporaries.map(({ shapeOf }) =>
      this.#allocate({ shape: shapeOf(shapes) }),
    );
    session.run(
      inputs.map((input) => this.#operand(input)),
      [...results, ...temporaries],
    );
    for (const { data } of temporaries) this.#pool.give(data.buffer);
    return results.map(({ data, dims, type }) => ({
      dataId: super.write(data, [...dims], type),
      shape: [...dims],
      dtype: type,
    }));
  }

  /**
   * Runs a graph that works on each number by itself, part by part: what its nodes hand on stays in the processor's cache.
   * @param inputs float32, of one shape; a scalar goes to every part
   * @returns `outputCount` tensors of that shape
   */
  runInParts(
    key: string,
    build: () => Graph,
    inputs: readonly TensorInfo[],
    outputCount: number,
  ): TensorInfo[] {
    const session = this.#session(key, build);
    const [{ shape }] = inputs;
    const size = util.sizeFromShape(shape);
    const operands = inputs.map((input) => asFloat32(this.numbersOf(input)));
    const results = indices(outputCount).map(() => this.#floats(size));
    for (let start = 0; start < size; start += PART) {
      const part = (values: Float32Array): Tensor => {
        const numbers = values.length === 1 ? values : values.subarray(start, start + PART);
        return new Tensor('float32', numbers, [numbers.length]);
      };
      session.run(operands.map(part), results.map(part));
    }
    return results.map((values) => ({
      dataId: super.write(values, shape, 'float32'),
      shape,
      dtype: 'float32',
    }));
  }

  /** A tensor that `write` fills with numbers. It is given memory with arbitrary contents. */
  fill(shape: number[], write: (values: Float32Array) => void): TensorInfo {
    const data = this.#floats(util.sizeFromShape(shape));
    write(data);
    return { dataId: super.write(data, shape, 'float32'), shape, dtype: 'float32' };
  }

  /** The numbers of a tensor, to be read at once: its memory may be used again when it is gone. */
  numbersOf({ dataId }: TensorInfo): NumericValues {
    const { values, dtype } = this.data.get(dataId);
    if (values === undefined || Array.isArray(values)) throw new Error(`${dtype} is no number`);
    return values;
  }

  /** Every way in but {@link run}: values that come from outside are not ours to recycle, nor is what they share. */
  override write(values: backend_util.BackendValues, shape: number[], dtype: DataType): DataId {
    this.#disown(values);
    return super.write(values, shape, dtype);
  }

  override move(
    dataId: DataId,
    values: backend_util.BackendValues,
    shape: number[],
    dtype: DataType,
    refCount: number,
  ): void {
    this.#disown(values);
    super.move(dataId, values, shape, dtype, refCount);
  }

  /** Hands out the tensor's own memory, as `cpu` does: the reader may keep it. */
  override readSync(dataId: DataId): backend_util.BackendValues {
    const values = super.readSync(dataId);
    this.#disown(values);
    return values;
  }

  override disposeData(dataId: DataId, force = false): boolean {
    const values = this.data.has(dataId) ? this.data.get(dataId).values : undefined;
    const gone = super.disposeData(dataId, force);
    if (gone && ArrayBuffer.isView(values)) this.#pool.give(values.buffer);
    return gone;
  }

  #session(key: string, build: () => Graph): Session {
    const known = this.#sessions.get(key);
    if (known) return known;
    const session = new Session(build());
    this.#sessions.set(key, session);
    return session;
  }

  #disown(values: backend_util.BackendValues | undefined): void {
    if (ArrayBuffer.isView(values)) this.#pool.disown(values.buffer);
  }

  #allocate({ shape, dtype = 'float32' }: Output): Result {
    const size = util.sizeFromShape([...shape]);
    return dtype === 'float32'
      ? new Tensor(
          'float32',
          new Float32Array(this.#pool.take(Float32Array.BYTES_PER_ELEMENT * size)),
          shape,
        )
      : new Tensor('bool', new Uint8Array(this.#pool.take(size)), shape);
  }

  #floats(size: number): Float32Array {
    return new Float32Array(this.#pool.take(Float32Array.BYTES_PER_ELEMENT * size));
  }

  #operand(tensor: TensorInfo): Tensor {
    const { shape, dtype } = tensor;
    const values = this.numbersOf(tensor);
    if (dtype === 'bool') return new Tensor('bool', asUint8(values), shape);
    return new Tensor('float32', asFloat32(values), shape);
  }
}

/** A cast on `cpu` may keep the array that it was given, of another type than the tensor's. */
export function asFloat32(values: NumericValues): Float32Array {
  return values instanceof Float32Array ? values : new Float32Array(values);
}

function asUint8(values: NumericValues): Uint8Array {
  return values instanceof Uint8Array ? values : new Uint8Array(values);
}

/** The blocked layout rounds channels up to whole blocks: four of them, the fewest it takes, become one block. */
function measureChannelBlock(): number | null {
  const graph = new Graph();
  const blocked = graph.node('ReorderInput', [graph.input()], {}, 'com.microsoft.nchwc');
  graph.output(graph.node('Shape', [blocked]), 'int64');
  const shape = new BigInt64Array(4);
  new Session(graph).run(
    [new Tensor('float32', new Float32Array(4), [1, 4, 1, 1])],
    [new Tensor('int64', shape, [4])],
  );
  const block = Number(shape[1]);
  return block > 4 ? block : null;
}
