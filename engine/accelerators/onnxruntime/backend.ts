import { util, type backend_util, type DataType, type TensorInfo } from '@tensorflow/tfjs-core';
import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import { Tensor, type TypedTensor } from 'onnxruntime-common';
import { BufferPool } from './buffer-pool.ts';
import { groupOf, indices } from './geometry.ts';
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

/** Numbers in memory as rows of columns, whatever the shape they go by. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
}

/** What a graph makes of some rows of matrices, and how many columns, or numbers, it makes. */
interface RowResults {
  /** Matrices of as many rows: their columns. */
  readonly mapped?: readonly number[];
  /** What adds up over the parts: how many numbers. */
  readonly summed?: readonly number[];
  readonly summedAs?: 'float32' | 'float64';
}

/** What a graph made of some rows of a matrix: values per column. */
interface ReducedPart {
  readonly rows: number;
  readonly columns: readonly Float32Array[];
}

/** Measured: about here an element-wise kernel of `cpu` takes as long as a call into ONNX Runtime. */
const SMALLEST_WORK = 1 << 14;
/** Numbers worked on at a time: a MiB of each operand. Measured between 2¹⁴ and 2²¹. */
const PART = 1 << 18;

/** Of the larger side of a convolution, worked on at a time. Measured between 1 MiB and all of it. */
const BYTES_AT_A_TIME = 2 ** 22;

type DataId = TensorInfo['dataId'];
type NumericValues = Float32Array | Int32Array | Uint8Array;
type Result = TypedTensor<'float32'> | TypedTensor<'bool'>;

