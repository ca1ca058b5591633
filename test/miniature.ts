import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { EngineHost } from '../app/engine-host/engine-host.ts';
import { samplePictures } from './sample.ts';
import { classNamesIn } from './subset.ts';

export interface MiniatureSize {
  readonly people: number;
  /** Height and width, pixels. */
  readonly pixels: number;
  /** Training pictures of each of them, at most. */
  readonly pictures: number;
  readonly epochs: number;
}

export interface Miniature {
  readonly model: string;
  readonly data: string;
  readonly people: readonly string[];
  /** Percent of its test pictures. */
  readonly accuracy: number | null;
}

/** Tiny pictures of a few people of the sample project, and a model trained on them: for runs that must not take long. */
export async function makeMiniature(folder: string, size: MiniatureSize): Promise<Miniature> {
  const people = classNamesIn(samplePictures).slice(0, size.people);
  const [data, model] = [join(folder, 'pictures'), join(folder, 'model')];
  for (const split of ['train', 'test']) {
    for (const person of people) {
      const target = join(data, split, person);
      mkdirSync(target, { recursive: true });
      const files = readdirSync(join(samplePictures, split, person)).sort();
      for (const file of files.slice(0, size.pictures)) {
        await sharp(join(samplePictures, split, person, file))
          .resize(size.pixels, size.pixels)
          .png()
          .toFile(join(target, `${file}.png`));
      }
    }
  }
  const engine = new EngineHost();
  try {
    const { accuracy } = await engine.run<'train'>(
      {
        ...{ type: 'train', data, output: model, resize: false, preprocessing: 'zero-to-one' },
        ...{ epochs: size.epochs, batchSize: 32, learningRate: 0.003, seed: 0 },
        accelerator: 'onnxruntime',
      },
      {},
    );
    return { model, data, people, accuracy: accuracy.overall };
  } finally {
    engine.close();
  }
}
