import { BLOCKED, padChannels, roundUp, toBlocks, toImages } from '../blocks.ts';
import { after, indices, phaseOf, type Axis, type Geometry } from '../geometry.ts';
import { Graph, type Value } from '../graph.ts';
import { gatherTaps, interleave, neededOfPhase, tapsOfPhase } from '../spatial.ts';

/*
 * Depthwise convolution: every channel has filters of its own, `outChannels / inChannels` of them, the multiplier. With more
 * than one, each channel is repeated as often, and then has one.
 */

/** [N, H, W, C], [KH, KW, C, multiplier] → [N, OH, OW, C · multiplier] */
export function convolveDepthwise(geometry: Geometry, block: number | null): Graph {
  const graph = new Graph();
  const { height, width, outChannels } = geometry;
  const x = repeatChannels(graph, graph.input(), geometry);
  const filter = graph.reshape(graph.input(), [height.filter, width.filter, outChannels]);
  graph.output(convolve(graph, x, filter, { height, width, channels: outChannels }, block));
  return graph;
}

/** [N, OH, OW, C · multiplier], [KH, KW, C, multiplier] → [N, H, W, C], for a dilation of 1 and whole phases */
export function depthwiseInputGradient(geometry: Geometry, block: number | null): Graph {
  const { height, width, inChannels, outChannels } = geometry;
  const graph = new Graph();
  const dy = graph.input();
  const filter = graph.reshape(graph.input(), [height.filter, width.filter, outChannels]);
  const phases = indices(height.stride).map((row) =>
    indices(width.stride).map((column) => {
      const phase = { height: phaseOf(height, row), width: phaseOf(width, column) };
      if (phase.height.filter * phase.width.filter === 0) return null;
      const taps = tapsOfPhase(graph, filter, geometry, phase);
      const images = convolve(graph, dy, taps, { ...phase, channels: outChannels }, block);
      return neededOfPhase(graph, images, phase);
    }),
  );
  const dx = interleave(graph, phases, geometry);
  if (inChannels === outChannels) graph.output(dx);
  else {
    const repeated = graph.reshape(dx, [
      ...[-1, height.input, width.input],
      ...[inChannels, outChannels / inChannels],
    ]);
    graph.output(graph.node('ReduceSum', [repeated, graph.integers([4])], { keepdims: 0 }));
  }
  return graph;
}

/** [N, H, W, C], [N, OH, OW, C · multiplier] → [KH · KW, C · multiplier], one sum per tap */
export function depthwiseFilterGradient(geometry: Geometry): Graph {
  const graph = new Graph();
  const x = repeatChannels(graph, graph.input(), geometry);
  const dy = graph.input();
  const { outChannels } = geometry;
  const over = (value: Value, axis: number): Value =>
    graph.node('ReduceSum', [value, graph.integers([axis])], { keepdims: 0 });
  const sums = gatherTaps(graph, x, geometry).map((tap) => {
    const products = graph.node('Mul', [tap, dy]);
    // Image by image first: that is several times as fast as over all of them at once.
    const perImage = over(graph.reshape(products, [0, -1, outChannels]), 1);
    return graph.reshape(over(perImage, 0), [1, outChannels]);
  });
  graph.output(graph.node('Concat', sums, { axis: 0 }));
  return graph;
}

function repeatChannels(
  graph: Graph,
  images: Value,
  { height, width, inChannels, outChannels }: Geometry,
): Value {
  if (inChannels === outChannels) return images;
  const apart = graph.reshape(images, [-1, height.input, width.input, inChannels, 1]);
  const times = graph.integers([1, 1, 1, 1, outChannels / inChannels]);
  const repeated = graph.node('Tile', [apart, times]);
  return graph.reshape(repeated, [-1, height.input, width.input, outChannels]);
}

interface Planes {
  readonly height: Axis;
  readonly width: Axis;
  readonly channels: number;
}

/** [N, H, W, C], [KH, KW, C] → [N, OH, OW, C] */
function convolve(
  graph: Graph,
  images: Value,
  filter: Value,
  { height, width, channels }: Planes,
  block: number | null,
): Value {
  const attributes = {
    kernel_shape: [height.filter, width.filter],
    strides: [height.stride, width.stride],
    dilations: [height.dilation, width.dilation],
    pads: [height.before, width.before, Math.max(0, after(height)), Math.max(0, after(width))],
  };
  if (block === null) {
    const planes = graph.transpose(images, [0, 3, 1, 2]);
    const filters = graph.reshape(graph.transpose(filter, [2, 0, 1]), [
      ...[channels, 1],
      ...[height.filter, width.filter],
    ]);
    const y = graph.node('Conv', [planes, filters], { ...attributes, group: channels });
    return graph.transpose(y, [0, 2, 3, 1]);
  }
  const padded = roundUp(channels, block);
  const missing = padded - channels;
  const inSize = { height: height.input, width: width.input, channels: padded };
  const blocks = toBlocks(graph, padChannels(graph, images, missing), inSize, block);
  const whole =
    missing === 0 ? filter : graph.node('Pad', [filter, graph.integers([0, 0, 0, 0, 0, missing])]);
  const split = graph.reshape(whole, [height.filter, width.filter, padded / block, block]);
  const filters = graph.reshape(graph.transpose(split, [2, 0, 1, 3]), [
    ...[padded, 1],
    ...[height.filter, width.filter],
  ]);
  const y = graph.node('Conv', [blocks, filters], { ...attributes, group: padded }, BLOCKED);
  return toImages(graph, y, { height: height.output, width: width.output, channels }, block);
}
