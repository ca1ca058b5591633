import {
  BatchNormalizationTraining,
  BatchNormalizationTrainingGradient,
  type BatchNormalizationTrainingAttributes,
} from '../../../operations/kernels.ts';
import { columnSums } from '../column-sums.ts';
import { kernel, type Kernel } from '../kernel.ts';
import { run } from '../shader.ts';

export const batchNormalizationKernels: readonly Kernel[] = [
  kernel<'x' | 'scale' | 'offset', BatchNormalizationTrainingAttributes>(
    BatchNormalizationTraining,
    ['x', 'scale', 'offset'],
    ({ inputs: { x, scale, offset }, attributes: { epsilon }, backend }) => {
      const mean = columnSums(backend, 'x[at]', ['x'], [x], x.shape[0]);
      const centered = run(
        backend,
        {
          name: 'BatchNormalizationCentered',
          inputs: ['x', 'average'],
          code: 'let value = x[index] - average[index % uniforms.channels];',
          integers: { channels: scale.shape[0] },
        },
        [x, mean],
        x.shape,
      );
      const variance = columnSums(
        backend,
        'centered[at] * centered[at]',
        ['centered'],
        [centered],
        x.shape[0],
      );
      const y = run(
        backend,
        {
          name: 'BatchNormalizationNormalized',
          inputs: ['centered', 'variance', 'scale', 'offset'],
          code: `
            let channel = index % uniforms.channels;
            let factor = scale[channel] * inverseSqrt(variance[channel] + uniforms.epsilon);
            let value = centered[index] * factor + offset[channel];`,
          integers: { channels: scale.shape[0] },
          floats: { epsilon },
        },
        [centered, variance, scale, offset],
        x.shape,
      );
      return [y, mean, variance, centered];
    },
  ),

  kernel<'dy' | 'centered' | 'variance' | 'scale', BatchNormalizationTrainingAttributes>(
    BatchNormalizationTrainingGradient,
    ['dy', 'centered', 'variance', 'scale'],
    ({ inputs: { dy, centered, variance, scale }, attributes: { epsilon }, backend }) => {
      const [rows, channels] = dy.shape;
      const dOffset = columnSums(backend, 'dy[at]', ['dy'], [dy]);
      const aligned = columnSums(
        backend,
        'dy[at] * centered[at]',
        ['dy', 'centered'],
        [dy, centered],
      );
      const dScale = run(
        backend,
        {
          name: 'BatchNormalizationScaleGradient',
          inputs: ['aligned', 'variance'],
          code: 'let value = aligned[index] * inverseSqrt(variance[index] + uniforms.epsilon);',
          floats: { epsilon },
        },
        [aligned, variance],
        scale.shape,
      );
      backend.disposeData(aligned.dataId);
      const dx = run(
        backend,
        {
          name: 'BatchNormalizationInputGradient',
          inputs: ['dy', 'centered', 'variance', 'scale', 'dScale', 'dOffset'],
          code: `
            let channel = index % uniforms.channels;
            let reciprocal = inverseSqrt(variance[channel] + uniforms.epsilon);
            let surplus = dOffset[channel] + centered[index] * dScale[channel] * reciprocal;
            let value = (dy[index] - surplus / f32(uniforms.rows)) * scale[channel] * reciprocal;`,
          integers: { rows, channels },
          floats: { epsilon },
        },
        [dy, centered, variance, scale, dScale, dOffset],
        dy.shape,
      );
      return [dx, dScale, dOffset];
    },
  ),
];
