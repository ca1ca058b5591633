import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import {
  largestSavedDifference,
  openModel,
  type TrainableModel,
} from '../../../../engine/models/models.ts';
import { problemOfAsync } from '../../../problem-of.ts';
import { temporaryFolder } from '../../../temporary-folder.ts';
import { numbers } from '../onnx/make-onnx.ts';
import {
  filesOf,
  functionalModel,
  jsonOf,
  sequentialModel,
  writeFolder,
  type Files,
} from './make-folder.ts';

function images(count: number): tf.Tensor4D {
  return tf.tensor4d(numbers(count * 72, 8), [count, 6, 6, 2]);
}

function scoresOf(model: TrainableModel): Float32Array {
  return tf.tidy(() => model.logits(images(5), { training: false }).dataSync<'float32'>());
}

function trainOneStep(model: TrainableModel): void {
  const labels = tf.oneHot([0, 1, 2, 1], 3);
  tf.train.sgd(0.5).minimize(
    () => {
      const scores = model.logits(images(4), { training: true });
      return tf.mean<tf.Scalar>(tf.losses.softmaxCrossEntropy(labels, scores));
    },
    false,
    [...model.variables],
  );
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Array.from(a).reduce(
    (most, value, index) => Math.max(most, Math.abs(value - b[index])),
    0,
  );
}

/** What TensorFlow.js makes of the files by itself, without any of the engine's code. */
async function plainProbabilities(folder: string): Promise<Float32Array> {
  const { modelTopology, weightsManifest } = jsonOf(
    readFileSync(join(folder, 'model.json'), 'utf8'),
  );
  const shards = weightsManifest.flatMap(({ paths }) => paths);
  const weightData = Uint8Array.from(
    Buffer.concat(shards.map((name) => readFileSync(join(folder, name)))),
  ).buffer;
  const weightSpecs = weightsManifest.flatMap(({ weights }) => weights);
  const model = await tfl.loadLayersModel({
    load: () => Promise.resolve({ modelTopology, weightSpecs, weightData }),
  });
  const outputs = model.predict(images(5));
  if (!(outputs instanceof tf.Tensor)) throw new TypeError('one output expected');
  return outputs.dataSync<'float32'>();
}

