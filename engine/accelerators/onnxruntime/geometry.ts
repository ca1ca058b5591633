import type { backend_util } from '@tensorflow/tfjs-core';

/** One spatial axis of a convolution or a pooling: output o reads input o · stride + tap · dilation − before. */
export interface Axis {
  readonly input: number;
  readonly output: number;
  /** Taps of the filter, or of the pooling window. */
  readonly filter: number;
  readonly stride: number;
  readonly dilation: number;
  /** Padding ahead of the input. */
  readonly before: number;
}

/** What a convolution, or a pooling, of channels-last images does to all but the batch. */
export interface Geometry {
  readonly height: Axis;
  readonly width: Axis;
  readonly inChannels: number;
  readonly outChannels: number;
}

export function geometryOf(info: backend_util.Conv2DInfo): Geometry {
  return {
    height: {
      input: info.inHeight,
      output: info.outHeight,
      filter: info.filterHeight,
      stride: info.strideHeight,
      dilation: info.dilationHeight,
      before: info.padInfo.top,
    },
    width: {
      input: info.inWidth,
      output: info.outWidth,
      filter: info.filterWidth,
      stride: info.strideWidth,
      dilation: info.dilationWidth,
      before: info.padInfo.left,
    },
    inChannels: info.inChannels,
    outChannels: info.outChannels,
  };
}

/** Padding behind the input that the last output reads; negative where the last inputs are read by none. */
export function after({ input, output, filter, stride, dilation, before }: Axis): number {
  return (output - 1) * stride + (filter - 1) * dilation + 1 - input - before;
}

/** A run of outputs that read one tap inside the input, from input `input` on in steps of the stride. */
export interface TapRange {
  readonly output: number;
  readonly input: number;
  readonly count: number;
}

export function tapRange({ input, output, stride, dilation, before }: Axis, tap: number): TapRange {
  const offset = tap * dilation - before;
  const first = Math.max(0, Math.ceil(-offset / stride));
  const end = Math.min(output, Math.floor((input - 1 - offset) / stride) + 1);
  return { output: first, input: first * stride + offset, count: Math.max(0, end - first) };
}

/** The taps of one output that lie inside the input: `tap` on, reading `input` on in steps of the dilation. */
export interface Window {
  readonly tap: number;
  readonly input: number;
  readonly count: number;
}

export function windowOf(axis: Axis, output: number): Window {
  const { input, filter, stride, dilation, before } = axis;
  const start = output * stride - before;
  const tap = Math.max(0, Math.ceil(-start / dilation));
  const end = Math.min(filter, Math.floor((input - 1 - start) / dilation) + 1);
  return { tap, input: start + tap * dilation, count: Math.max(0, end - tap) };
}

/** How the inputs of one phase are made of the outputs, as an axis of a convolution. */
export interface Phase extends Axis {
  /** Of those taps that read this phase. */
  readonly lastTap: number;
  /** Inputs of this phase, or more: phases are padded to equal size. The convolution may make still more. */
  readonly needed: number;
}

/** The inputs whose remainder by the stride is `remainder`: they are all read by the same taps. For a dilation of 1. */
export function phaseOf({ input, output, filter, stride, before }: Axis, remainder: number): Phase {
  const firstTap = (remainder + before) % stride;
  const taps = Math.max(0, Math.ceil((filter - firstTap) / stride));
  const lastTap = firstTap + (taps - 1) * stride;
  const needed = Math.ceil(input / stride);
  const padding = (lastTap - remainder - before) / stride;
  return {
    input: output,
    output: Math.max(needed, output + padding - taps + 1),
    filter: taps,
    stride: 1,
    dilation: 1,
    before: padding,
    lastTap,
    needed,
  };
}

/** Whether the gradient of the inputs is a convolution phase by phase: whether no phase lacks the first outputs. */
export function hasWholePhases({ height, width }: Pick<Geometry, 'height' | 'width'>): boolean {
  return [height, width].every((axis) =>
    indices(axis.stride).every((remainder) => phaseOf(axis, remainder).before >= 0),
  );
}

/** Whether any output reads any input: with strange paddings, all may read nothing but padding. */
export function readsInput({ height, width }: Geometry): boolean {
  return [height, width].every((axis) =>
    indices(axis.filter).some((tap) => tapRange(axis, tap).count > 0),
  );
}

/** 0, 1, … count − 1 */
export function indices(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

/** The largest number of rows up to their root by which they can be divided. */
export function groupOf(rows: number): number {
  let group = Math.floor(Math.sqrt(rows));
  while (rows % group !== 0) group--;
  return group;
}
