import * as tfl from '@tensorflow/tfjs-layers';
import { deriveSeed } from '../../random.ts';
import type { TrainableModel } from '../trainable-model.ts';
import {
  describeModel,
  digestOf,
  digestOfFiles,
  descriptionName,
  parseModelJson,
} from './model-files.ts';
import { TfjsLayersModel } from './tfjs-layers-model.ts';

export interface SmallConvolutionalNetworkSettings {
  /** [height, width, channels] */
  readonly inputShape: readonly [number, number, number];
  /** Kept with the model. */
  readonly classNames: readonly string[];
  /** Of the initial weights. */
  readonly seed: number;
}

/** Filters and stride of each block: convolution 3×3, batch normalisation, ReLU. */
const blocks = [
  { filters: 16, strides: 1 },
  { filters: 32, strides: 2 },
  { filters: 64, strides: 2 },
  { filters: 96, strides: 2 },
];

const weightsName = 'weights.bin';

/**
 * A new classifier of some 80,000 parameters for small images: four convolutions, the mean over the image, one linear layer.
 * It is saved as a TensorFlow.js Layers model that gives probabilities.
 */
export function createSmallConvolutionalNetwork({
  inputShape,
  classNames,
  seed,
}: SmallConvolutionalNetworkSettings): TrainableModel {
  const layers = blocks.flatMap(({ filters, strides }, index) => [
    tfl.layers.conv2d({
      name: `convolution_${String(index + 1)}`,
      ...(index === 0 ? { inputShape: [...inputShape] } : {}),
      filters,
      strides,
      kernelSize: 3,
      padding: 'same',
      useBias: false,
      kernelInitializer: tfl.initializers.heNormal({ seed: deriveSeed(seed, 'block', index) }),
    }),
    tfl.layers.batchNormalization({ name: `normalization_${String(index + 1)}`, momentum: 0.9 }),
    tfl.layers.activation({ name: `activation_${String(index + 1)}`, activation: 'relu' }),
  ]);
  const scores = tfl.layers.dense({
    name: 'scores',
    units: classNames.length,
    kernelInitializer: tfl.initializers.glorotUniform({ seed: deriveSeed(seed, 'scores') }),
  });
  const classifier = tfl.sequential({
    name: 'small_convolutional_network',
    layers: [
      ...layers,
      tfl.layers.globalAveragePooling2d({ name: 'mean' }),
      scores,
      tfl.layers.activation({ name: 'probabilities', activation: 'softmax' }),
    ],
  });
  const untilScores = tfl.model({ inputs: classifier.inputs, outputs: scores.output });
  const json = new TextEncoder().encode(
    JSON.stringify({
      format: 'layers-model',
      generatedBy: `TensorFlow.js tfjs-layers v${tfl.version_layers}`,
      convertedBy: null,
      modelTopology: classifier.toJSON(undefined, false),
      weightsManifest: [
        {
          paths: [weightsName],
          weights: classifier.weights.map(({ originalName, shape }) => ({
            name: originalName,
            shape,
            dtype: 'float32',
          })),
        },
      ],
      userDefinedMetadata: { classNames },
    }),
  );
  const values = classifier.getWeights().flatMap((weight) => [...weight.dataSync<'float32'>()]);
  const bytes = new Uint8Array(Float32Array.from(values).buffer);
  const sizes = new Map([[weightsName, bytes.length]]);
  const description = describeModel(json, parseModelJson(json), sizes);
  const digests = new Map([
    [descriptionName, digestOf(json)],
    [weightsName, digestOf(bytes)],
  ]);
  return new TfjsLayersModel(untilScores, description, digestOfFiles(digests));
}