describe('a TensorFlow.js model', () => {
  it('says what it is, opened by its folder or its model.json', async () => {
    const folder = writeFolder(filesOf(sequentialModel()));
    const model = await openModel(folder);
    expect(model.info).toMatchObject({
      format: 'tfjs-layers',
      architecture: 'TensorFlow.js layers: 1 Conv2D, 1 BatchNormalization, 1 Dense',
      parameters: 72 + 4 + 8 + 48 + 3,
      inputShape: [6, 6, 2],
      classCount: 3,
      classNames: ['cat', 'dog', 'owl'],
    });
    expect((await openModel(join(folder, 'model.json'))).info).toEqual(model.info);
  });

  it.each([
    ['sequential', sequentialModel],
    ['functional, with a model inside', functionalModel],
  ])('gives scores before the softmax it ends in (%s)', async (_, make) => {
    const folder = writeFolder(filesOf(make()));
    const model = await openModel(folder);
    const probabilities = tf.softmax(tf.tensor2d(scoresOf(model), [5, 3])).dataSync();
    expect(largestDifference(probabilities, await plainProbabilities(folder))).toBeLessThan(1e-6);
    const sums = tf.sum(tf.tensor2d(scoresOf(model), [5, 3]), 1).dataSync();
    expect(sums.every((sum) => Math.abs(sum - 1) > 1e-3)).toBe(true);
  });

  it('trains layers that were frozen', async () => {
    const model = await openModel(writeFolder(filesOf(functionalModel())));
    expect(model.variables).toHaveLength(4);
    expect(model.info.parameters).toBe(36 + 2 + 6 + 3);
  });

  it('is saved byte for byte as it came while nothing has changed', async () => {
    const folder = writeFolder(filesOf(sequentialModel(), 100));
    const model = await openModel(folder);
    const output = join(temporaryFolder(), 'saved');
    expect(await model.save(output)).toBe(model.info.sha256);
    expect(readdirSync(output).sort()).toEqual(readdirSync(folder).sort());
    for (const name of readdirSync(folder)) {
      expect(readFileSync(join(output, name)).equals(readFileSync(join(folder, name)))).toBe(true);
    }
  });

  it.each([
    ['sequential', sequentialModel],
    ['functional, with a model inside', functionalModel],
  ])('is loaded by TensorFlow.js itself after training and saving (%s)', async (_, make) => {
    const folder = writeFolder(filesOf(make()));
    const model = await openModel(folder);
    const before = scoresOf(model);
    trainOneStep(model);
    expect(largestDifference(scoresOf(model), before)).toBeGreaterThan(0.01);
    const output = join(temporaryFolder(), 'saved');
    const sha256 = await model.save(output);
    expect(readFileSync(join(output, 'model.json'))).toEqual(
      readFileSync(join(folder, 'model.json')),
    );
    const probabilities = tf.softmax(tf.tensor2d(scoresOf(model), [5, 3])).dataSync();
    expect(largestDifference(probabilities, await plainProbabilities(output))).toBeLessThan(1e-6);
    expect(await largestSavedDifference(model, output, images(40))).toBeLessThan(1e-6);
    const reopened = await openModel(output);
    expect(reopened.info.sha256).toBe(sha256);
    expect(scoresOf(reopened)).toEqual(scoresOf(model));
  });

  it('is found out when what was saved is not what is in memory', async () => {
    const model = await openModel(writeFolder(filesOf(sequentialModel())));
    const output = join(temporaryFolder(), 'saved');
    await model.save(output);
    trainOneStep(model);
    expect(await largestSavedDifference(model, output, images(4))).toBeGreaterThan(1e-3);
  });

  it('is put back by a snapshot, running statistics and all', async () => {
    const model = await openModel(writeFolder(filesOf(sequentialModel())));
    const before = scoresOf(model);
    const snapshot = await model.snapshot();
    trainOneStep(model);
    model.restore(snapshot);
    expect(scoresOf(model)).toEqual(before);
  });

  it('has features that its last linear layer turns into its scores', async () => {
    const model = await openModel(writeFolder(filesOf(sequentialModel())));
    const features = model.activations(images(5), { training: false }).features;
    expect(features.shape).toEqual([5, 16]);
    const [kernel, bias] = model.variables.slice(-2);
    const expected = tf.add(tf.matMul(features, tf.reshape<tf.Rank.R2>(kernel, [16, 3])), bias);
    expect(largestDifference(scoresOf(model), expected.dataSync())).toBeLessThan(1e-5);
    const convolutional = await openModel(writeFolder(filesOf(functionalModel())));
    expect(convolutional.activations(images(5), { training: false }).features.shape).toEqual([
      5, 2,
    ]);
  });

  it('normalises by the batch in training, and moves the running statistics by its mean and unbiased variance', async () => {
    const source = tfl.sequential({
      layers: [
        tfl.layers.batchNormalization({ inputShape: [1, 2, 1], momentum: 0.75, epsilon: 1 }),
        tfl.layers.flatten(),
        tfl.layers.dense({ units: 2, kernelInitializer: 'identity' }),
      ],
    });
    const model = await openModel(writeFolder(filesOf(source)));
    expect(model.momentum).toBe(0.75);
    // 1, 3, 5, 7: mean 4, biased variance 5, unbiased 20/3; the running ones begin at 0 and 1.
    const batch = tf.tensor4d([1, 3, 5, 7], [2, 1, 2, 1]);
    const { value } = tf.variableGrads(
      () => tf.mean<tf.Scalar>(model.logits(batch, { training: true })),
      [...model.variables],
    );
    expect(value.dataSync()[0]).toBeCloseTo(0, 5);
    const scores = model.logits(batch, { training: false }).dataSync();
    const [mean, variance] = [0.25 * 4, 0.75 + (0.25 * 20) / 3];
    const expected = [1, 3, 5, 7].map((x) => (x - mean) / Math.sqrt(variance + 1));
    expect(largestDifference(scores, expected)).toBeLessThan(1e-5);
  });

  it('drops the same numbers out in every run of the program, and others in every step', async () => {
    const folder = writeFolder(filesOf(sequentialModel()));
    const [one, other] = [await openModel(folder), await openModel(folder)];
    const draw = (model: TrainableModel): Float32Array =>
      model.logits(images(2), { training: true }).dataSync<'float32'>();
    const first = draw(one);
    const second = draw(one);
    expect(second).not.toEqual(first);
    expect([draw(other), draw(other)]).toEqual([first, second]);
  });

  it('leaves nothing in tensor memory, neither while it runs nor when it is disposed of', async () => {
    const folder = writeFolder(filesOf(sequentialModel()));
    const none = tf.memory().numTensors;
    const model = await openModel(folder);
    const batch = images(4);
    const idle = tf.memory().numTensors;
    model.logits(batch, { training: false }).dispose();
    model.logits(batch, { training: true }).dispose();
    tf.dispose({ ...model.activations(batch, { training: false }) });
    expect(tf.memory().numTensors).toBe(idle);
    model.dispose();
    batch.dispose();
    expect(tf.memory().numTensors).toBe(none);
  });

  it('is not written over anything, nor half', async () => {
    const model = await openModel(writeFolder(filesOf(sequentialModel())));
    const folder = temporaryFolder();
    const output = join(folder, 'saved');
    mkdirSync(output);
    expect((await problemOfAsync(() => model.save(output))).code).toBe('output-exists');
    expect(readdirSync(output)).toEqual([]);
    const nowhere = join(folder, 'nowhere', 'saved');
    expect((await problemOfAsync(() => model.save(nowhere))).code).toBe('disk-failed');
    expect(readdirSync(folder)).toEqual(['saved']);
  });
});

