import type { Graph, Value } from './graph.ts';
import {
  after,
  indices,
  tapRange,
  type Axis,
  type Geometry,
  type Phase,
  type TapRange,
} from './geometry.ts';

/** A run of `count` places from `start` on along an axis of `length` places; backwards for a negative step. */
interface Run {
  readonly start: number;
  readonly count: number;
  readonly step: number;
  readonly length: number;
}

/** The part of a value that runs along some axes cut out, and the value itself if they cut nothing off. */
export function boxOf(
  graph: Graph,
  value: Value,
  axes: readonly number[],
  runs: readonly Run[],
): Value {
  if (runs.every(({ start, count, step, length }) => start === 0 && step === 1 && count === length))
    return value;
  const beyond = (start: number, count: number, step: number): number => {
    const end = start + (count - 1) * step + Math.sign(step);
    return end < 0 ? Number.MIN_SAFE_INTEGER : end;
  };
  return graph.node('Slice', [
    value,
    graph.integers(runs.map(({ start }) => start)),
    graph.integers(runs.map(({ start, count, step }) => beyond(start, count, step))),
    graph.integers(axes),
    graph.integers(runs.map(({ step }) => step)),
  ]);
}

/** Pads height and width of [N, H, W, C]; negative amounts crop. */
export function padImages(
  graph: Graph,
  images: Value,
  rows: readonly [number, number],
  columns: readonly [number, number],
): Value {
  if (![...rows, ...columns].some((amount) => amount !== 0)) return images;
  const pads = graph.integers([0, rows[0], columns[0], 0, 0, rows[1], columns[1], 0]);
  return graph.node('Pad', [images, pads]);
}

/**
 * What each tap reads for every output: [N, H, W, C] → one [N, OH, OW, C] per tap, row by row.
 */
export function gatherTaps(graph: Graph, images: Value, { height, width }: Geometry): Value[] {
  const behind = (axis: Axis): number => Math.max(0, after(axis));
  const padded = padImages(
    graph,
    images,
    [height.before, behind(height)],
    [width.before, behind(width)],
  );
  return indices(height.filter).flatMap((row) =>
    indices(width.filter).map((column) =>
      boxOf(
        graph,
        padded,
        [1, 2],
        [
          { axis: height, tap: row },
          { axis: width, tap: column },
        ].map(({ axis, tap }) => ({
          start: tap * axis.dilation,
          count: axis.output,
          step: axis.stride,
          length: axis.before + axis.input + behind(axis),
        })),
      ),
    ),
  );
}

/**
 * The adjoint of {@link gatherTaps}: adds up, for every input, what the taps that read it give.
 * @param give what a tap gives for the outputs in its range, [N, rows.count, columns.count, C]
 * @returns [N, H, W, C]
 */
export function scatterTaps(
  graph: Graph,
  { height, width }: Geometry,
  give: (tap: { row: number; column: number }, rows: TapRange, columns: TapRange) => Value,
): Value {
  // Inputs of one phase, of equal remainder by the stride, are read by the same taps.
  const rowsPerPhase = Math.ceil(height.input / height.stride);
  const columnsPerPhase = Math.ceil(width.input / width.stride);
  const given: Value[][][] = indices(height.stride).map(() => indices(width.stride).map(() => []));
  for (const row of indices(height.filter))
    for (const column of indices(width.filter)) {
      const rows = tapRange(height, row);
      const columns = tapRange(width, column);
      if (rows.count * columns.count === 0) continue;
      const top = Math.floor(rows.input / height.stride);
      const left = Math.floor(columns.input / width.stride);
      given[rows.input % height.stride][columns.input % width.stride].push(
        padImages(
          graph,
          give({ row, column }, rows, columns),
          [top, rowsPerPhase - top - rows.count],
          [left, columnsPerPhase - left - columns.count],
        ),
      );
    }
  const phases = given.map((line) =>
    line.map((values) => {
      if (values.length === 0) return null;
      return values.length === 1 ? values[0] : graph.node('Sum', values);
    }),
  );
  return interleave(graph, phases, { height, width });
}

/** The outputs in the ranges of a tap, of [N, OH, OW, C]. */
export function outputsOf(
  graph: Graph,
  value: Value,
  { height, width }: Geometry,
  rows: TapRange,
  columns: TapRange,
): Value {
  const run = (axis: Axis, { output, count }: TapRange): Run => ({
    start: output,
    count,
    step: 1,
    length: axis.output,
  });
  return boxOf(graph, value, [1, 2], [run(height, rows), run(width, columns)]);
}

/** The taps that read one phase of the inputs, turned round: [KH, KW, …] → [rows.filter, columns.filter, …] */
export function tapsOfPhase(
  graph: Graph,
  filter: Value,
  { height, width }: Pick<Geometry, 'height' | 'width'>,
  { height: rows, width: columns }: Record<'height' | 'width', Phase>,
): Value {
  return boxOf(
    graph,
    filter,
    [0, 1],
    [
      { start: rows.lastTap, count: rows.filter, step: -height.stride, length: height.filter },
      { start: columns.lastTap, count: columns.filter, step: -width.stride, length: width.filter },
    ],
  );
}

/** Of what a convolution made for one phase of the inputs, [N, H, W, C], those that are wanted. */
export function neededOfPhase(
  graph: Graph,
  images: Value,
  { height, width }: Record<'height' | 'width', Phase>,
): Value {
  return boxOf(
    graph,
    images,
    [1, 2],
    [
      { start: 0, count: height.needed, step: 1, length: height.output },
      { start: 0, count: width.needed, step: 1, length: width.output },
    ],
  );
}

/**
 * Puts phases of [N, ⌈H / stride⌉, ⌈W / stride⌉, C] together to [N, H, W, C].
 * @param phases by the remainders of row and column; null is zero. At least one is not.
 */
export function interleave(
  graph: Graph,
  phases: readonly (readonly (Value | null)[])[],
  { height, width }: Pick<Geometry, 'height' | 'width'>,
): Value {
  const some = phases.flat().find((phase) => phase !== null);
  if (some === undefined) throw new Error('nothing to interleave');
  if (height.stride === 1 && width.stride === 1) return some;
  const rows = Math.ceil(height.input / height.stride);
  const columns = Math.ceil(width.input / width.stride);
  const zeros = (): Value => graph.node('ConstantOfShape', [graph.node('Shape', [some])]);
  const lines = phases.map((line) =>
    graph.node(
      'Concat',
      line.map((phase) => graph.reshape(phase ?? zeros(), [0, rows, 1, columns, 1, -1])),
      { axis: 4 },
    ),
  );
  const whole = graph.node('Concat', lines, { axis: 2 });
  const [tall, wide] = [rows * height.stride, columns * width.stride];
  return boxOf(
    graph,
    graph.reshape(whole, [0, tall, wide, -1]),
    [1, 2],
    [
      { start: 0, count: height.input, step: 1, length: tall },
      { start: 0, count: width.input, step: 1, length: wide },
    ],
  );
}
