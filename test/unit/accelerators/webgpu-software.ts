import { existsSync, globSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
// Registers the gradients.
import '@tensorflow/tfjs-layers';
import { AcceleratorMissing } from '../../../engine/accelerators/accelerator.ts';
import { webgpu } from '../../../engine/accelerators/webgpu/webgpu.ts';
import { expectResults, type Computation, type Result } from './results.ts';

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
  expectResults(await computeOn('webgpu', compute), expected, tolerance);
}
