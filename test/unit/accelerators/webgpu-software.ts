import { existsSync, globSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
// Registers the gradients.
import '@tensorflow/tfjs-layers';
import { expect } from 'vitest';
import { AcceleratorMissing } from '../../../engine/accelerators/accelerator.ts';
import { webgpu } from '../../../engine/accelerators/webgpu/webgpu.ts';

/** Where Vulkan drivers lie that imitate a graphics card: those of Chromium, of Playwright's Chromium and of Mesa. */
const DRIVERS = [
  '/usr/lib/chromium/vk_swiftshader_icd.json',
  '/usr/lib/chromium-browser/vk_swiftshader_icd.json',
  '/opt/google/chrome/vk_swiftshader_icd.json',
  `${process.env.HOME}/.cache/ms-playwright/chromium*/chrome-*/vk_swiftshader_icd.json`,
  '/usr/share/vulkan/icd.d/lvp_icd.*.json',
];

/**
 * Starts `webgpu` on the machine's graphics card, or else on an imitated one, and sends even the smallest tensors to it.
 * @returns null, or why it cannot be tested here
 */
export async function startWebgpu(): Promise<string | null> {
  tf.enableProdMode();
  const drivers = DRIVERS.flatMap((pattern) => globSync(pattern)).filter((path) =>
    existsSync(path),
  );
  for (const driver of [undefined, ...drivers]) {
    if (driver !== undefined) process.env.VK_ICD_FILENAMES = driver;
    try {
      await webgpu.start({ software: true });
      tf.env().set('WEBGPU_CPU_FORWARD', false);
      return null;
    } catch (error) {
      if (!(error instanceof AcceleratorMissing)) throw error;
    }
  }
  return 'there is neither a graphics card nor a Vulkan driver that imitates one, such as Chromium’s SwiftShader';
}

type Computation = () => tf.Tensor | tf.Tensor[];

interface Result {
  readonly shape: number[];
  readonly dtype: string;
  readonly values: ArrayLike<number>;
}

/** Results of a computation, on the backend that is then set. */
export async function computeOn(name: 'cpu' | 'webgpu', compute: Computation): Promise<Result[]> {
  await tf.setBackend(name);
  const tensors = tf.tidy(() => [compute()].flat());
  const results = await Promise.all(
    tensors.map(async (tensor) => ({
      shape: tensor.shape,
      dtype: tensor.dtype,
      values: (await tensor.data()).slice(),
    })),
  );
  tf.dispose(tensors);
  return results;
}

/**
 * Expects what `cpu` computes, in shape, type and value.
 * @param tolerance relative to the largest of the values, and to 1
 */
export async function expectAsOnCpu(compute: Computation, tolerance = 3e-6): Promise<void> {
  const expected = await computeOn('cpu', compute);
  const actual = await computeOn('webgpu', compute);
  expect(actual.map(({ shape, dtype }) => ({ shape, dtype }))).toEqual(
    expected.map(({ shape, dtype }) => ({ shape, dtype })),
  );
  expected.forEach(({ values }, index) => {
    expect(difference(values, actual[index].values)).toBeLessThanOrEqual(tolerance);
  });
}

/** Infinite where one is NaN or infinite and the other is not the same. */
function difference(expected: ArrayLike<number>, actual: ArrayLike<number>): number {
  const finite = Array.from(expected).filter(Number.isFinite);
  const scale = finite.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1);
  return Array.from(expected).reduce((largest: number, value, index) => {
    if (Object.is(value, actual[index]) || value === actual[index]) return largest;
    const off = Math.abs(value - actual[index]) / scale;
    return Number.isNaN(off) ? Infinity : Math.max(largest, off);
  }, 0);
}
