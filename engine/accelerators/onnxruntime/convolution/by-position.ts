import { Graph, type Value } from '../graph.ts';
import { indices, tapRange, windowOf, type Geometry } from '../geometry.ts';
import { boxOf, outputsOf } from '../spatial.ts';

/*
 * Convolution of small feature maps, as one matrix product per position, of just the taps that lie inside the map: on a
 * map of 1 × 1, eight of nine taps of a 3 × 3 filter read nothing but padding, and on one of 4 × 4 a third.
 */

/** [N, H, W, C], [KH, KW, C, K], and if biased [K] → [N, OH · OW, K] */
export function convolveByPosition(geometry: Geometry, biased: boolean): Graph {
  const { height, width, inChannels, outChannels } = geometry;
  const graph = new Graph();
  const x = graph.input();
  const filter = graph.input();
  const bias = biased ? [graph.input()] : [];
  const weights = cached<Value>();
  const positions = indices(height.output).flatMap((row) =>
    indices(width.output).map((column) => {
      const rows = windowOf(height, row);
      const columns = windowOf(width, column);
      const patch = boxOf(
        graph,
        x,
        [1, 2],
        [
          { start: rows.input, count: rows.count, step: height.dilation, length: height.input },
          { start: columns.input, count: columns.count, step: width.dilation, length: width.input },
        ],
      );
      const taps = weights([rows.tap, rows.count, columns.tap, columns.count], () =>
        graph.reshape(
          boxOf(
            graph,
            filter,
            [0, 1],
            [
              { start: rows.tap, count: rows.count, step: 1, length: height.filter },
              { start: columns.tap, count: columns.count, step: 1, length: width.filter },
            ],
          ),
          [-1, outChannels],
        ),
      );
      const matrix = graph.reshape(patch, [-1, rows.count * columns.count * inChannels]);
      return graph.reshape(graph.node('Gemm', [matrix, taps, ...bias]), [-1, 1, outChannels]);
    }),
  );
  graph.output(graph.node('Concat', positions, { axis: 1 }));
  return graph;
}

/** [N, H, W, C], [N, OH, OW, K] → [KH · KW, C, K], one matrix product per tap */
export function filterGradientByTap(geometry: Geometry): Graph {
  const { height, width, inChannels, outChannels } = geometry;
  const graph = new Graph();
  const x = graph.input();
  const dy = graph.input();
  const untouched = cached<Value>();
  const taps = indices(height.filter).flatMap((row) =>
    indices(width.filter).map((column) => {
      const rows = tapRange(height, row);
      const columns = tapRange(width, column);
      if (rows.count * columns.count === 0)
        return untouched([], () =>
          graph.node('Expand', [graph.float(0), graph.integers([1, inChannels, outChannels])]),
        );
      const read = boxOf(
        graph,
        x,
        [1, 2],
        [
          { start: rows.input, count: rows.count, step: height.stride, length: height.input },
          { start: columns.input, count: columns.count, step: width.stride, length: width.input },
        ],
      );
      const made = outputsOf(graph, dy, geometry, rows, columns);
      const product = graph.node(
        'Gemm',
        [graph.reshape(read, [-1, inChannels]), graph.reshape(made, [-1, outChannels])],
        { transA: 1 },
      );
      return graph.reshape(product, [1, inChannels, outChannels]);
    }),
  );
  graph.output(graph.node('Concat', taps, { axis: 0 }));
  return graph;
}

/** Makes each thing once, by a list of numbers that says which. */
function cached<T>(): (key: readonly number[], make: () => T) => T {
  const made = new Map<string, T>();
  return (key, make) => {
    const name = key.join();
    const known = made.get(name);
    if (known !== undefined) return known;
    const value = make();
    made.set(name, value);
    return value;
  };
}
