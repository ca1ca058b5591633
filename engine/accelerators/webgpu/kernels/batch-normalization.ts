import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import {
  BatchNormalizationTraining,
  BatchNormalizationTrainingGradient,
  RectifiedBatchNormalizationTraining,
  RectifiedBatchNormalizationTrainingGradient,
  RectifierGradient,
  type BatchNormalizationTrainingAttributes,
} from '../../../operations/kernels.ts';
import { columnSums } from '../column-sums.ts';
import { kernel, type Kernel } from '../kernel.ts';
import { run } from '../shader.ts';

/** y, at `at` of x [M, C] and `column` of all others [C]. */
const NORMALIZED =
  '((x[at] - average[column]) * inverseSqrt(variance[column] + uniforms.epsilon) * scale[column] + offset[column])';

export const batchNormalizationKernels: readonly Kernel[] = [
  forward(BatchNormalizationTraining, 'y'),
  // Unlike max(y, 0), this lets NaN through.
  forward(RectifiedBatchNormalizationTraining, 'select(y, 0.0, y < 0.0)'),

  kernel<'dy' | 'x' | 'mean' | 'variance' | 'scale', BatchNormalizationTrainingAttributes>(
    BatchNormalizationTrainingGradient,
    ['dy', 'x', 'mean', 'variance', 'scale'],
    ({ inputs: { dy, x, mean, variance, scale }, attributes: { epsilon }, backend }) =>
      differentiate(backend, { dy, x, average: mean, variance, scale }, epsilon),
  ),

  kernel<
    'dy' | 'x' | 'mean' | 'variance' | 'scale' | 'offset',
    BatchNormalizationTrainingAttributes
  >(
    RectifiedBatchNormalizationTrainingGradient,
    ['dy', 'x', 'mean', 'variance', 'scale', 'offset'],
    ({ inputs: { dy, x, mean, variance, scale, offset }, attributes: { epsilon }, backend }) => {
      const [rows, columns] = x.shape;
      const passed = run(
        backend,
        {
          name: 'RectifiedBatchNormalizationPassed',
          inputs: { dy, x, average: mean, variance, scale, offset },
          code: `
            let at = index;
            let column = index % uniforms.columns;
            let value = select(0.0, dy[index], ${NORMALIZED} > 0.0);`,
          integers: { columns },
          floats: { epsilon },
        },
        [rows, columns],
      );
      const gradients = differentiate(
        backend,
        { dy: passed, x, average: mean, variance, scale },
        epsilon,
      );
      backend.disposeData(passed.dataId);
      return gradients;
    },
  ),

  kernel<'dy' | 'y'>(RectifierGradient, ['dy', 'y'], ({ inputs: { dy, y }, backend }) =>
    run(
      backend,
      {
        name: RectifierGradient,
        inputs: { dy, y },
        code: 'let value = select(0.0, dy[index], y[index] > 0.0);',
      },
      dy.shape,
    ),
  ),
];

/** @param activated WGSL of what becomes of `y` */
function forward(name: string, activated: string): Kernel {
  return kernel<'x' | 'scale' | 'offset', BatchNormalizationTrainingAttributes>(
    name,
    ['x', 'scale', 'offset'],
    ({ inputs: { x, scale, offset }, attributes: { epsilon }, backend }) => {
      const [rows, columns] = x.shape;
      const average = columnSums(backend, {
        name: 'ColumnSums',
        inputs: { x },
        shape: x.shape,
        term: 'x[at]',
        divisor: rows,
      });
      const variance = columnSums(backend, {
        name: 'ColumnSumsOfSquares',
        inputs: { x, average },
        shape: x.shape,
        term: '(x[at] - average[column]) * (x[at] - average[column])',
        divisor: rows,
      });
      const normalized = run(
        backend,
        {
          name,
          inputs: { x, average, variance, scale, offset },
          code: `
            let at = index;
            let column = index % uniforms.columns;
            let y = ${NORMALIZED};
            let value = ${activated};`,
          integers: { columns },
          floats: { epsilon },
        },
        x.shape,
      );
      return [normalized, average, variance];
    },
  );
}

/** @returns the gradients of x [M, C], scale [C] and offset [C] */
function differentiate(
  backend: WebGPUBackend,
  inputs: Record<'dy' | 'x' | 'average' | 'variance' | 'scale', TensorInfo>,
  epsilon: number,
): TensorInfo[] {
  const { dy, x, average, variance } = inputs;
  const [rows, columns] = dy.shape;
  const dOffset = columnSums(backend, {
    name: 'ColumnSums',
    inputs: { x: dy },
    shape: dy.shape,
    term: 'x[at]',
  });
  const dScale = columnSums(backend, {
    name: 'BatchNormalizationScaleGradient',
    inputs: { dy, x, average, variance },
    shape: dy.shape,
    term: 'dy[at] * (x[at] - average[column]) * inverseSqrt(variance[column] + uniforms.epsilon)',
    floats: { epsilon },
  });
  const dx = run(
    backend,
    {
      name: 'BatchNormalizationInputGradient',
      inputs: { ...inputs, dScale, dOffset },
      code: `
        let column = index % uniforms.columns;
        let reciprocal = inverseSqrt(variance[column] + uniforms.epsilon);
        let aligned = (x[index] - average[column]) * reciprocal * dScale[column];
        let surplus = (dOffset[column] + aligned) / f32(uniforms.rows);
        let value = (dy[index] - surplus) * scale[column] * reciprocal;`,
      integers: { rows, columns },
      floats: { epsilon },
    },
    dy.shape,
  );
  return [dx, dScale, dOffset];
}