describe('a folder that lies about what it holds is refused:', () => {
  function changed(change: (files: Files) => void): Promise<{ code: string; sentence: string }> {
    const files = filesOf(sequentialModel());
    change(files);
    const folder = writeFolder(files);
    return problemOfAsync(() => openModel(folder));
  }
  const firstShard = ({ shards }: Files): string => [...shards.keys()][0];

  it.each<[string, string, (files: Files) => void]>([
    [
      'a shard cut short',
      'corrupt-model',
      (files) => files.shards.set(firstShard(files), new Uint8Array(8)),
    ],
    [
      'a shard that is too long',
      'corrupt-model',
      (files) => files.shards.set(firstShard(files), new Uint8Array(2000)),
    ],
    [
      'weights larger than their shards',
      'corrupt-model',
      ({ json }) => {
        json.weightsManifest[0].weights[0].shape = [3, 3, 2 ** 20, 2 ** 20];
      },
    ],
    [
      'a layer wider than any weights',
      'corrupt-model',
      ({ json }) => {
        changeLayer(json, 'dense', { units: 2 ** 30 });
      },
    ],
    [
      'a layer with fewer channels than its weights',
      'corrupt-model',
      ({ json }) => {
        changeLayer(json, 'conv', { filters: 3 });
      },
    ],
    [
      'weights of no layer',
      'corrupt-model',
      ({ json }) => (json.weightsManifest[0].weights[0].name = 'other/kernel'),
    ],
    [
      'weights named twice',
      'corrupt-model',
      ({ json }) => (json.weightsManifest[0].weights[1].name = 'conv/kernel'),
    ],
    [
      'a file named twice',
      'corrupt-model',
      ({ json }) => json.weightsManifest[0].paths.push('Model.json'),
    ],
    ['no layers', 'corrupt-model', ({ json }) => (json.modelTopology.config.layers = [])],
    ['no weights', 'corrupt-model', ({ json }) => (json.weightsManifest = [])],
    ['a graph model', 'unsupported-model', ({ json }) => (json.format = 'graph-model')],
    [
      'quantized weights',
      'unsupported-model',
      ({ json }) =>
        (json.weightsManifest[0].weights[0].quantization = { dtype: 'uint8', scale: 1, min: 0 }),
    ],
    [
      'weights of whole numbers',
      'unsupported-model',
      ({ json }) => (json.weightsManifest[0].weights[0].dtype = 'int32'),
    ],
    [
      'the state of an optimizer',
      'unsupported-model',
      ({ json }) => (json.weightsManifest[0].weights[0].group = 'optimizer'),
    ],
    ['a missing shard', 'no-such-file', ({ shards }) => shards.clear()],
  ])('%s', async (_, code, change) => {
    const problem = await changed(change);
    expect(problem.code).toBe(code);
  });

  it.each([
    '../weights.bin',
    '/etc/passwd',
    'sub/weights.bin',
    'https://example.com/w.bin',
    '..',
    'a\\b',
    'c:w',
  ])('weights said to be at %s', async (path) => {
    const problem = await changed(({ json }) => {
      json.weightsManifest[0].paths[0] = path;
    });
    expect(problem.code).toBe('unsupported-model');
    expect(problem.sentence).toContain(JSON.stringify(path));
  });

  it('a link that leads out of the folder', async () => {
    const files = filesOf(sequentialModel());
    const name = firstShard(files);
    const outside = join(temporaryFolder(), 'outside.bin');
    writeFileSync(outside, files.shards.get(name) ?? '');
    files.shards.delete(name);
    const folder = writeFolder(files);
    symlinkSync(outside, join(folder, name));
    const problem = await problemOfAsync(() => openModel(folder));
    expect(problem.code).toBe('unsupported-model');
    expect(problem.sentence).toContain('link');
  });

  it('a model.json that is no JSON, or nests without end', async () => {
    const folder = writeFolder(filesOf(sequentialModel()));
    for (const text of [
      '{',
      '\0',
      '['.repeat(1e6),
      `{"modelTopology":${'['.repeat(1e5)}${']'.repeat(1e5)}}`,
    ]) {
      writeFileSync(join(folder, 'model.json'), text);
      expect((await problemOfAsync(() => openModel(folder))).code).toBe('corrupt-model');
    }
  });

  it.each([
    ['weights of no layer', { name: 'other/kernel' }],
    ['weights of another shape', { shape: [3, 3, 4, 2] }],
  ])('and leaves nothing in tensor memory (%s)', async (_, change) => {
    const files = filesOf(sequentialModel());
    Object.assign(files.json.weightsManifest[0].weights[0], change);
    const folder = writeFolder(files);
    const none = tf.memory().numTensors;
    expect((await problemOfAsync(() => openModel(folder))).code).toBe('corrupt-model');
    expect(tf.memory().numTensors).toBe(none);
  });
});

