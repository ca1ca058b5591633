import { UnsortedSegmentSum, util, type UnsortedSegmentSumAttrs } from '@tensorflow/tfjs-core';
import { kernel, type Kernel } from '../kernel.ts';
import { run } from '../shader.ts';

export const segmentSumKernels: readonly Kernel[] = [
  /** The gradient of tf.gather. tfjs adds in whatever order its threads come, which is another sum each time. */
  kernel<'x' | 'segmentIds', UnsortedSegmentSumAttrs>(
    UnsortedSegmentSum,
    ['x', 'segmentIds'],
    ({ inputs: { x, segmentIds }, attributes: { numSegments }, backend }) => {
      const [rows, ...rest] = x.shape;
      return run(
        backend,
        {
          name: UnsortedSegmentSum,
          inputs: { x, segments: segmentIds },
          code: `
            let segment = index / uniforms.columns;
            let column = index % uniforms.columns;
            var value = 0.0;
            for (var row = 0; row < uniforms.rows; row++) {
              if (segments[row] == segment) { value += f32(x[row * uniforms.columns + column]); }
            }`,
          integers: { rows, columns: util.sizeFromShape(rest) },
        },
        [numSegments, ...rest],
      );
    },
  ),
];
