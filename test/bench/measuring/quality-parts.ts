import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { selectAccelerator } from '../../../engine/accelerators/accelerators.ts';
import { openDataset } from '../../../engine/data/data.ts';
import { MatchedData, matchClasses } from '../../../engine/data/matched-data.ts';
import { parsePreprocessing } from '../../../engine/data/preprocessing.ts';
import { openModel } from '../../../engine/models/models.ts';
import { createSmallConvolutionalNetwork } from '../../../engine/models/tfjs-layers/small-convolutional-network.ts';
import type { AcceleratorName } from '../../../engine/protocol/protocol.ts';
import { makeRecipe, unlearn } from '../../../engine/unlearn/unlearn.ts';
import { sampleModel, samplePictures } from '../../sample.ts';
import { networkFiles } from './networks.ts';
import { copySubset } from '../../subset.ts';

/** The models and data that methods are compared on. */
export const partNames = [
  'resnet18-cifar10',
  'all-cnn-cifar10',
  'mobilenetv2-cifar10',
  'mnist',
  'fashion-mnist',
  'sample',
  'sample-20',
] as const;
export type PartName = (typeof partNames)[number];

export interface Part {
  readonly name: PartName;
  readonly title: string;
  readonly model: string;
  readonly data: string;
  readonly resize: boolean;
  readonly preprocessing: string;
  /** A model given as the reference for so many classes; others are retrained. */
  readonly references: ReadonlyMap<number, string>;
  /** How many classes are erased at most: these parts are about one. */
  readonly mostErased: number;
}

/** Where things are, as the command line says. */
export interface PartSources {
  /** CIFAR-10 as train/<class>/ and test/<class>/. */
  readonly data?: string | undefined;
  /** A ResNet-18 for it, and one trained without its first class. */
  readonly model?: string | undefined;
  readonly reference?: string | undefined;
  /** The four files of MNIST, and of Fashion-MNIST. */
  readonly mnist?: string | undefined;
  readonly 'fashion-mnist': string;
  readonly python: string;
}

/** A part, or in words what it lacks. */
export type MaybePart =
  Part | { readonly name: PartName; readonly title: string; readonly lacks: string };

const titles: Record<PartName, string> = {
  'resnet18-cifar10': 'ResNet-18 on CIFAR-10',
  'all-cnn-cifar10':
    'All-CNN with half its filters, on 1,000 training images of each class of CIFAR-10',
  'mobilenetv2-cifar10':
    'MobileNetV2 of width 0.35, on 1,000 training images of each class of CIFAR-10, scaled to 64×64',
  mnist: 'A small network on MNIST',
  'fashion-mnist': 'A small network on Fashion-MNIST',
  sample: 'The sample project',
  'sample-20': 'The sample project, on 20 training images of each person',
};

/** Where the models are that are trained for the parts. */
export function modelsIn(folder: string): string {
  return join(folder, 'models');
}

/**
 * Finds a part's model and data; models that nobody gave are trained, once, and kept in `folder`.
 * @param making.train whether to, now
 */
export async function openPart(
  name: PartName,
  sources: PartSources,
  folder: string,
  { accelerator, train }: { accelerator: AcceleratorName; train: boolean },
): Promise<MaybePart> {
  const title = titles[name];
  const common = {
    name,
    title,
    resize: false,
    references: new Map<number, string>(),
    mostErased: 7,
  };
  const lack = (lacks: string): MaybePart => ({ name, title, lacks });
  const models = modelsIn(folder);
  mkdirSync(models, { recursive: true });
  const { data } = sources;
  switch (name) {
    case 'resnet18-cifar10': {
      const { model, reference } = sources;
      if (data === undefined || model === undefined) return lack('--data and --model');
      const references = new Map(reference === undefined ? [] : [[1, reference]]);
      return { ...common, model, data, references, preprocessing: 'cifar10' };
    }
    case 'all-cnn-cifar10':
    case 'mobilenetv2-cifar10': {
      if (data === undefined) return lack('--data');
      const isAllCnn = name === 'all-cnn-cifar10';
      const network = isAllCnn ? 'all-cnn-narrow' : 'mobilenetv2-narrow';
      const model = join(models, `${name}.onnx`);
      const few = join(folder, 'cifar10-1000');
      if (train && !existsSync(few)) copySubset(data, few, { train: 1000, test: Infinity });
      const part = { ...common, model, data: few, resize: !isAllCnn, preprocessing: 'cifar10' };
      if (train && !existsSync(model)) {
        const start = networkFiles(join(models, 'untrained'), sources.python, [network]);
        await trainFromNothing(part, start.get(network) ?? '', accelerator);
      }
      return part;
    }
    case 'mnist':
    case 'fashion-mnist': {
      const images = sources[name];
      if (images === undefined || !existsSync(images)) {
        return lack(
          name === 'mnist'
            ? '--mnist'
            : 'Debian’s package dataset-fashion-mnist, or --fashion-mnist',
        );
      }
      const model = join(models, name);
      const part = { ...common, model, data: images, preprocessing: 'minus-one-to-one' };
      if (train && !existsSync(model)) await trainFromNothing(part, null, accelerator);
      return part;
    }
    case 'sample':
      return {
        ...common,
        model: sampleModel,
        data: samplePictures,
        preprocessing: 'zero-to-one',
      };
    case 'sample-20': {
      const few = join(folder, 'sample-20');
      if (train) rmSync(few, { recursive: true, force: true });
      if (train) copySubset(samplePictures, few, { train: 20, test: Infinity });
      return {
        ...common,
        model: sampleModel,
        data: few,
        preprocessing: 'zero-to-one',
        mostErased: 1,
      };
    }
  }
}

/**
 * Trains as `retrain` does, on all classes.
 * @param start a model whose structure is taken; null for the small network of `lethe`
 */
async function trainFromNothing(
  { model: output, data: images, resize, preprocessing }: Part,
  start: string | null,
  accelerator: AcceleratorName,
): Promise<void> {
  await selectAccelerator(accelerator);
  const given = start === null ? null : await openModel(start);
  const imageShape = given === null ? null : given.info.inputShape;
  const dataset = await openDataset(images, { imageShape, resize, seed: 0 });
  const { imageShape: inputShape, classNames, counts } = dataset.info;
  const model = given ?? createSmallConvolutionalNetwork({ inputShape, classNames, seed: 0 });
  try {
    const match = matchClasses(model.info, dataset.info);
    const data = new MatchedData(dataset, match, parsePreprocessing(preprocessing));
    const retain = [...classNames.keys()];
    const total = counts.train.reduce((sum, count) => sum + count, 0);
    const recipe = makeRecipe('retrain', 0, { retain: total, forget: 0 });
    const openOriginal = (): never => {
      throw new Error('a model that is trained from nothing has no original');
    };
    for await (const { step, steps } of unlearn(recipe, {
      ...{ model, openOriginal, data, forget: [], retain },
    })) {
      if (step % 50 === 0 || step === steps) {
        process.stderr.write(`\r  training ${output}: step ${String(step)} of ${String(steps)}`);
      }
    }
    process.stderr.write('\n');
    await model.save(output);
  } finally {
    model.dispose();
    await dataset.close();
  }
}
