import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { ProblemError } from '../../protocol/problem.ts';
import type { ModelInfo } from '../../protocol/protocol.ts';
import { deriveSeed } from '../../random.ts';
import { deviation, type BatchNormalizationLayer } from '../batch-normalization-layer.ts';
import { randomlyFilled } from '../initial-values.ts';
import { level, raise } from '../level.ts';
import type {
  Activations,
  Likeness,
  SavedOutputs,
  Snapshot,
  TrainableModel,
} from '../trainable-model.ts';
import { restoreSnapshot, takeSnapshot } from '../snapshot.ts';
import { syncFolder, writeFileDurably, writeOutput } from '../write-output.ts';
import { initialDistribution } from './initial-distribution.ts';
import {
  addedToScores,
  countLayers,
  layersOf,
  scoringLayers,
  withInputOf,
  type Layer,
} from './layers.ts';
import {
  corrupt,
  descriptionName,
  digestOfFiles,
  readModelFolder,
  sizeOf,
  type ModelDescription,
  type WeightGroup,
} from './model-files.ts';
import { topologyToTrain } from './topology.ts';
import { prepareForTraining } from './training-mode.ts';

/**
 * Opens a TensorFlow.js Layers model that classifies images.
 * @param folder holds model.json and the shards that it names
 * @throws ProblemError `no-such-file`, `corrupt-model`, `unsupported-model`, `unsupported-layer`
 */
export async function openTfjsLayersModel(folder: string): Promise<TrainableModel> {
  const { description, values, sha256 } = await readModelFolder(folder);
  const model = await loadModel(topologyToTrain(description).topology, description, values);
  try {
    return new TfjsLayersModel(model, description, sha256);
  } catch (error) {
    model.dispose();
    throw error;
  }
}

/**
 * What a saved model makes of images when TensorFlow.js loads it as it is.
 * @param images preprocessed, [N, H, W, C]
 */
export async function savedTfjsLayersOutputs(
  folder: string,
  images: Tensor4D,
): Promise<SavedOutputs> {
  const { description, values } = await readModelFolder(folder);
  const { endsInSoftmax } = topologyToTrain(description);
  const model = await loadModel(description.topology, description, values);
  const outputs = tf.tidy(() => model.predict(images));
  model.dispose();
  if (!(outputs instanceof tf.Tensor)) throw new TypeError('a classifier has one output');
  const result = await outputs.data<'float32'>();
  outputs.dispose();
  return { values: result, probabilities: endsInSoftmax };
}

/** Builds the layers and fills in their weights; after a failure nothing stays in tensor memory. */
async function loadModel(
  modelTopology: Record<string, unknown>,
  { groups }: ModelDescription,
  weightData: ArrayBuffer[],
): Promise<tfl.LayersModel> {
  const weightSpecs = groups
    .flatMap(({ weights }) => weights)
    .map(({ name, shape }) => ({ name, shape: [...shape], dtype: 'float32' as const }));
  const { registeredVariables } = tf.engine();
  const before = new Set(Object.keys(registeredVariables));
  // For the tensors that TensorFlow.js decodes the weights to, and forgets when they do not fit.
  tf.engine().startScope('loading');
  try {
    return await tfl.loadLayersModel({
      load: () => Promise.resolve({ modelTopology, weightSpecs, weightData }),
    });
  } catch (error) {
    for (const [name, variable] of Object.entries(registeredVariables)) {
      if (!before.has(name)) variable.dispose();
    }
    throw corrupt('its layers cannot be built with its weights', String(error));
  } finally {
    tf.engine().endScope();
  }
}

