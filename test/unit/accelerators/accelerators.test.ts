import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { selectAccelerator } from '../../../engine/accelerators/accelerators.ts';
import { problemOfAsync } from '../../problem-of.ts';

describe('selecting an accelerator', { timeout: 60_000 }, () => {
  it('sets the one requested, with its version and self-test', async () => {
    expect(await selectAccelerator('onnxruntime')).toEqual({
      name: 'onnxruntime',
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      threads: expect.any(Number),
      selfTest: { passed: true, largestDifference: expect.any(Number) },
    });
    expect(tf.getBackend()).toBe('onnxruntime');

    expect(await selectAccelerator('cpu')).toMatchObject({
      name: 'cpu',
      threads: 1,
      selfTest: { passed: true, largestDifference: 0 },
    });
    expect(tf.getBackend()).toBe('cpu');
  });

  it('takes the fastest if none is requested', async () => {
    expect(await selectAccelerator(null)).toMatchObject({ name: 'onnxruntime' });
    expect(tf.getBackend()).toBe('onnxruntime');
  });

  it.each(['tensorflow', 'webgpu'] as const)(
    'says that %s is not part of this version',
    async (name) => {
      const { code, sentence } = await problemOfAsync(() => selectAccelerator(name));
      expect(code).toBe('accelerator-failed');
      expect(sentence).toContain('not part of this version');
    },
  );

  it('refuses one that computes wrongly, and passes it over if none is requested', async () => {
    await selectAccelerator('onnxruntime');
    const right = tf.getKernel('MaxPoolGrad', 'onnxruntime');
    const wrong = tf.getKernel('AvgPoolGrad', 'onnxruntime');
    replaceKernel({ ...wrong, kernelName: 'MaxPoolGrad' });
    try {
      const { code, detail } = await problemOfAsync(() => selectAccelerator('onnxruntime'));
      expect(code).toBe('accelerator-failed');
      expect(detail).toContain('differ');
      expect(await selectAccelerator(null)).toMatchObject({ name: 'cpu' });
      expect(tf.getBackend()).toBe('cpu');
    } finally {
      replaceKernel(right);
    }
  });
});

function replaceKernel(config: tf.KernelConfig): void {
  tf.unregisterKernel(config.kernelName, config.backendName);
  tf.registerKernel(config);
}
