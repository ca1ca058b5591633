import { UnsortedSegmentSum, util, type UnsortedSegmentSumAttrs } from '@tensorflow/tfjs-core';
import { kernel, type Kernel } from '../kernel.ts';
import { run } from '../shader.ts';

export const segmentSumKernels: readonly Kernel[] = [
  /** The gradient of tf.gather. tfjs adds in whatever order its threads come, which for floats is another sum each time. */
  kernel<'x' | 'segmentIds', UnsortedSegmentSumAttrs>(
    UnsortedSegmentSum,
    ['x', 'segmentIds'],
    ({ inputs: { x, segmentIds }, attributes: { numSegments }, backend, ofTfjs }) => {
      if (x.dtype !== 'float32') return ofTfjs({ x, segmentIds }, { numSegments });
      const [rows, ...rest] = x.shape;
      return run(
        backend,
        {
          name: UnsortedSegmentSum,
          inputs: ['x', 'segments'],
          code: `
            let segment = index / uniforms.columns;
            let column = index % uniforms.columns;
            var value = 0.0;
            for (var row = 0; row < uniforms.rows; row++) {
              if (segments[row] == segment) { value += x[row * uniforms.columns + column]; }
            }`,
          integers: { rows, columns: util.sizeFromShape(rest) },
        },
        [x, segmentIds],
        [numSegments, ...rest],
      );
    },
  ),
];