/** Layers in tensor memory, without a softmax at their end, with the files that they are saved as. */
export class TfjsLayersModel implements TrainableModel {
  readonly info: ModelInfo;
  readonly variables: readonly Variable[];
  readonly momentum: number;
  readonly #model: tfl.LayersModel;
  readonly #description: ModelDescription;
  /** In the order of the manifest. */
  readonly #saved: ReadonlyMap<string, Variable>;
  /** The last linear layer, and those after it. */
  readonly #scoring: readonly [linear: Layer, ...after: Layer[]];
  #draws = 0;
  #observe: (x: Tensor, layer: BatchNormalizationLayer) => void = () => undefined;

  constructor(model: tfl.LayersModel, description: ModelDescription, sha256: string) {
    const scoring = scoringLayers(model);
    if (scoring === null) {
      throw new ProblemError(
        'unsupported-model',
        'The scores of this model do not come from one last linear layer (Dense or Conv2D), as those of an image classifier do.',
      );
    }
    this.momentum = prepareForTraining(layersOf(model), {
      nextSeed: () => deriveSeed(0, 'dropout', this.#draws++),
      observe: (x, layer) => {
        this.#observe(x, layer);
      },
    });
    this.#model = model;
    this.#description = description;
    this.#scoring = scoring;
    this.#saved = variablesByManifest(model, description.groups);
    this.variables = model.trainableWeights.map(variableOf);
    this.info = {
      format: 'tfjs-layers',
      sha256,
      architecture: `TensorFlow.js layers: ${countLayers(model)}`,
      parameters: this.variables.reduce((sum, { size }) => sum + size, 0),
      ...classifierShape(model, description.userDefinedMetadata),
    };
  }

  logits(images: Tensor4D, { training }: { training: boolean }): Tensor2D {
    return tf.tidy(() => {
      const scores = this.#model.apply(images, { training });
      if (!(scores instanceof tf.Tensor)) throw new TypeError('a classifier has one output');
      return tf.reshape<tf.Rank.R2>(scores, [-1, this.info.classCount]);
    });
  }

  activations(images: Tensor4D, mode: { training: boolean }): Activations {
    return tf.tidy(() => {
      const [linear] = this.#scoring;
      const { input, result } = withInputOf(linear, () => this.logits(images, mode));
      const features =
        linear.getClassName() === 'Conv2D'
          ? tf.mean<Tensor2D>(input, [1, 2])
          : tf.reshape<tf.Rank.R2>(input, [images.shape[0], -1]);
      return { logits: result, features };
    });
  }

  likeness(images: Tensor4D): Likeness {
    return tf.tidy(() => {
      const deviations: tf.Scalar[] = [];
      this.#observe = (x, layer) => {
        // Kept through the scopes of the layers around, which release what is no longer needed.
        deviations.push(tf.keep(deviation(x, layer)));
      };
      try {
        const logits = this.logits(images, { training: false });
        return { logits, deviation: tf.addN<tf.Scalar>([tf.scalar(0), ...deviations]) };
      } finally {
        this.#observe = () => undefined;
        tf.dispose(deviations);
      }
    });
  }

