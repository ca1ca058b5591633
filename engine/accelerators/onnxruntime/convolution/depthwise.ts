import { BLOCKED, padChannels, roundUp, toBlocks, toImages, type ImageSize } from '../blocks.ts';
import { after, type Axis, type Geometry } from '../geometry.ts';
import { Graph, type Value } from '../graph.ts';
import { boxOf, gatherTaps, padImages } from '../spatial.ts';

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

/**
 * [N, OH, OW, C · multiplier], [KH, KW, C, multiplier] → [N, H, W, C], for a dilation of 1 and padding narrower than the filter
 *
 * A convolution of stride 1 of dy, its rows and columns a stride apart, with the taps turned round. Most of what it reads for
 * a larger stride is zeros; still it takes half the time of convolving for each phase and interleaving.
 */
export function depthwiseInputGradient(geometry: Geometry, block: number | null): Graph {
  const graph = new Graph();
  graph.output(inputGradient(graph, graph.input(), graph.input(), geometry, block));
  return graph;
}

function inputGradient(
  graph: Graph,
  dy: Value,
  filter: Value,
  geometry: Geometry,
  block: number | null,
): Value {
  const { height, width, inChannels, outChannels } = geometry;
  const [rows, columns] = [height, width].map(turned);
  const taps = boxOf(
    graph,
    graph.reshape(filter, [height.filter, width.filter, outChannels]),
    [0, 1],
    [height, width].map(({ filter }) => ({
      start: filter - 1,
      count: filter,
      step: -1,
      length: filter,
    })),
  );
  const cropped = padImages(
    graph,
    spread(graph, dy, geometry),
    [0, Math.min(0, after(rows))],
    [0, Math.min(0, after(columns))],
  );
  const planes = {
    height: { ...rows, input: rows.input + Math.min(0, after(rows)) },
    width: { ...columns, input: columns.input + Math.min(0, after(columns)) },
    channels: outChannels,
  };
  const dx = convolve(graph, cropped, taps, planes, block);
  if (inChannels === outChannels) return dx;
  const repeated = graph.reshape(dx, [
    ...[-1, height.input, width.input],
    ...[inChannels, outChannels / inChannels],
  ]);
  return sumOver(graph, repeated, 4);
}

/** [N, OH, OW, C] → [N, OH · stride, OW · stride, C]: zeros after each row and column */
function spread(graph: Graph, images: Value, { height, width, outChannels }: Geometry): Value {
  if (height.stride * width.stride === 1) return images;
  const apart = graph.node('Pad', [
    graph.reshape(images, [-1, 1, width.output, outChannels]),
    graph.integers([0, 0, 0, 0, 0, height.stride - 1, 0, (width.stride - 1) * outChannels]),
  ]);
  const [rows, columns] = [height, width].map(({ output, stride }) => output * stride);
  return graph.reshape(apart, [-1, rows, columns, outChannels]);
}

/** How the inputs are made of the outputs spread. */
function turned({ input, output, filter, stride, before }: Axis): Axis {
  return {
    ...{ input: output * stride, output: input },
    ...{ filter, stride: 1, dilation: 1, before: filter - 1 - before },
  };
}

/**
 * [N, H, W, C], [N, OH, OW, C · multiplier] → [KH · KW, C · multiplier], for a dilation of 1
 * @param images N
 */
export function depthwiseFilterGradient(
  geometry: Geometry,
  block: number | null,
  images: number,
): Graph {
  const graph = new Graph();
  graph.output(filterGradient(graph, graph.input(), graph.input(), geometry, block, images));
  return graph;
}

/**
 * Both gradients of a convolution whose result was normalised, for a multiplier of 1 and otherwise as of
 * {@link depthwiseInputGradient}: d, z, x; filter, and for each channel a factor, a slope and a level, the last two repeated
 * for each column of an image, [OW, C] → [N, H, W, C]; [KH · KW, C]
 *
 * The gradient of z is factor · (d + z · slope + level). It is never held as a whole.
 */