/** A backend of tfjs: tensors are typed arrays as on `cpu`, and kernels with much work are ONNX graphs. */
export class OnnxruntimeBackend extends MathBackendCPU {
  readonly smallestWork: number;
  /** Channels in a block of ONNX Runtime's blocked layout; null where it is not used. */
  readonly channelBlock: number | null;
  readonly #pool = new BufferPool();
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
   * @param others inputs that come after those
   * @returns as many tensors as `outputs`, of those shapes
   */
  run(
    key: string,
    build: () => Graph,
    inputs: readonly TensorInfo[],
    outputs: readonly Output[],
    others: readonly Tensor[] = [],
  ): TensorInfo[] {
    const results = outputs.map((output) => this.#allocate(output));
    const operands = [...inputs.map((input) => this.#operand(input)), ...others];
    this.#execute(this.#session(key, build), operands, results);
    return results.map(({ data, dims, type }) => ({
      dataId: super.write(data, [...dims], type),
      shape: [...dims],
      dtype: type,
    }));
  }

  /**
   * Runs a graph that makes something of each image by itself, on a few images after the other: its temporaries stay small,
   * and in the processor's cache.
   * @param images [N, …]
   * @param others go to every run
   * @param shape of the result: its first axis is N, or a multiple of it
   */
  runOnImages(
    key: string,
    build: () => Graph,
    images: TensorInfo,
    others: readonly TensorInfo[],
    shape: readonly number[],
  ): TensorInfo {
    const session = this.#session(key, build);
    const result = this.#floats(util.sizeFromShape([...shape]));
    const whole = new Tensor('float32', result, shape);
    const operands = others.map((input) => this.#operand(input));
    const source = this.#floatOperand(images);
    const [batch] = images.shape;
    for (const few of fewImagesOf(batch, Math.max(source.size, whole.size)))
      this.#execute(
        session,
        [cutImages(source, few, batch), ...operands],
        [cutImages(whole, few, batch)],
      );
    return this.#tensor(result, [...shape]);
  }

  /**
   * Runs a graph that sums something up over all images, on a few images after the other.
   * @param build is told how many images its graph will be given
   * @param images each [N, …]
   * @param shape of the result
   */
  sumOverImages(
    key: (count: number) => string,
    build: (count: number) => Graph,
    images: readonly TensorInfo[],
    shape: readonly number[],
  ): TensorInfo {
    const [batch] = images[0].shape;
    const sources = images.map((input) => this.#floatOperand(input));
    const size = util.sizeFromShape([...shape]);
    const sum = new Tensor('float32', this.#floats(size), shape);
    const largest = Math.max(...sources.map((source) => source.size));
    for (const few of fewImagesOf(batch, largest)) {
      const session = this.#session(key(few.count), () => build(few.count));
      const operands = sources.map((source) => cutImages(source, few, batch));
      if (few.start === 0) {
        this.#execute(session, operands, [sum]);
        continue;
      }
      const term = new Tensor('float32', this.#floats(size), shape);
      this.#execute(session, operands, [term]);
      this.#session('sum of two', sumOfTwo).run([sum, term], [sum]);
      this.#pool.give(term.data.buffer);
    }
    return this.#tensor(sum.data, [...shape]);
  }

  /**
   * As {@link runOnImages} and {@link sumOverImages} at once: the graph's first output is that of the images, the second what
   * adds up.
   */
  mapAndSumImages(
    key: (count: number) => string,
    build: (count: number) => Graph,
    images: readonly TensorInfo[],
    others: readonly Tensor[],
    { mapped, summed }: Record<'mapped' | 'summed', readonly number[]>,
  ): { mapped: TensorInfo; sum: Float64Array } {
    const [batch] = images[0].shape;
    const sources = images.map((input) => this.#floatOperand(input));
    const whole = new Tensor('float32', this.#floats(util.sizeFromShape([...mapped])), mapped);
    const sum = new Float64Array(util.sizeFromShape([...summed]));
    const largest = Math.max(whole.size, ...sources.map((source) => source.size));
    for (const few of fewImagesOf(batch, largest)) {
      const term = new Tensor('float32', new Float32Array(sum.length), summed);
      this.#execute(
        this.#session(key(few.count), () => build(few.count)),
        [...sources.map((source) => cutImages(source, few, batch)), ...others],
        [cutImages(whole, few, batch), term],
      );
      term.data.forEach((value, place) => (sum[place] += value));
    }
    return { mapped: this.#tensor(whole.data, [...mapped]), sum };
  }

  /**
   * Runs a graph that works on each row by itself, part by part: what its nodes hand on stays in the processor's cache.
   * @param inputs float32; those of `matrix`'s size are cut up, all others go to every part
   * @returns `outputCount` tensors of the shape of `matrix`
   */
  mapRows(
    key: string,
    build: () => Graph,
    matrix: Matrix,
    inputs: readonly TensorInfo[],
    outputCount: number,
  ): TensorInfo[] {
    const shape = [matrix.rows, matrix.columns];
    return this.#mapParts(this.#session(key, build), matrix, inputs, outputCount, shape, cut);
  }

  /**
   * As {@link mapRows}, for a graph that works on each number by itself.
   * @param inputs of one shape, or scalars
   * @returns tensors of the shape of the first
   */
  mapNumbers(
    key: string,
    build: () => Graph,
    inputs: readonly TensorInfo[],
    outputCount: number,
  ): TensorInfo[] {
    const [{ shape }] = inputs;
    const matrix = { rows: util.sizeFromShape(shape), columns: 1 };
    return this.#mapParts(this.#session(key, build), matrix, inputs, outputCount, shape, cutFlat);
  }

  /**
   * Runs a graph that makes a number of each column, on one part of the rows after the other.
   * @param inputs as of {@link mapRows}; the graph is given a part as [groups, rows of a group, columns]
   * @param outputCount of the graph: each [columns]
   */
  reduceRows(
    key: string,
    build: () => Graph,
    matrix: Matrix,
    inputs: readonly TensorInfo[],
    outputCount: number,
  ): ReducedPart[] {
    return this.#reduceParts(key, build, matrix, inputs, outputCount, null);
  }

  /** As {@link mapRows} and {@link reduceRows} at once: the graph's first output is that of the rows. */
  mapAndReduceRows(
    key: string,
    build: () => Graph,
    matrix: Matrix,
    inputs: readonly TensorInfo[],
    outputCount: number,
  ): { mapped: TensorInfo; parts: ReducedPart[] } {
    const shape = [matrix.rows, matrix.columns];
    const values = this.#floats(matrix.rows * matrix.columns);
    const parts = this.#reduceParts(key, build, matrix, inputs, outputCount, values);
    return { mapped: this.#tensor(values, shape), parts };
  }

  /**
   * Runs a graph on some rows of matrices that have as many rows, and not as many columns, on one part after the other.
   * @param matrix of the most columns: its parts are those of all
   * @param matrices float32; the graph is given a part of each as [groups, rows of a group, columns]
   * @param others go to every part
   * @param results the graph's outputs: a part of each that is mapped as [rows, columns], and lists to be added up
   */
  runOnRows(
    key: string,
    build: () => Graph,
    matrix: Matrix,
    matrices: readonly TensorInfo[],
    others: readonly Tensor[],
    { mapped = [], summed = [], summedAs = 'float32' }: RowResults,
  ): { mapped: TensorInfo[]; sums: Float64Array[] } {
    const { rows } = matrix;
    const session = this.#session(key, build);
    const sources = matrices.map((each) => asFloat32(this.numbersOf(each)));
    const results = mapped.map((columns) => this.#floats(rows * columns));
    const sums = summed.map((size) => new Float64Array(size));
    for (const part of partsOf(matrix)) {
      const count = part.groups * part.group;
      const rowsOf = (values: Float32Array): Float32Array => {
        const columns = values.length / rows;
        return values.subarray(part.start * columns, (part.start + count) * columns);
      };
      const terms = sums.map((sum) =>
        summedAs === 'float32'
          ? new Tensor('float32', new Float32Array(sum.length), [sum.length])
          : new Tensor('float64', new Float64Array(sum.length), [sum.length]),
      );
      session.run(
        [
          ...sources.map(
            (values) =>
              new Tensor('float32', rowsOf(values), [
                part.groups,
                part.group,
                values.length / rows,
              ]),
          ),
          ...others,
        ],
        [
          ...results.map(
            (values) => new Tensor('float32', rowsOf(values), [count, values.length / rows]),
          ),
          ...terms,
        ],
      );
      terms.forEach(({ data }, index) => {
        const sum = sums[index];
        for (let place = 0; place < data.length; place++) sum[place] += data[place];
      });
    }
    return {
      mapped: results.map((values) => this.#tensor(values, [rows, values.length / rows])),
      sums,
    };
  }

  /** Runs a graph on lists and matrices that are small, in one go. */
  runOnce(key: string, build: () => Graph, inputs: readonly Tensor[], outputs: readonly Tensor[]) {
    this.#session(key, build).run(inputs, outputs);
  }

  /** A tensor that `write` fills with numbers. It is given memory with arbitrary contents. */
  fill(shape: number[], write: (values: Float32Array) => void): TensorInfo {
    const data = this.#floats(util.sizeFromShape(shape));
    write(data);
    return this.#tensor(data, shape);
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

  #mapParts(
    session: Session,
    matrix: Matrix,
    inputs: readonly TensorInfo[],
    outputCount: number,
    shape: number[],
    cutOut: typeof cut,
  ): TensorInfo[] {
    const operands = inputs.map((input) => asFloat32(this.numbersOf(input)));
    const results = indices(outputCount).map(() => this.#floats(matrix.rows * matrix.columns));
    for (const part of partsOf(matrix))
      session.run(
        operands.map((values) => cutOut(values, matrix, part)),
        results.map((values) => cutOut(values, matrix, part)),
      );
    return results.map((values) => this.#tensor(values, shape));
  }

  #reduceParts(
    key: string,
    build: () => Graph,
    matrix: Matrix,
    inputs: readonly TensorInfo[],
    outputCount: number,
    mapped: Float32Array | null,
  ): ReducedPart[] {
    const session = this.#session(key, build);
    const operands = inputs.map((input) => asFloat32(this.numbersOf(input)));
    return partsOf(matrix).map((part) => {
      const columns = indices(outputCount).map(() => new Float32Array(matrix.columns));
      session.run(
        operands.map((values) => cut(values, matrix, part)),
        [
          ...(mapped ? [cut(mapped, matrix, part)] : []),
          ...columns.map((values) => new Tensor('float32', values, [matrix.columns])),
        ],
      );
      return { rows: part.groups * part.group, columns };
    });
  }

  #execute(session: Session, inputs: readonly Tensor[], outputs: readonly Tensor[]): void {
    const shapes = inputs.map(({ dims }) => dims);
    const temporaries = session.temporaries.map(({ shapeOf }) =>
      this.#allocate({ shape: shapeOf(shapes) }),
    );
    session.run(inputs, [...outputs, ...temporaries]);
    for (const { data } of temporaries) this.#pool.give(data.buffer);
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
      ? new Tensor('float32', this.#floats(size), shape)
      : new Tensor('bool', new Uint8Array(this.#pool.take(size), 0, size), shape);
  }

  /** A tensor in memory of the pool. */
  #tensor(values: Float32Array, shape: number[]): TensorInfo {
    return { dataId: super.write(values, shape, 'float32'), shape, dtype: 'float32' };
  }

  #floats(size: number): Float32Array {
    return new Float32Array(this.#pool.take(Float32Array.BYTES_PER_ELEMENT * size), 0, size);
  }

  #operand(tensor: TensorInfo): Tensor {
    if (tensor.dtype !== 'bool') return this.#floatOperand(tensor);
    return new Tensor('bool', asUint8(this.numbersOf(tensor)), tensor.shape);
  }

  #floatOperand(tensor: TensorInfo): TypedTensor<'float32'> {
    return new Tensor('float32', asFloat32(this.numbersOf(tensor)), tensor.shape);
  }
}

interface Images {
  readonly start: number;
  readonly count: number;
}

/**
 * As many images at a time as make up {@link BYTES_AT_A_TIME}; a multiple of sixteen, which fills the blocks of the blocked
 * layout.
 * @param numbers of all images together
 */
function fewImagesOf(batch: number, numbers: number): Images[] {
  const bytesPerImage = (Float32Array.BYTES_PER_ELEMENT * numbers) / batch;
  const count = Math.max(16, Math.floor(BYTES_AT_A_TIME / bytesPerImage / 16) * 16);
  return indices(Math.ceil(batch / count)).map((index) => ({
    start: index * count,
    count: Math.min(count, batch - index * count),
  }));
}

/** @param batch the number of all images: the first axis is a multiple of it */
function cutImages(
  { data, dims: [first, ...rest] }: TypedTensor<'float32'>,
  { start, count }: Images,
  batch: number,
): TypedTensor<'float32'> {
  const length = data.length / batch;
  const numbers = data.subarray(start * length, (start + count) * length);
  return new Tensor('float32', numbers, [(first / batch) * count, ...rest]);
}

function sumOfTwo(): Graph {
  const graph = new Graph();
  graph.output(graph.node('Add', [graph.input(), graph.input()]));
  return graph;
}

/** Rows `start` on, `groups` times `group` of them. */
interface Part {
  readonly start: number;
  readonly groups: number;
  readonly group: number;
}

/**
 * Parts of as many rows as make up {@link PART}, a square number of them; the last part has what is left. In groups, because
 * ONNX Runtime adds up the rows of groups several times as fast as those of a matrix, and more precisely.
 */
function partsOf({ rows, columns }: Matrix): Part[] {
  const side = Math.max(1, Math.floor(Math.sqrt(PART / columns)));
  const whole = indices(Math.floor(rows / side ** 2)).map((index) => ({
    start: index * side ** 2,
    groups: side,
    group: side,
  }));
  const start = whole.length * side ** 2;
  if (start === rows) return whole;
  const group = groupOf(rows - start);
  return [...whole, { start, groups: (rows - start) / group, group }];
}

/**
 * A part as [groups, rows of a group, columns]. A number for each column is repeated for each row of a group: ONNX Runtime
 * works through as many numbers at a time as the shorter operand has. All else goes whole.
 */
function cut(
  values: Float32Array,
  { rows, columns }: Matrix,
  { start, groups, group }: Part,
): TypedTensor<'float32'> {
  if (values.length === rows * columns) {
    const numbers = values.subarray(start * columns, (start + groups * group) * columns);
    return new Tensor('float32', numbers, [groups, group, columns]);
  }
  if (values.length !== columns) return new Tensor('float32', values, [values.length]);
  const repeated = new Float32Array(group * columns);
  for (let row = 0; row < group; row++) repeated.set(values, row * columns);
  return new Tensor('float32', repeated, [group, columns]);
}

/**
 * A part of a list, on one axis; a scalar whole. Beside a last axis of one, ONNX Runtime would repeat scalars number by number,
 * at a fiftieth of the speed.
 */
function cutFlat(
  values: Float32Array,
  { rows }: Matrix,
  { start, groups, group }: Part,
): TypedTensor<'float32'> {
  const numbers = values.length === rows ? values.subarray(start, start + groups * group) : values;
  return new Tensor('float32', numbers, [numbers.length]);
}

/** One output of a graph, added up over all parts in double precision. */
export function sumOfParts(parts: readonly ReducedPart[], output: number): Float64Array {
  const sum = new Float64Array(parts[0].columns[output].length);
  for (const part of parts) part.columns[output].forEach((value, column) => (sum[column] += value));
  return sum;
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
