import { AdamUpdate, type AdamUpdateAttributes } from '../../../operations/kernels.ts';
import { kernel, type Kernel } from '../kernel.ts';
import { run } from '../shader.ts';

export const adamKernels: readonly Kernel[] = [
  kernel<'value' | 'gradient' | 'momentum' | 'velocity', AdamUpdateAttributes>(
    AdamUpdate,
    ['value', 'gradient', 'momentum', 'velocity'],
    ({ inputs: { value, gradient, momentum, velocity }, attributes, backend }) => {
      const { beta1, beta2, rootFactor, floor } = attributes;
      const newMomentum = run(
        backend,
        {
          name: 'AdamMomentum',
          inputs: { momentum, gradient },
          code: 'let value = momentum[index] * uniforms.beta1 + gradient[index];',
          floats: { beta1 },
        },
        value.shape,
      );
      const newVelocity = run(
        backend,
        {
          name: 'AdamVelocity',
          inputs: { velocity, gradient },
          code: 'let value = velocity[index] * uniforms.beta2 + gradient[index] * gradient[index];',
          floats: { beta2 },
        },
        value.shape,
      );
      const newValue = run(
        backend,
        {
          name: 'AdamValue',
          inputs: { old: value, momentum: newMomentum, velocity: newVelocity },
          code: `
            let divisor = sqrt(velocity[index]) * uniforms.rootFactor + uniforms.divisorFloor;
            let value = old[index] - momentum[index] / divisor;`,
          floats: { rootFactor, divisorFloor: floor },
        },
        value.shape,
      );
      return [newValue, newMomentum, newVelocity];
    },
  ),
];
