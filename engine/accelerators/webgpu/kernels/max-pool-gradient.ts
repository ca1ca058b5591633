import { backend_util, MaxPoolGrad, type MaxPoolGradAttrs } from '@tensorflow/tfjs-core';
import { kernel, type Kernel } from '../kernel.ts';
import { run } from '../shader.ts';

export const maxPoolGradientKernels: readonly Kernel[] = [
  /** Where several inputs of a window are its maximum, `cpu` gives the gradient to the first of them, tfjs here to the last. */
  kernel<'dy' | 'input' | 'output', MaxPoolGradAttrs>(
    MaxPoolGrad,
    ['dy', 'input', 'output'],
    ({ inputs: { dy, input, output }, attributes, backend }) => {
      const { filterSize, strides, pad, dimRoundingMode } = attributes;
      const [batch, height, width, channels] = input.shape;
      const info = backend_util.computePool2DInfo(
        [batch, height, width, channels],
        filterSize,
        strides,
        1,
        pad,
        dimRoundingMode,
      );
      return run(
        backend,
        {
          name: MaxPoolGrad,
          inputs: { dy, x: input, y: output },
          code: CODE,
          integers: {
            height,
            width,
            channels,
            outHeight: info.outHeight,
            outWidth: info.outWidth,
            filterHeight: info.filterHeight,
            filterWidth: info.filterWidth,
            strideHeight: info.strideHeight,
            strideWidth: info.strideWidth,
            top: info.padInfo.top,
            left: info.padInfo.left,
          },
        },
        input.shape,
      );
    },
  ),
];

/** Visits the windows that an input lies in, and takes the gradient of those whose first maximum it is. */
const CODE = `
  let channel = index % uniforms.channels;
  let column = index / uniforms.channels % uniforms.width;
  let row = index / uniforms.channels / uniforms.width % uniforms.height;
  let image = index / uniforms.channels / uniforms.width / uniforms.height;
  let own = x[index];
  var value = 0.0;

  let lastRow = min((row + uniforms.top) / uniforms.strideHeight, uniforms.outHeight - 1);
  let lastColumn = min((column + uniforms.left) / uniforms.strideWidth, uniforms.outWidth - 1);
  for (var outRow = lastRow; outRow >= 0; outRow--) {
    let windowTop = outRow * uniforms.strideHeight - uniforms.top;
    if (windowTop + uniforms.filterHeight <= row) { break; }
    for (var outColumn = lastColumn; outColumn >= 0; outColumn--) {
      let windowLeft = outColumn * uniforms.strideWidth - uniforms.left;
      if (windowLeft + uniforms.filterWidth <= column) { break; }
      let out = ((image * uniforms.outHeight + outRow) * uniforms.outWidth + outColumn) * uniforms.channels + channel;
      if (own != y[out]) { continue; }

      var isFirst = true;
      for (var r = max(windowTop, 0); r <= row && isFirst; r++) {
        let end = select(min(windowLeft + uniforms.filterWidth, uniforms.width), column, r == row);
        for (var c = max(windowLeft, 0); c < end && isFirst; c++) {
          isFirst = x[((image * uniforms.height + r) * uniforms.width + c) * uniforms.channels + channel] != own;
        }
      }
      if (isFirst) { value += dy[out]; }
    }
  }`;
