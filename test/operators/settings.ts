import type { OnnxruntimeSettings } from '../../engine/accelerators/onnxruntime/backend.ts';

export interface Setting {
  readonly name: string;
  /** Null for `cpu`. */
  readonly onnxruntime: OnnxruntimeSettings | null;
  /** Specs of tfjs-core 4.22.0 that are executed in Node, at the least. */
  readonly leastSpecs: number;
  /** Those among them that run a graph, at the least. */
  readonly leastThroughGraphs: number;
}

/** What the suite is run on. The first is what the others are held against. */
export const settings: readonly [Setting, ...Setting[]] = [
  { name: 'cpu', onnxruntime: null, leastSpecs: 4227, leastThroughGraphs: 0 },
  // Specs are of tiny tensors, most of which are by default left to the kernels of `cpu`.
  { name: 'onnxruntime', onnxruntime: {}, leastSpecs: 4225, leastThroughGraphs: 1 },
  {
    name: 'onnxruntime, graphs for all sizes, in blocks',
    onnxruntime: { smallestWork: 0, blocks: true },
    leastSpecs: 4225,
    leastThroughGraphs: 1250,
  },
  {
    name: 'onnxruntime, graphs for all sizes, no blocks',
    onnxruntime: { smallestWork: 0, blocks: false },
    leastSpecs: 4225,
    leastThroughGraphs: 1250,
  },
];
