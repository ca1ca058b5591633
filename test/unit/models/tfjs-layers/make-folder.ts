import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { temporaryFolder } from '../../../temporary-folder.ts';

await tf.setBackend('cpu');

const modelJsonSchema = z.looseObject({
  format: z.string(),
  modelTopology: z.looseObject({
    config: z.looseObject({
      layers: z.array(
        z.looseObject({ class_name: z.string(), config: z.record(z.string(), z.unknown()) }),
      ),
    }),
  }),
  weightsManifest: z.array(
    z.object({
      paths: z.array(z.string()),
      weights: z.array(
        z.looseObject({
          name: z.string(),
          shape: z.array(z.number()),
          dtype: z.enum(['float32', 'int32']),
        }),
      ),
    }),
  ),
});
/** A model.json as an object that tests can change. */
type ModelJson = z.infer<typeof modelJsonSchema>;

export function jsonOf(text: string): ModelJson {
  return modelJsonSchema.parse(JSON.parse(text));
}

export interface Files {
  json: ModelJson;
  shards: Map<string, Uint8Array>;
}

/** The files that TensorFlow.js saves a model as, the weights in shards of at most so many bytes. */
export function filesOf(model: tfl.LayersModel, shardSize = 1000): Files {
  const weights = model.weights.map((weight) => ({
    name: weight.originalName,
    shape: weight.shape,
    dtype: weight.dtype,
  }));
  const values = model.getWeights().flatMap((tensor) => [...tensor.dataSync<'float32'>()]);
  const bytes = new Uint8Array(Float32Array.from(values).buffer);
  const count = Math.ceil(bytes.length / shardSize);
  const shards = new Map<string, Uint8Array>();
  for (let shard = 0; shard < count; shard++) {
    const name = `group1-shard${String(shard + 1)}of${String(count)}.bin`;
    shards.set(name, bytes.slice(shard * shardSize, (shard + 1) * shardSize));
  }
  const json = JSON.stringify({
    format: 'layers-model',
    modelTopology: model.toJSON(undefined, false),
    weightsManifest: [{ paths: [...shards.keys()], weights }],
    userDefinedMetadata: { classNames: ['cat', 'dog', 'owl'], author: 'nobody' },
  });
  return { json: jsonOf(json), shards };
}

export function writeFolder({ json, shards }: Files): string {
  const folder = join(temporaryFolder(), 'model');
  mkdirSync(folder);
  // Spaces and all: what is saved must be these bytes, not the same content written anew.
  writeFileSync(join(folder, 'model.json'), JSON.stringify(json, undefined, 1));
  for (const [name, bytes] of shards) writeFileSync(join(folder, name), bytes);
  return folder;
}

const seeded = { kernelInitializer: tfl.initializers.glorotUniform({ seed: 5 }) };

/** Convolution, batch normalisation, dropout, dense with softmax: 6 × 6 × 2 → 3 classes. */
export function sequentialModel(): tfl.Sequential {
  return tfl.sequential({
    layers: [
      tfl.layers.conv2d({
        name: 'conv',
        inputShape: [6, 6, 2],
        filters: 4,
        kernelSize: 3,
        ...seeded,
      }),
      tfl.layers.batchNormalization({ name: 'norm', momentum: 0.75, epsilon: 0.5 }),
      tfl.layers.activation({ name: 'relu', activation: 'relu' }),
      tfl.layers.maxPooling2d({ name: 'pool', poolSize: 2 }),
      tfl.layers.dropout({ name: 'drop', rate: 0.25 }),
      tfl.layers.flatten({ name: 'flat' }),
      tfl.layers.dense({ name: 'dense', units: 3, activation: 'softmax', ...seeded }),
    ],
  });
}

/** A residual block inside a model of its own, frozen, then a convolution, mean and a softmax layer. */
export function functionalModel(): tfl.LayersModel {
  const innerInput = tfl.input({ shape: [6, 6, 2] });
  const branch = tfl.layers.conv2d({
    name: 'branch',
    filters: 2,
    kernelSize: 3,
    padding: 'same',
    ...seeded,
  });
  const sum = tfl.layers.add({ name: 'sum' });
  const inner = tfl.model({
    inputs: innerInput,
    outputs: symbolic(sum.apply([symbolic(branch.apply(innerInput)), innerInput])),
    name: 'inner',
  });
  branch.trainable = false;
  const images = tfl.input({ shape: [6, 6, 2] });
  const scores = tfl.layers.conv2d({ name: 'scores', filters: 3, kernelSize: 1, ...seeded });
  const mean = tfl.layers.globalAveragePooling2d({ name: 'mean' });
  const softmax = tfl.layers.softmax({ name: 'softmax' });
  const maps = symbolic(scores.apply(symbolic(inner.apply(images))));
  return tfl.model({
    inputs: images,
    outputs: symbolic(softmax.apply(symbolic(mean.apply(maps)))),
    name: 'outer',
  });
}

function symbolic(
  result: tf.Tensor | tf.Tensor[] | tfl.SymbolicTensor | tfl.SymbolicTensor[],
): tfl.SymbolicTensor {
  if (result instanceof tfl.SymbolicTensor) return result;
  throw new TypeError('not symbolic');
}
