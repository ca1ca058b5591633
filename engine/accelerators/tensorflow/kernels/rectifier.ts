import { Step, type StepAttrs } from '@tensorflow/tfjs-core';
import { RectifierGradient } from '../../../operations/kernels.ts';
import { kernel, run, type Kernel } from '../kernel.ts';

export const rectifierKernels: readonly Kernel[] = [
  kernel(RectifierGradient, ['dy', 'y'], ({ inputs: { dy, y }, backend }) =>
    run(backend, { name: 'ReluGrad', inputs: [dy, y] }),
  ),

  // tfjs-node makes six passes for what is max(sign(x), 0).
  kernel<'x', StepAttrs>(Step, ['x'], ({ inputs: { x }, attributes: { alpha = 0 }, backend }) => {
    if (alpha !== 0 || x.dtype !== 'float32') return null;
    const sign = run(backend, { name: 'Sign', inputs: [x] });
    const step = run(backend, { name: 'Relu', inputs: [sign] });
    sign.dispose();
    return step;
  }),
];
