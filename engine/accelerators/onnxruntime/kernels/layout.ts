import {
  backend_util,
  Concat,
  PadV2,
  Slice,
  slice_util,
  SplitV,
  Tile,
  Transpose,
  util,
  type ConcatAttrs,
  type PadV2Attrs,
  type SliceAttrs,
  type SplitVAttrs,
  type TensorInfo,
  type TileAttrs,
  type TransposeAttrs,
} from '@tensorflow/tfjs-core';
import type { OnnxruntimeBackend } from '../backend.ts';
import { Graph, type Value } from '../graph.ts';
import { areFloats, kernel, type Kernel } from '../kernel.ts';
import { boxOf } from '../spatial.ts';

export const layoutKernels: readonly Kernel[] = [
  kernel<'x', TransposeAttrs>(Transpose, ['x'], ({ inputs: { x }, attributes, backend }) => {
    const { perm } = attributes;
    return rearrange(
      `${Transpose} ${perm.join()}`,
      x,
      perm.map((axis) => x.shape[axis]),
      (graph, value) => graph.transpose(value, perm),
      backend,
    );
  }),

  kernel<'x', PadV2Attrs>(PadV2, ['x'], ({ inputs: { x }, attributes, backend }) => {
    const { paddings, constantValue } = attributes;
    return rearrange(
      `${PadV2} ${paddings.join()} ${constantValue}`,
      x,
      x.shape.map((size, axis) => paddings[axis][0] + size + paddings[axis][1]),
      (graph, value) =>
        graph.node('Pad', [
          value,
          graph.integers([
            ...paddings.map(([before]) => before),
            ...paddings.map(([, after]) => after),
          ]),
          graph.float(constantValue),
        ]),
      backend,
    );
  }),

  kernel<'x', TileAttrs>(Tile, ['x'], ({ inputs: { x }, attributes, backend }) => {
    const { reps } = attributes;
    return rearrange(
      `${Tile} ${reps.join()}`,
      x,
      x.shape.map((size, axis) => size * reps[axis]),
      (graph, value) => graph.node('Tile', [value, graph.integers(reps)]),
      backend,
    );
  }),

  kernel<'x', SliceAttrs>(Slice, ['x'], ({ inputs: { x }, attributes, backend }) => {
    const [begin, size] = slice_util.parseSliceParams(x, attributes.begin, attributes.size);
    slice_util.assertParamsValid(x, begin, size);
    // On `cpu` such a slice is a view of the same memory.
    if (slice_util.isSliceContinous(x.shape, begin, size)) return null;
    return rearrange(
      `${Slice} ${begin.join()} ${size.join()} of ${x.shape.join()}`,
      x,
      size,
      (graph, value) =>
        boxOf(
          graph,
          value,
          x.shape.map((_, axis) => axis),
          x.shape.map((length, axis) => ({
            start: begin[axis],
            count: size[axis],
            step: 1,
            length,
          })),
        ),
      backend,
    );
  }),

  kernel<'x', SplitVAttrs>(SplitV, ['x'], ({ inputs: { x }, attributes, backend }) => {
    const [axis] = util.parseAxisParam(attributes.axis, x.shape);
    const sizes = backend_util.prepareSplitSize(x, attributes.numOrSizeSplits, axis);
    // On `cpu` such parts are views of the same memory.
    const contiguous = x.shape.slice(0, axis).every((length) => length === 1);
    if (contiguous || !areFloats(x) || sizes.includes(0)) return null;
    if (util.sizeFromShape(x.shape) < backend.smallestWork) return null;
    const length = x.shape[axis];
    let next = 0;
    return sizes.map((count) => {
      const start = next;
      next += count;
      const build = (): Graph => {
        const graph = new Graph();
        graph.output(boxOf(graph, graph.input(), [axis], [{ start, count, step: 1, length }]));
        return graph;
      };
      const key = `${SplitV} ${axis} ${start} ${count} of ${length}`;
      return backend.run(key, build, [x], [{ shape: x.shape.with(axis, count) }])[0];
    });
  }),

  kernel<never, ConcatAttrs>(Concat, [], ({ inputs, attributes, backend }) => {
    const parts = Object.values(inputs)
      .filter((part) => part !== undefined)
      .filter((part) => !part.shape.includes(0));
    if (parts.length < 2 || !areFloats(...parts)) return null;
    const [axis] = util.parseAxisParam(attributes.axis, parts[0].shape);
    const shape = [...parts[0].shape];
    shape[axis] = parts.reduce((total, part) => total + part.shape[axis], 0);
    if (util.sizeFromShape(shape) < backend.smallestWork) return null;
    const build = (): Graph => {
      const graph = new Graph();
      graph.output(
        graph.node(
          'Concat',
          parts.map(() => graph.input()),
          { axis },
        ),
      );
      return graph;
    };
    return backend.run(`${Concat} ${parts.length} ${axis}`, build, parts, [{ shape }])[0];
  }),
];

function rearrange(
  key: string,
  x: TensorInfo,
  shape: number[],
  compute: (graph: Graph, value: Value) => Value,
  backend: OnnxruntimeBackend,
): TensorInfo | null {
  const size = util.sizeFromShape(shape);
  if (!areFloats(x) || size === 0 || size < backend.smallestWork) return null;
  const build = (): Graph => {
    const graph = new Graph();
    graph.output(compute(graph, graph.input()));
    return graph;
  };
  return backend.run(key, build, [x], [{ shape }])[0];
}
