import { PadV2, util, type PadV2Attrs } from '@tensorflow/tfjs-core';
import { kernel, reshape, type Kernel } from '../kernel.ts';

/** From here on tfjs' shader does not compile. */
const TOO_MANY_AXES = 5;

export const padKernels: readonly Kernel[] = [
  kernel<'x', PadV2Attrs>(
    PadV2,
    ['x'],
    ({ inputs: { x }, attributes: { paddings, constantValue }, backend, ofTfjs }) => {
      if (x.shape.length < TOO_MANY_AXES) return ofTfjs({ x }, { paddings, constantValue });
      let padded = reshape(backend, x, x.shape);
      for (const [axis, [before, after]] of paddings.entries()) {
        if (before === 0 && after === 0) continue;
        // One axis at a time, with those behind it as one block of numbers.
        const shape = padded.shape.with(axis, before + padded.shape[axis] + after);
        const outer = util.sizeFromShape(shape.slice(0, axis));
        const inner = util.sizeFromShape(shape.slice(axis + 1));
        const matrix = reshape(backend, padded, [outer, padded.shape[axis] * inner]);
        const wider = ofTfjs(
          { x: matrix },
          {
            paddings: [
              [0, 0],
              [before * inner, after * inner],
            ],
            constantValue,
          },
        );
        const next = reshape(backend, wider, shape);
        for (const { dataId } of [matrix, padded, wider]) backend.disposeData(dataId);
        padded = next;
      }
      return padded;
    },
  ),
];
