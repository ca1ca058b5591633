/**
 * Convolution weights from ONNX's order to the one they are computed in.
 * @param values [out, in, height, width]
 * @returns [height, width, in, out]
 */
export function toKernelOrder(values: Float32Array, shape: readonly number[]): Float32Array {
  const turned = new Float32Array(values.length);
  eachKernelPair(shape, (onnx, kernel) => {
    turned[kernel] = values[onnx];
  });
  return turned;
}

/** The inverse of {@link toKernelOrder}; `shape` is still ONNX's. */
export function toOnnxOrder(values: Float32Array, shape: readonly number[]): Float32Array {
  const turned = new Float32Array(values.length);
  eachKernelPair(shape, (onnx, kernel) => {
    turned[onnx] = values[kernel];
  });
  return turned;
}

/** Visits every weight with its index in either order. */
function eachKernelPair(
  [filters, channels, height, width]: readonly number[],
  visit: (onnx: number, kernel: number) => void,
): void {
  const area = height * width;
  let onnx = 0;
  for (let filter = 0; filter < filters; filter++) {
    for (let channel = 0; channel < channels; channel++) {
      for (let place = 0; place < area; place++) {
        visit(onnx++, (place * channels + channel) * filters + filter);
      }
    }
  }
}
