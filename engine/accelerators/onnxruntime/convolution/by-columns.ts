import { Graph, type Value } from '../graph.ts';
import type { Geometry } from '../geometry.ts';
import { boxOf, gatherTaps, outputsOf, scatterTaps } from '../spatial.ts';

/*
 * Convolution as one matrix product: what each output reads is laid out in a row, KH · KW · C long. It takes any geometry.
 */

/** [N, H, W, C], [KH, KW, C, K], and if biased [K] → [N · OH · OW, K] */
export function convolveByColumns(geometry: Geometry, biased: boolean): Graph {
  const graph = new Graph();
  const columns = columnsOf(graph, graph.input(), geometry);
  const filter = graph.reshape(graph.input(), [-1, geometry.outChannels]);
  const bias = biased ? [graph.input()] : [];
  graph.output(graph.node('Gemm', [columns, filter, ...bias]));
  return graph;
}

/** [N, H, W, C], [N, OH, OW, K] → [KH · KW · C, K] */
export function filterGradientByColumns(geometry: Geometry): Graph {
  const graph = new Graph();
  const columns = columnsOf(graph, graph.input(), geometry);
  const dy = graph.reshape(graph.input(), [-1, geometry.outChannels]);
  graph.output(graph.node('Gemm', [columns, dy], { transA: 1 }));
  return graph;
}

/** [N, OH, OW, K], [KH, KW, C, K] → [N, H, W, C], a product for each tap, added up where they belong */
export function inputGradientByTap(geometry: Geometry): Graph {
  const { height, width, inChannels, outChannels } = geometry;
  const graph = new Graph();
  const dy = graph.input();
  const filter = graph.input();
  graph.output(
    scatterTaps(graph, geometry, (tap, rows, columns) => {
      const made = outputsOf(graph, dy, geometry, rows, columns);
      const weights = boxOf(
        graph,
        filter,
        [0, 1],
        [
          { start: tap.row, count: 1, step: 1, length: height.filter },
          { start: tap.column, count: 1, step: 1, length: width.filter },
        ],
      );
      const product = graph.node(
        'Gemm',
        [graph.reshape(made, [-1, outChannels]), graph.reshape(weights, [inChannels, outChannels])],
        { transB: 1 },
      );
      return graph.reshape(product, [-1, rows.count, columns.count, inChannels]);
    }),
  );
  return graph;
}

function columnsOf(graph: Graph, x: Value, geometry: Geometry): Value {
  const { height, width, inChannels } = geometry;
  const taps = gatherTaps(graph, x, geometry);
  const joined = taps.length === 1 ? taps[0] : graph.node('Concat', taps, { axis: 3 });
  return graph.reshape(joined, [-1, height.filter * width.filter * inChannels]);
}