export function normalizedDepthwiseGradients(
  geometry: Geometry,
  block: number | null,
  images: number,
): Graph {
  const graph = new Graph();
  const [direct, z, x] = [graph.input(), graph.input(), graph.input()];
  const [filter, factor] = [graph.input(), graph.input()];
  const [slope, level] = [graph.input(), graph.input()];
  const { height, width, outChannels } = geometry;
  const line = graph.node('Add', [graph.node('Mul', [z, slope]), level]);
  const dz = graph.node('Add', [direct, line]);
  const scaled = graph.node('Mul', [
    graph.reshape(filter, [height.filter, width.filter, outChannels]),
    factor,
  ]);
  graph.output(inputGradient(graph, dz, scaled, geometry, block));
  const dFilter = filterGradient(graph, x, dz, geometry, block, images);
  graph.output(graph.node('Mul', [dFilter, factor]));
  return graph;
}

function filterGradient(
  graph: Graph,
  x: Value,
  dy: Value,
  geometry: Geometry,
  block: number | null,
  images: number,
): Value {
  const repeated = repeatChannels(graph, x, geometry);
  return block === null
    ? filterGradientByTap(graph, repeated, dy, geometry)
    : filterGradientByBlocks(graph, repeated, dy, geometry, block, images);
}

/**
 * The gradient is itself a depthwise convolution, of as many channels as there are in all images together: of x, with dy as
 * the filter, whose taps lie a stride apart. It gives the gradient of each image; in blocks, both are laid out just so.
 */
function filterGradientByBlocks(
  graph: Graph,
  x: Value,
  dy: Value,
  { height, width, outChannels }: Geometry,
  block: number,
  images: number,
): Value {
  const channels = roundUp(outChannels, block);
  const laidOut = (value: Value, size: Omit<ImageSize, 'channels'>): Value =>
    toBlocks(
      graph,
      padChannels(graph, value, channels - outChannels),
      { ...size, channels },
      block,
    );
  // What no tap reads is cut off. Rows of padding cost the convolution nothing, but where columns are padding it looks at each
  // tap, which takes longer than to lay such columns out, unless x is much larger than dy.
  const rows = height.input + Math.min(0, after(height));
  const spare = width.stride === 1 ? 0 : Math.max(0, after(width));
  const ahead = width.stride === 1 ? 0 : width.before;
  const [left, right] = [width.before - ahead, after(width) - spare];
  const columns = left + width.input + right;
  const padded = padImages(graph, x, [0, rows - height.input], [left, right]);
  const image = laidOut(padded, { height: rows, width: columns });
  const filter = laidOut(dy, { height: height.output, width: width.output });
  const gradients = graph.node(
    'Conv',
    [
      graph.reshape(image, [1, images * channels, rows, columns]),
      graph.reshape(filter, [images * channels, 1, height.output, width.output]),
    ],
    {
      kernel_shape: [height.output, width.output],
      strides: [1, 1],
      dilations: [height.stride, width.stride],
      pads: [height.before, ahead, Math.max(0, after(height)), spare],
      group: images * channels,
    },
    BLOCKED,
  );
  const taps = height.filter * width.filter;
  const sum = sumOver(graph, graph.reshape(gradients, [images, channels * taps]), 0);
  const ordered = graph.transpose(graph.reshape(sum, [channels / block, taps, block]), [1, 0, 2]);
  const whole = graph.reshape(ordered, [taps, channels]);
  return boxOf(graph, whole, [1], [{ start: 0, count: outChannels, step: 1, length: channels }]);
}

/** One sum per tap. */
function filterGradientByTap(graph: Graph, x: Value, dy: Value, geometry: Geometry): Value {
  const { outChannels } = geometry;
  const sums = gatherTaps(graph, x, geometry).map((tap) => {
    const products = graph.node('Mul', [tap, dy]);
    // Image by image first: that is several times as fast as over all of them at once.
    const perImage = sumOver(graph, graph.reshape(products, [0, -1, outChannels]), 1);
    return graph.reshape(sumOver(graph, perImage, 0), [1, outChannels]);
  });
  return graph.node('Concat', sums, { axis: 0 });
}

function sumOver(graph: Graph, value: Value, axis: number): Value {
  return graph.node('ReduceSum', [value, graph.integers([axis])], { keepdims: 0 });
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
