import type { Domain, Graph, Value } from './graph.ts';

/**
 * ONNX Runtime's operators on the blocked layout NCHWc: [N, C / block, H, W, block], a shape that is written as if it
 * were [N, C, H, W]. It turns Conv and pooling into these itself when the filter is a constant.
 */
export const BLOCKED: Domain = 'com.microsoft.nchwc';

/** The size of images, whatever their number. */
export interface ImageSize {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** [N, H, W, C] → blocks, the last one filled with zeros. N is that of the graph's first input. */
export function toBlocks(graph: Graph, images: Value, size: ImageSize, block: number): Value {
  const { height, width, channels } = size;
  const padded = padChannels(graph, images, roundUp(channels, 4) - channels);
  return graph.temporary(
    graph.node('ReorderInput', [padded], { channels_last: 1 }, BLOCKED),
    ([[batch]]) => [batch, roundUp(channels, block), height, width],
  );
}

/** Blocks → [N, H, W, C]. N is that of the graph's first input. */
export function toImages(graph: Graph, blocks: Value, size: ImageSize, block: number): Value {
  const { height, width, channels } = size;
  const temporary = graph.temporary(blocks, ([[batch]]) => [
    batch,
    roundUp(channels, block),
    height,
    width,
  ]);
  return graph.node('ReorderOutput', [temporary], { channels, channels_last: 1 }, BLOCKED);
}

/** Adds `missing` channels of zeros to [N, H, W, C]. */
export function padChannels(graph: Graph, images: Value, missing: number): Value {
  if (missing === 0) return images;
  return graph.node('Pad', [images, graph.integers([0, 0, 0, 0, 0, 0, 0, missing])]);
}

export function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple;
}
