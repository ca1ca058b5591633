import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { EngineHost } from '../../app/engine-host/engine-host.ts';

/** Trains the sample project's classifier on its pictures: `node build/sample/train-classifier.ts`. */

const sample = fileURLToPath(new URL('../../app/sample/', import.meta.url));
const output = `${sample}model`;
rmSync(output, { recursive: true, force: true });
const engine = new EngineHost();
try {
  const { accuracy, seconds, model } = await engine.run<'train'>(
    {
      type: 'train',
      data: `${sample}pictures`,
      resize: false,
      preprocessing: 'zero-to-one',
      epochs: 24,
      batchSize: 32,
      learningRate: 0.003,
      seed: 0,
      accelerator: null,
      output,
    },
    {
      progress: ({ step, steps, loss, accuracy: running }) => {
        if (step % 30 === 0) console.log(step, steps, loss?.toFixed(4), running?.toFixed(1));
      },
    },
  );
  console.log(
    `${String(model.parameters)} parameters, ${accuracy.overall?.toFixed(2) ?? ''}% on test images, ${seconds.toFixed(0)} s`,
  );
  console.log(accuracy.perClass.map((percent) => percent?.toFixed(0)).join(' '));
} finally {
  engine.close();
}
