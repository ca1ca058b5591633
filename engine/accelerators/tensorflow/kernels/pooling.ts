import {
  backend_util,
  MaxPool,
  MaxPoolGrad,
  type MaxPoolAttrs,
  type MaxPoolGradAttrs,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { kernel, run, type Kernel } from '../kernel.ts';
import { sliding, slidesOf } from '../sliding.ts';

/** Those of tfjs-node know no padding but “same” and “valid”. */
export const poolingKernels: readonly Kernel[] = [
  kernel<'x', MaxPoolAttrs>(MaxPool, ['x'], ({ inputs: { x }, attributes, backend }) =>
    run(backend, { ...pooling(x, attributes), name: 'MaxPool', inputs: [x] }),
  ),

  kernel<'dy' | 'input' | 'output', MaxPoolGradAttrs>(
    MaxPoolGrad,
    ['dy', 'input', 'output'],
    ({ inputs: { dy, input, output }, attributes, backend }) =>
      run(backend, {
        ...pooling(input, attributes),
        name: 'MaxPoolGrad',
        inputs: [input, output, dy],
      }),
  ),
];

function pooling({ shape, dtype }: Tensor, attributes: MaxPoolAttrs | MaxPoolGradAttrs) {
  const { filterSize, strides, pad, dimRoundingMode } = attributes;
  const [batch, height, width, channels] = shape;
  const window = backend_util.computePool2DInfo(
    [batch, height, width, channels],
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
  const { integers, texts } = sliding(slidesOf(window));
  return {
    types: { T: dtype },
    integers: { ...integers, ksize: [1, window.filterHeight, window.filterWidth, 1] },
    texts,
  };
}
