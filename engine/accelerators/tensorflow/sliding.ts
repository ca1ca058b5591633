import { pad, slice, type backend_util, type Tensor } from '@tensorflow/tfjs-core';

/** A kernel sliding along one axis of feature maps. */
interface Slide {
  readonly input: number;
  readonly output: number;
  readonly kernel: number;
  readonly stride: number;
  /** Zeros before the input. */
  readonly before: number;
}

/** Along the height, along the width. */
export type Slides = readonly [Slide, Slide];

export function slidesOf(window: backend_util.Conv2DInfo): Slides {
  return [
    {
      input: window.inHeight,
      output: window.outHeight,
      kernel: window.filterHeight,
      stride: window.strideHeight,
      before: window.padInfo.top,
    },
    {
      input: window.inWidth,
      output: window.outWidth,
      kernel: window.filterWidth,
      stride: window.strideWidth,
      before: window.padInfo.left,
    },
  ];
}

/** What TensorFlow's operations on [N, H, W, C] take. */
export function sliding([rows, columns]: Slides) {
  return {
    integers: {
      strides: [1, rows.stride, columns.stride, 1],
      explicit_paddings: [0, 0, rows.before, behind(rows), columns.before, behind(columns), 0, 0],
    },
    texts: { padding: 'EXPLICIT', data_format: 'NHWC' },
  };
}

/** Zeros behind the input. */
function behind({ input, output, kernel, stride, before }: Slide): number {
  return Math.max(0, (output - 1) * stride + kernel - input - before);
}

/** Whether some of the kernel only ever meets padding. */
export function isCropped(slides: Slides): boolean {
  return slides.some((slide) => {
    const { from, to } = meeting(slide);
    return to - from < slide.kernel;
  });
}

/** Whether the kernel meets the input in its first place and its last. */
export function meetsInputThroughout({ input, output, kernel, stride, before }: Slide): boolean {
  return before < kernel && (output - 1) * stride - before < input;
}

/** As {@link crop} leaves the kernel. */
export function cropped([rows, columns]: Slides): Slides {
  const short = (slide: Slide): Slide => {
    const { from, to } = meeting(slide);
    return { ...slide, kernel: to - from, before: slide.before - from };
  };
  return [short(rows), short(columns)];
}

/** The part of a filter that meets the input. */
export function crop(filter: Tensor, [rows, columns]: Slides): Tensor {
  const [vertical, horizontal] = [meeting(rows), meeting(columns)];
  const [, , ...channels] = filter.shape;
  return slice(
    filter,
    [vertical.from, horizontal.from, 0, 0],
    [vertical.to - vertical.from, horizontal.to - horizontal.from, ...channels],
  );
}

/** Zeros for what was cropped off. */
export function uncrop(filter: Tensor, [rows, columns]: Slides): Tensor {
  const [vertical, horizontal] = [meeting(rows), meeting(columns)];
  return pad(filter, [
    [vertical.from, rows.kernel - vertical.to],
    [horizontal.from, columns.kernel - horizontal.to],
    [0, 0],
    [0, 0],
  ]);
}

/** The part of the kernel that meets the input in some place; all of it where none does. */
function meeting({ input, output, kernel, stride, before }: Slide): { from: number; to: number } {
  const from = Math.max(0, before - (output - 1) * stride);
  const to = Math.min(kernel, before + input);
  return from < to ? { from, to } : { from: 0, to: kernel };
}