  reinitialize(seed: number): void {
    for (const layer of layersOf(this.#model)) {
      for (const weight of layer.weights) {
        const variable = variableOf(weight);
        const distribution = initialDistribution(weight.originalName, variable.shape);
        const values = randomlyFilled(variable.shape, distribution, [seed, weight.originalName]);
        variable.assign(values);
        values.dispose();
      }
    }
  }

  levelScores(classes: readonly number[]): boolean {
    const variables = this.#scoring.flatMap(({ weights }) => weights.map(variableOf));
    const isByClass = ({ shape }: Variable): boolean => shape.at(-1) === this.info.classCount;
    const [kernel] = variables;
    if (!isByClass(kernel)) return false;
    for (const variable of variables.filter(isByClass))
      level({ variable, axis: variable.rank - 1 }, classes);
    return true;
  }

  raiseScores(classes: readonly number[], by: number): boolean {
    const bias = addedToScores(this.#scoring);
    if (bias === null) return false;
    raise({ variable: variableOf(bias), axis: 0 }, classes, by);
    return true;
  }

  snapshot(): Promise<Snapshot> {
    return takeSnapshot(this.#saved.values());
  }

  restore(snapshot: Snapshot): void {
    restoreSnapshot(this.#saved.values(), snapshot);
  }

  /** The original model.json, and shards of the original names and sizes. */
  save(output: string): Promise<string> {
    return writeOutput(output, async (partial) => {
      await mkdir(partial);
      const { json, groups } = this.#description;
      const digests = new Map<string, string>();
      const write = async (name: string, bytes: Uint8Array): Promise<void> => {
        digests.set(name, await writeFileDurably(join(partial, name), [bytes]));
      };
      await write(descriptionName, json);
      for (const group of groups) {
        const values = await this.#valuesOf(group);
        let done = 0;
        for (const { name, size } of group.shards) {
          await write(name, values.subarray(done, done + size));
          done += size;
        }
      }
      await syncFolder(partial);
      return digestOfFiles(digests);
    });
  }

  dispose(): void {
    this.#model.dispose();
  }

  async #valuesOf({ weights }: WeightGroup): Promise<Uint8Array> {
    const values = new Float32Array(weights.reduce((sum, { shape }) => sum + sizeOf(shape), 0));
    let filled = 0;
    for (const { name } of weights) {
      const weight = await this.#saved.get(name)?.data<'float32'>();
      if (weight === undefined) throw new RangeError(`no weights "${name}"`);
      values.set(weight, filled);
      filled += weight.length;
    }
    return new Uint8Array(values.buffer);
  }
}

/** Finds each weight of the manifest by the names that TensorFlow.js itself goes by when it loads weights. */
function variablesByManifest(
  model: tfl.LayersModel,
  groups: readonly WeightGroup[],
): Map<string, Variable> {
  const byName = new Map(model.weights.map((weight) => [weight.originalName, variableOf(weight)]));
  const names = groups.flatMap(({ weights }) => weights.map(({ name }) => name));
  return new Map(
    names.map((name) => {
      // TensorFlow 2.2 puts the name of a cell before that of its weight.
      const variable = byName.get(name) ?? byName.get(name.replace(/[^/]*\/([^/]*)$/, '$1'));
      if (variable === undefined) throw corrupt(`nothing uses its weights ${name}`);
      return [name, variable];
    }),
  );
}

function variableOf(weight: tfl.LayerVariable): Variable {
  const variable = weight.read();
  if (isVariable(variable)) return variable;
  throw new TypeError(`the weight ${weight.name} cannot be changed`);
}

function isVariable(tensor: Tensor): tensor is Variable {
  return tensor instanceof tf.Variable;
}

const metadataSchema = z.looseObject({ classNames: z.array(z.string().min(1)) });

function classifierShape(
  model: tfl.LayersModel,
  metadata: unknown,
): Pick<ModelInfo, 'inputShape' | 'classCount' | 'classNames'> {
  const [input, ...otherInputs] = model.inputs.map(({ shape }) => shape);
  const [output, ...otherOutputs] = model.outputs.map(({ shape }) => shape);
  const [batch, height, width, channels] = input;
  const classCount = output[1];
  const single = otherInputs.length + otherOutputs.length === 0;
  const images = input.length === 4 && batch === null && height && width && channels;
  if (!single || !images || output.length !== 2 || !classCount) {
    throw new ProblemError(
      'unsupported-model',
      'The model is no image classifier: it must take images of one fixed size, [null, height, width, channels], and give [null, classes].',
      `inputs ${JSON.stringify(model.inputs.map(({ shape }) => shape))}, outputs ${JSON.stringify(model.outputs.map(({ shape }) => shape))}`,
    );
  }
  const names = metadataSchema.safeParse(metadata).data?.classNames ?? [];
  const usable = names.length === classCount && new Set(names).size === classCount;
  return {
    inputShape: [height, width, channels],
    classCount,
    classNames: usable ? names : null,
  };
}
