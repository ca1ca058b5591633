import '@tensorflow/tfjs-backend-cpu';
import { setBackend } from '@tensorflow/tfjs-core';
import { cpSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createSmallConvolutionalNetwork } from '../../../engine/models/tfjs-layers/small-convolutional-network.ts';
import { samplePictures } from '../../sample.ts';

const classNames = Array.from(
  { length: 1000 },
  (_, index) => `Visitor ${String(index + 1).padStart(4, '0')}`,
);

/**
 * A model of 1,000 classes that has learned nothing, and two pictures of each class: enough for a screen that shows them.
 * @returns their paths
 */
export async function makeThousandClasses(
  folder: string,
): Promise<{ readonly model: string; readonly data: string }> {
  const [model, data] = [join(folder, 'thousand'), join(folder, 'thousand-pictures')];
  await setBackend('cpu');
  const network = createSmallConvolutionalNetwork({
    inputShape: [48, 48, 3],
    classNames,
    seed: 0,
  });
  await network.save(model);
  for (const split of ['train', 'test']) {
    const from = join(samplePictures, split);
    const pictures = readdirSync(from, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.jpg'))
      .toSorted();
    for (const [index, name] of classNames.entries()) {
      const to = join(data, split, name);
      mkdirSync(to, { recursive: true });
      cpSync(join(from, pictures[index % pictures.length]), join(to, '01.jpg'));
    }
  }
  return { model, data };
}
