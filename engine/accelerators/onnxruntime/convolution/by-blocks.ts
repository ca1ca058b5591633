import { BLOCKED, padChannels, roundUp, toBlocks, toImages, type ImageSize } from '../blocks.ts';
import { Graph, type Value } from '../graph.ts';
import { after, indices, phaseOf, type Geometry } from '../geometry.ts';
import { interleave, neededOfPhase, padImages, tapsOfPhase } from '../spatial.ts';

/*
 * Convolution in ONNX Runtime's blocked layout NCHWc: [N, C / block, H, W, block]. It needs no columns, skips rows of
 * padding, and runs near the processor's peak; what it costs is to lay images and filters out in blocks.
 * A filter is laid out as [K / block, C / block, KH, KW, block of C, block of K].
 */

/** [N, H, W, C], [KH, KW, C, K], and if biased [K] → [N, OH, OW, K] */
export function convolveByBlocks(geometry: Geometry, block: number, biased: boolean): Graph {
  const graph = new Graph();
  const { height, width, inChannels, outChannels } = geometry;
  const inSize = { height: height.input, width: width.input, channels: inChannels };
  const x = layOut(graph, graph.input(), inSize, block);
  const filter = graph.input();
  const missing = roundUp(outChannels, block) - outChannels;
  const bias = biased ? [padVector(graph, graph.input(), missing)] : [];
  graph.output(convolve(graph, x, filter, geometry, block, bias));
  return graph;
}

function padVector(graph: Graph, vector: Value, missing: number): Value {
  return missing === 0 ? vector : graph.node('Pad', [vector, graph.integers([0, missing])]);
}

/**
 * [N, OH, OW, K], [KH, KW, C, K] → [N, H, W, C], for a dilation of 1
 *
 * Inputs of one phase, of equal remainder by the stride, are read by the same taps: for them the gradient is a convolution
 * of dy, of stride 1, with those taps turned round.
 */
export function inputGradientByBlocks(geometry: Geometry, block: number): Graph {
  const { height, width, inChannels, outChannels } = geometry;
  const graph = new Graph();
  const outSize = { height: height.output, width: width.output, channels: outChannels };
  const dy = layOut(graph, graph.input(), outSize, block);
  const filter = graph.input();
  const phases = indices(height.stride).map((row) =>
    indices(width.stride).map((column) => {
      const rows = phaseOf(height, row);
      const columns = phaseOf(width, column);
      if (rows.filter * columns.filter === 0) return null;
      const taps = tapsOfPhase(graph, filter, geometry, { height: rows, width: columns });
      const phase = {
        height: rows,
        width: columns,
        inChannels: outChannels,
        outChannels: inChannels,
      };
      const images = convolve(graph, dy, graph.transpose(taps, [0, 1, 3, 2]), phase, block);
      return neededOfPhase(graph, images, { height: rows, width: columns });
    }),
  );
  graph.output(interleave(graph, phases, geometry));
  return graph;
}

/**
 * [N, H, W, C], [N, OH, OW, K] → [KH, KW, C, K], for a dilation of 1
 *
 * The gradient is itself a convolution, in which images play the part of channels: of x, seen as one image of N channels
 * and W · C columns, with dy as the filter, whose taps lie C columns apart. So neighbouring channels are neighbouring
 * outputs, and both gradient and x keep the order that they have in memory.
 * @param batchRemainder N modulo `block`
 */