describe('a layer that cannot be trained is named:', () => {
  it.each<[string, string, Record<string, unknown>, string?]>([
    ['conv', 'Lambda', {}, 'Lambda'],
    ['relu', 'MyOwnLayer', {}, 'MyOwnLayer'],
    ['relu', 'GaussianNoise', { stddev: 1 }, 'GaussianNoise'],
    ['conv', 'dilated', { dilation_rate: [2, 2] }],
    ['conv', 'channels first', { data_format: 'channels_first' }],
    ['drop', 'noise shape', { noise_shape: [1, 2] }],
    ['norm', 'normalises along another axis', { axis: 1 }],
  ])('%s (%s)', async (layer, _, config, className) => {
    const files = filesOf(sequentialModel());
    changeLayer(files.json, layer, config, className);
    const folder = writeFolder(files);
    const problem = await problemOfAsync(() => openModel(folder));
    // Batch normalisation over rows instead of channels needs weights of another shape, which is found first.
    expect(['unsupported-layer', ...(layer === 'norm' ? ['corrupt-model'] : [])]).toContain(
      problem.code,
    );
    if (layer !== 'norm') expect(problem.sentence).toContain(`"${layer}"`);
  });

  it('also inside of a model inside', async () => {
    const files = filesOf(functionalModel());
    const text = JSON.stringify(files.json).replace('"class_name":"Add"', '"class_name":"Lambda"');
    const folder = writeFolder({ ...files, json: jsonOf(text) });
    const problem = await problemOfAsync(() => openModel(folder));
    expect(problem.code).toBe('unsupported-layer');
    expect(problem.sentence).toContain('"sum" (Lambda)');
  });

  it('and so is what is no classifier of images', async () => {
    const rows = tfl.sequential({ layers: [tfl.layers.dense({ units: 3, inputShape: [5] })] });
    const maps = tfl.sequential({
      layers: [tfl.layers.conv2d({ filters: 3, kernelSize: 3, inputShape: [6, 6, 2] })],
    });
    const open = tfl.sequential({
      layers: [
        tfl.layers.conv2d({ filters: 3, kernelSize: 3, inputShape: [null, null, 2] }),
        tfl.layers.globalAveragePooling2d({}),
      ],
    });
    for (const model of [rows, maps, open]) {
      const folder = writeFolder(filesOf(model));
      expect((await problemOfAsync(() => openModel(folder))).code).toBe('unsupported-model');
    }
  });
});

function changeLayer(
  json: Files['json'],
  name: string,
  change: Record<string, unknown>,
  className?: string,
): void {
  const layer = json.modelTopology.config.layers.find((each) => each.config.name === name);
  if (layer === undefined) throw new Error(`no layer ${name}`);
  Object.assign(layer.config, change);
  layer.class_name = className ?? layer.class_name;
}
