import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { selectAccelerator } from '../../../engine/accelerators/accelerators.ts';
import { openModel } from '../../../engine/models/models.ts';
import { toProblem } from '../../../engine/protocol/problem.ts';
import { acceleratorNameSchema } from '../../../engine/protocol/protocol.ts';
import { train, type TrainingBatch } from '../../../engine/unlearn/training.ts';
import type { Answer, Ready } from './answer.ts';
import { KernelTimes } from './kernel-times.ts';
import { startWasm } from './wasm.ts';

/**
 * A measured program: Lethe's engine, which trains a model when it is told to, always on one random batch.
 *
 *   node step.ts --accelerator NAME --model FILE --batch N [--kernels]
 */

const settings = z.object({
  accelerator: z.enum([...acceleratorNameSchema.options, 'wasm']),
  model: z.string(),
  batch: z.coerce.number().int().positive(),
  kernels: z.boolean(),
});
const { values: options } = parseArgs({
  options: {
    accelerator: { type: 'string' },
    model: { type: 'string' },
    batch: { type: 'string' },
    kernels: { type: 'boolean', default: false },
  },
});
const { accelerator, model: file, batch, kernels } = settings.parse(options);

function say(answer: Answer): void {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

async function start(): Promise<Omit<Ready, 'event' | 'parameters'>> {
  if (accelerator === 'wasm') return startWasm();
  const { version, device, threads } = await selectAccelerator(accelerator);
  return { version, device: device.name, threads };
}

async function serve(): Promise<void> {
  const times = kernels ? new KernelTimes() : null;
  const ready = await start();
  times?.watch(accelerator);
  const model = await openModel(file);
  const [height, width, channels] = model.info.inputShape;
  const pixels = tf.randomNormal([batch, height, width, channels], 0, 1, 'float32', 1);
  const values = await pixels.data<'float32'>();
  pixels.dispose();
  const labels = Int32Array.from({ length: batch }, (_, row) => row % model.info.classCount);

  // What trains disposes of it, and an accelerator may keep the memory for its own use.
  const copy = (): tf.Tensor4D => tf.tensor4d(values.slice(), [batch, height, width, channels]);
  let next: TrainingBatch = { images: copy(), labels };
  async function* batches(): AsyncGenerator<TrainingBatch> {
    while (true) yield await Promise.resolve(next);
  }
  const training = train(model, batches(), { steps: Infinity, learningRate: 1e-3 });

  const forward = async (): Promise<void> => {
    const logits = tf.tidy(() => model.logits(next.images, { training: false }));
    await logits.data();
    logits.dispose();
  };

  say({ event: 'ready', ...ready, parameters: model.info.parameters });
  for await (const request of createInterface(process.stdin)) {
    times?.take();
    if (next.images.isDisposed) next = { images: copy(), labels };
    const started = performance.now();
    await (request === 'forward' ? forward() : training.next());
    say({
      event: 'done',
      seconds: (performance.now() - started) / 1000,
      peakBytes: process.resourceUsage().maxRSS * 1024,
      kernels: times?.take() ?? [],
    });
  }
}

try {
  await serve();
} catch (thrown) {
  const { sentence, detail } = toProblem(thrown);
  say({ event: 'failed', reason: detail === '' ? sentence : detail.split('\n')[0] });
}
// An open device would keep the process.
process.exit();
