import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AcceleratorMissing } from '../../../engine/accelerators/accelerator.ts';
import { webgpu } from '../../../engine/accelerators/webgpu/webgpu.ts';
import { startWebgpu } from './webgpu-software.ts';

beforeEach(async ({ skip }) => {
  const obstacle = await startWebgpu();
  if (obstacle !== null) skip(obstacle);
});

/** Its device, as tfjs holds it. */
async function deviceInUse(): Promise<GPUDevice> {
  await tf.setBackend('webgpu');
  const backend = tf.backend();
  if (!(backend instanceof WebGPUBackend)) throw new Error('webgpu is not set');
  return backend.device;
}

describe('the accelerator webgpu', () => {
  it('tells its version and its device, and leaves what is set as it is', async () => {
    await tf.setBackend('cpu');
    expect(await webgpu.start({ software: true })).toEqual({
      version: expect.stringMatching(/^\d+\.\d+\.\d+ on Dawn \d+\.\d+\.\d+$/),
      threads: 1,
      device: { kind: expect.stringMatching(/^(software-)?gpu$/), name: expect.any(String) },
    });
    expect(tf.getBackend()).toBe('cpu');
    expect(webgpu.lost?.()).toBeNull();
  });

  it('keeps its device when it is started again', async () => {
    const device = await deviceInUse();
    await webgpu.start({ software: true });
    expect(await deviceInUse()).toBe(device);
  });

  it('refuses a graphics card that the processor imitates, unless it is asked for', async ({
    skip,
  }) => {
    const { device } = await webgpu.start({ software: true });
    if (device.kind === 'gpu') skip('this machine has a graphics card');
    const refusal = webgpu.start({ software: false });
    await expect(refusal).rejects.toThrow(AcceleratorMissing);
    await expect(refusal).rejects.toThrow('imitated by its processor');
  });

  it('lets its process end', () => {
    const output = runScript(`
      import * as tf from '@tensorflow/tfjs-core';
      import { webgpu } from './engine/accelerators/webgpu/webgpu.ts';
      await webgpu.start({ software: true });
      await tf.setBackend('webgpu');
      console.log(await tf.sum(tf.ones([1000])).data());`);
    expect(output).toContain('1000');
  });

  it('lets no process crash that takes one graphics card after the other', () => {
    const output = runScript(`
      import { setFlagsFromString } from 'node:v8';
      import { runInNewContext } from 'node:vm';
      import * as tf from '@tensorflow/tfjs-core';
      import { webgpu } from './engine/accelerators/webgpu/webgpu.ts';
      setFlagsFromString('--expose-gc');
      const collectGarbage = runInNewContext('gc');
      for (let card = 0; card < 4; card++) {
        await webgpu.start({ software: true });
        await tf.setBackend('webgpu');
        tf.matMul(tf.ones([64, 64]), tf.ones([64, 64]));
        tf.removeBackend('webgpu');
        collectGarbage();
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      console.log('alive');`);
    expect(output).toContain('alive');
  });

  it('says what is missing where there is no graphics card', ({ skip }) => {
    skip(process.platform !== 'linux', 'elsewhere no variable of the environment hides the cards');
    const nowhere = join(tmpdir(), 'no-driver.json');
    const output = runScript(START, { VK_ICD_FILENAMES: nowhere, VK_DRIVER_FILES: nowhere });
    expect(output).toContain('AcceleratorMissing: This machine has no graphics card');
  });

  it('says what is missing where its package is not installed', () => {
    const output = runScript(`
      import { registerHooks } from 'node:module';
      registerHooks({
        resolve: (specifier, context, next) =>
          next(specifier === 'webgpu' ? 'not-installed' : specifier, context),
      });
      ${START}`);
    expect(output).toContain('AcceleratorMissing: The package “webgpu”');
  });
});

const START = `
  const { webgpu } = await import('./engine/accelerators/webgpu/webgpu.ts');
  await webgpu.start({ software: true }).catch((error) => console.log(error));`;

/** What a script prints, run in a process of its own in the project's folder. */
function runScript(script: string, environment: Record<string, string> = {}): string {
  return execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
    encoding: 'utf8',
    env: { ...process.env, ...environment },
    timeout: 30_000,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

describe('a graphics card that fails in the middle of a run', () => {
  afterEach(async () => {
    tf.removeBackend('webgpu');
    await tf.setBackend('cpu');
  });

  it('ends what is being read, and says so', async () => {
    const device = await deviceInUse();
    const matrix = tf.ones([64, 64]);
    let product = matrix;
    for (let step = 0; step < 20; step++) product = tf.matMul(product, matrix);
    const reading = product.data();
    device.destroy();
    await expect(reading).rejects.toThrow('The graphics card stopped working during the run');
    expect(webgpu.lost?.()).toContain('The graphics card stopped working during the run');
    expect(() => tf.add(matrix, 1)).toThrow('The graphics card stopped working during the run');
  });

  it('is replaced when the accelerator is started again', async () => {
    const lost = await deviceInUse();
    lost.destroy();
    await lost.lost;
    await webgpu.start({ software: true });
    expect(webgpu.lost?.()).toBeNull();
    expect(await deviceInUse()).not.toBe(lost);
    expect([...(await tf.add(tf.ones([3]), 1).data())]).toEqual([2, 2, 2]);
  });

  it('does not go on with zeros after a computation that it could not carry out', async () => {
    const device = await deviceInUse();
    device.createShaderModule({ code: 'no shader' });
    expect(() => tf.add(tf.ones([3]), 1)).toThrow('could not carry out a computation');
    await expect(tf.ones([3]).data()).rejects.toThrow('could not carry out a computation');
    expect(webgpu.lost?.()).toContain('could not carry out a computation');
  });

  it('refuses a tensor larger than any that it can hold', async () => {
    const { limits } = await deviceInUse();
    expect(() => tf.fill([limits.maxBufferSize / 4 + 1024], 1)).toThrow('max buffer size');
  });
});
