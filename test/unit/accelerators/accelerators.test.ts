import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  preferred,
  reportAccelerators,
  selectAccelerator,
} from '../../../engine/accelerators/accelerators.ts';
import type { AcceleratorName, Device } from '../../../engine/protocol/protocol.ts';
import { problemOf, problemOfAsync } from '../../problem-of.ts';

describe('selecting an accelerator', { timeout: 120_000 }, () => {
  it('sets the one requested, with its version, device and self-test', async () => {
    expect(await selectAccelerator('onnxruntime')).toEqual({
      name: 'onnxruntime',
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      threads: expect.any(Number),
      device: { kind: 'cpu', name: expect.any(String) },
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

  it('reports on every accelerator, and takes the one it would choose', async () => {
    const { accelerators, chosen } = await reportAccelerators();
    expect(accelerators.map(({ name }) => name)).toEqual([
      'tensorflow',
      'webgpu',
      'onnxruntime',
      'cpu',
    ]);
    const ready = accelerators.filter((report) => report.state === 'ready');
    expect(ready.map(({ name }) => name)).toEqual(expect.arrayContaining(['onnxruntime', 'cpu']));
    expect(ready.map(({ name }) => name)).toContain(chosen);
    expect(chosen).not.toBe('cpu');
    expect(tf.getBackend()).toBe(chosen);
    for (const { operationsPerSecond } of ready) expect(operationsPerSecond).toBeGreaterThan(1e6);
    for (const report of accelerators)
      if (report.state !== 'ready') expect(report.reason).toMatch(/^[A-Z].*\.$/s);
  });

  it('takes the same one for a run, if none is requested', async () => {
    const { name, selfTest } = await selectAccelerator(null);
    expect(['tensorflow', 'webgpu', 'onnxruntime']).toContain(name);
    expect(selfTest.passed).toBe(true);
    expect(tf.getBackend()).toBe(name);
  });

  it('refuses one that computes wrongly, and passes it over if none is requested', async () => {
    await selectAccelerator('onnxruntime');
    const right = tf.getKernel('MaxPoolGrad', 'onnxruntime');
    const wrong = tf.getKernel('AvgPoolGrad', 'onnxruntime');
    replaceKernel({ ...wrong, kernelName: 'MaxPoolGrad' });
    try {
      const { code, sentence } = await problemOfAsync(() => selectAccelerator('onnxruntime'));
      expect(code).toBe('accelerator-failed');
      expect(sentence).toContain('differ');
      const notices: string[] = [];
      const { name } = await selectAccelerator(null, (sentence) => notices.push(sentence));
      expect(name).not.toBe('onnxruntime');
      expect(tf.getBackend()).toBe(name);
      expect(notices).toEqual([
        expect.stringMatching(/“onnxruntime” is there but did not work, .* differ by/),
      ]);
    } finally {
      replaceKernel(right);
    }
  });
});

describe('the accelerator that is preferred', () => {
  const candidate = (
    name: AcceleratorName,
    kind: Device['kind'],
    operationsPerSecond: number,
  ): Parameters<typeof preferred>[0][number] => ({
    info: {
      name,
      version: '1.0.0',
      threads: 1,
      device: { kind, name: 'example' },
      selfTest: { passed: true, largestDifference: 0 },
    },
    operationsPerSecond,
  });

  it('is a graphics card, however slow, and of several the first', () => {
    const cards = [candidate('tensorflow', 'gpu', 1e9), candidate('webgpu', 'gpu', 1e12)];
    expect(preferred([candidate('onnxruntime', 'cpu', 1e10), ...cards])).toBe(cards[0]);
  });

  it('is the fastest on the processor where there is no graphics card', () => {
    const slow = candidate('tensorflow', 'cpu', 1e9);
    const fast = candidate('onnxruntime', 'cpu', 2e9);
    expect(preferred([slow, fast])).toBe(fast);
    expect(preferred([fast, slow])).toBe(fast);
  });

  it('is the one installed with Lethe, unless another is clearly faster', () => {
    const installed = candidate('onnxruntime', 'cpu', 1e9);
    const nearly = candidate('tensorflow', 'cpu', 1.4e9);
    const clearly = candidate('tensorflow', 'cpu', 1.6e9);
    expect(preferred([nearly, installed])).toBe(installed);
    expect(preferred([clearly, installed])).toBe(clearly);
  });

  it('is none where nothing passed its self-test', () => {
    expect(problemOf(() => preferred([])).code).toBe('accelerator-failed');
  });
});

function replaceKernel(config: tf.KernelConfig): void {
  tf.unregisterKernel(config.kernelName, config.backendName);
  tf.registerKernel(config);
}
