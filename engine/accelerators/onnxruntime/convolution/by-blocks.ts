import { BLOCKED, padChannels, roundUp, toBlocks, toImages } from '../blocks.ts';
import { Graph, type Value } from '../graph.ts';
import { after, type Axis, type Geometry } from '../geometry.ts';
import { padImages } from '../spatial.ts';

/*
 * Convolution in ONNX Runtime's blocked layout NCHWc: [N, C / block, H, W, block]. It needs no columns, skips rows of
 * padding, and runs near the processor's peak; what it costs is to lay images and filters out in blocks.
 * A filter is laid out as [K / block, C / block, KH, KW, block of C, block of K].
 */
/** [N, H, W, C], [KH, KW, C, K] → [N, OH, OW, K] */
export function convolveByBlocks(geometry: Geometry, block: number): Graph {
  const graph = new Graph();
  const x = graph.input();
  const filter = graph.input();
  graph.output(convolve(graph, x, filter, geometry, block));
  return graph;
}

/** Whether {@link inputGradientByBlocks} can do it: the gradient is then itself a convolution. */
export function inputGradientIsConvolution({ height, width }: Geometry): boolean {
  return [height, width].every(
    (axis) => axis.stride === 1 && adjoint(axis).before >= 0 && after(adjoint(axis)) >= 0,
  );
}

/** [N, OH, OW, K], [KH, KW, C, K] → [N, H, W, C] */
export function inputGradientByBlocks(geometry: Geometry, block: number): Graph {
  const graph = new Graph();
  const dy = graph.input();
  const flipped = graph.node('Slice', [
    graph.input(),
    graph.integers([-1, -1]),
    graph.integers([Number.MIN_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]),
    graph.integers([0, 1]),
    graph.integers([-1, -1]),
  ]);
  const { height, width, inChannels, outChannels } = geometry;
  const reversed = {
    height: adjoint(height),
    width: adjoint(width),
    inChannels: outChannels,
    outChannels: inChannels,
  };
  graph.output(convolve(graph, dy, graph.transpose(flipped, [0, 1, 3, 2]), reversed, block));
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

function convolve(
  graph: Graph,
  x: Value,
  filter: Value,
  { height, width, inChannels, outChannels }: Geometry,
  block: number,
): Value {
  const plain = inChannels < block;
  const inSize = { height: height.input, width: width.input, channels: inChannels };
  const outSize = { height: height.output, width: width.output, channels: outChannels };
  const image = plain ? graph.transpose(x, [0, 3, 1, 2]) : toBlocks(graph, x, inSize, block);
  const blocked = graph.node(
    'Conv',
    [image, blockedFilter(graph, filter, { height, width, inChannels, outChannels }, block, plain)],
    {
      kernel_shape: [height.filter, width.filter],
      strides: [height.stride, width.stride],
      dilations: [height.dilation, width.dilation],
      pads: [height.before, width.before, Math.max(0, after(height)), Math.max(0, after(width))],
      group: 1,
    },
    BLOCKED,
  );
  return toImages(graph, blocked, outSize, block);
}

function blockedFilter(
  graph: Graph,
  filter: Value,
  { height, width, inChannels, outChannels }: Geometry,
  block: number,
  plain: boolean,
): Value {
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

/** The axis of the convolution that is the gradient of one of stride 1. */
function adjoint({ input, output, filter, dilation, before }: Axis): Axis {
  return {
    input: output,
    output: input,
    filter,
    stride: 1,
    dilation,
    before: (filter - 1) * dilation - before,
  };
}