export function filterGradientByBlocks(
  geometry: Geometry,
  block: number,
  batchRemainder: number,
): Graph {
  const { height, width, inChannels, outChannels } = geometry;
  const graph = new Graph();
  const missing = batchRemainder === 0 ? 0 : block - batchRemainder;
  const fillBatch = (value: Value): Value =>
    missing === 0
      ? value
      : graph.node('Pad', [value, graph.integers([0, 0, 0, 0, missing, 0, 0, 0])]);

  // Padding above and below is the convolution's business; what no tap reads is cut off.
  const rows = height.input + Math.min(0, after(height));
  const columns = width.before + width.input + after(width);
  const x = graph.input();
  const padded = graph.temporary(
    padImages(graph, fillBatch(x), [0, rows - height.input], [width.before, after(width)]),
    ([[batch]]) => [batch + missing, rows, columns, inChannels],
  );
  const image = graph.temporary(
    graph.node(
      'ReorderInput',
      [graph.reshape(padded, [1, -1, rows, columns * inChannels])],
      {},
      BLOCKED,
    ),
    ([[batch]]) => [1, batch + missing, rows, columns * inChannels],
  );

  const channels = roundUp(outChannels, block);
  const dy = padChannels(graph, fillBatch(graph.input()), channels - outChannels);
  const split = [block, height.output, width.output, channels / block, block];
  const filter = graph.temporary(
    graph.transpose(graph.reshape(dy, [-1, ...split]), [4, 0, 2, 3, 1, 5]),
    ([[batch]]) => [
      channels / block,
      (batch + missing) / block,
      height.output,
      width.output,
      block,
      block,
    ],
  );

  const gradient = graph.node(
    'Conv',
    [image, graph.reshape(filter, [channels, -1, height.output, width.output])],
    {
      kernel_shape: [height.output, width.output],
      strides: [1, 1],
      dilations: [height.stride, width.stride * inChannels],
      pads: [height.before, 0, Math.max(0, after(height)), 0],
      group: 1,
    },
    BLOCKED,
  );
  const attributes = { channels: outChannels, channels_last: 1 };
  graph.output(graph.node('ReorderOutput', [gradient], attributes, BLOCKED));
  return graph;
}

/** Images in the layout that {@link convolve} takes: in blocks, or as [N, C, H, W] if they have less than a block of channels. */
function layOut(graph: Graph, images: Value, size: ImageSize, block: number): Value {
  return size.channels < block
    ? graph.transpose(images, [0, 3, 1, 2])
    : toBlocks(graph, images, size, block);
}

/**
 * Images that are laid out, [KH, KW, C, K] → [N, OH, OW, K]
 * @param bias none, or one of [K] rounded up to whole blocks
 */
function convolve(
  graph: Graph,
  images: Value,
  filter: Value,
  geometry: Geometry,
  block: number,
  bias: readonly Value[] = [],
): Value {
  const { height, width, outChannels } = geometry;
  const blocks = graph.node(
    'Conv',
    [images, blockedFilter(graph, filter, geometry, block), ...bias],
    {
      kernel_shape: [height.filter, width.filter],
      strides: [height.stride, width.stride],
      dilations: [height.dilation, width.dilation],
      pads: [height.before, width.before, Math.max(0, after(height)), Math.max(0, after(width))],
      group: 1,
    },
    BLOCKED,
  );
  const size = { height: height.output, width: width.output, channels: outChannels };
  return toImages(graph, blocks, size, block);
}

function blockedFilter(
  graph: Graph,
  filter: Value,
  { height, width, inChannels, outChannels }: Geometry,
  block: number,
): Value {
  const plain = inChannels < block;
  const outputs = roundUp(outChannels, block);
  const inputs = plain ? inChannels : roundUp(inChannels, block);
  const padded =
    outputs === outChannels && inputs === inChannels
      ? filter
      : graph.node('Pad', [
          filter,
          graph.integers([0, 0, 0, 0, 0, 0, inputs - inChannels, outputs - outChannels]),
        ]);
  const inner = plain ? inputs : block;
  const split = graph.reshape(padded, [
    height.filter,
    width.filter,
    inputs / inner,
    inner,
    outputs / block,
    block,
  ]);
  // Channels of an image that is not blocked come ahead of the taps, those in a block behind.
  const order = plain ? [4, 3, 2, 0, 1, 5] : [4, 2, 0, 1, 3, 5];
  return graph.reshape(graph.transpose(split, order), [
    outputs,
    inputs,
    height.filter,
    width.filter,
  ]);
}
