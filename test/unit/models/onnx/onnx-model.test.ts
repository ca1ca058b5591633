import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { WireType } from '@bufbuild/protobuf/wire';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  largestSavedDifference,
  openModel,
  type TrainableModel,
} from '../../../../engine/models/models.ts';
import { ModelProtoSchema, type ModelProto } from '../../../../engine/models/onnx/onnx_pb.js';
import { problemOfAsync } from '../../../problem-of.ts';
import { temporaryFolder } from '../../../temporary-folder.ts';
import {
  bytesOf,
  floats,
  floatsAsNumbers,
  integers,
  modelOf,
  node,
  numbers,
  randomFloats,
  type GraphParts,
} from './make-onnx.ts';
import { largestDifference, openBytes } from './run-both.ts';

const statistics = ['scale', 'offset', 'mean', 'variance'];

/** Convolution, batch normalisation, a second convolution of float_data, mean, linear layer from a Constant node. */
function network(parts: Partial<GraphParts> = {}): ModelProto {
  return modelOf({
    nodes: [
      node('Constant', [], 'matrix', { value: randomFloats('', [4, 3], 5) }),
      node('Conv', ['images', 'kernel'], 'c1', { pads: [1, 1, 1, 1] }),
      node('BatchNormalization', ['c1', ...statistics], 'n1', { momentum: { float: 0.75 } }),
      node('Relu', ['n1'], 'r1'),
      node('Conv', ['r1', 'second kernel', 'bias'], 'c2', { strides: [2, 2] }),
      node('GlobalAveragePool', ['c2'], 'pooled'),
      node('Flatten', ['pooled'], 'features'),
      node('MatMul', ['features', 'matrix'], 'product'),
      node('Add', ['product', 'class bias'], 'scores'),
    ],
    initializers: [
      randomFloats('kernel', [4, 2, 3, 3], 1),
      floats('scale', [4], [1, 0.5, 2, 1]),
      floats('offset', [4], [0, 0.1, 0.2, 0.3]),
      floats('mean', [4], [0, 0.5, 0, 0.5]),
      floats('variance', [4], [1, 1, 2, 2]),
      floatsAsNumbers('second kernel', [4, 4, 3, 3], numbers(144, 2)),
      randomFloats('bias', [4], 3),
      randomFloats('class bias', [3], 4),
    ],
    metadata: { names: "{0: 'cat', 1: 'dog', 2: 'owl'}", author: 'nobody' },
    ...parts,
  });
}

function images(count: number): tf.Tensor4D {
  return tf.tensor4d(numbers(count * 72, 8), [count, 6, 6, 2]);
}

function trainOneStep(model: TrainableModel): void {
  const labels = tf.oneHot([0, 1, 2, 1], 3);
  const optimizer = tf.train.sgd(0.5);
  optimizer.minimize(
    () => {
      const scores = model.logits(images(4), { training: true });
      return tf.mean<tf.Scalar>(tf.losses.softmaxCrossEntropy(labels, scores));
    },
    false,
    [...model.variables],
  );
}

function scoresOf(model: TrainableModel): Float32Array {
  return tf.tidy(() => model.logits(images(5), { training: false }).dataSync<'float32'>());
}

describe('an ONNX model', () => {
  it('says what it is', async () => {
    const model = await openBytes(bytesOf(network()));
    expect(model.info).toMatchObject({
      format: 'onnx',
      architecture: 'ONNX graph: 2 Conv, 1 BatchNormalization, 1 MatMul, 1 Add',
      parameters: 72 + 8 + 144 + 4 + 12 + 3,
      inputShape: [6, 6, 2],
      classCount: 3,
      classNames: ['cat', 'dog', 'owl'],
    });
    expect(model.variables).toHaveLength(7);
  });

  it('is saved byte for byte as it came while nothing has changed', async () => {
    const proto = network();
    const unknown = { no: 1000, wireType: WireType.LengthDelimited, data: Uint8Array.of(2, 7, 9) };
    proto.$unknown = [unknown];
    for (const part of [proto.graph, proto.graph?.node[1], proto.graph?.initializer[0]]) {
      if (part !== undefined) part.$unknown = [unknown];
    }
    const bytes = bytesOf(proto);
    const model = await openBytes(bytes);
    const output = join(temporaryFolder(), 'saved.onnx');
    expect(await model.save(output)).toBe(model.info.sha256);
    expect(readFileSync(output).equals(bytes)).toBe(true);
  });

  it('keeps everything but the numbers of weights and running statistics when it is saved', async () => {
    const model = await openBytes(bytesOf(network()));
    trainOneStep(model);
    const output = join(temporaryFolder(), 'saved.onnx');
    await model.save(output);

    const saved = fromBinary(ModelProtoSchema, readFileSync(output));
    const blank = (proto: ModelProto): Uint8Array => {
      const tensors = [...(proto.graph?.initializer ?? []), proto.graph?.node[0].attribute[0].t];
      for (const tensor of tensors) {
        tensor?.rawData.fill(0);
        tensor?.floatData.fill(0);
      }
      return toBinary(ModelProtoSchema, proto);
    };
    const valuesOf = (proto: ModelProto): string[] =>
      (proto.graph?.initializer ?? []).map(({ rawData, floatData }) =>
        [...rawData, ...floatData].join(),
      );
    const original = network();
    valuesOf(saved).forEach((values, index) => {
      expect(values).not.toBe(valuesOf(original)[index]);
    });
    expect(blank(saved)).toEqual(blank(original));
  });

  it('gives the same scores after it was saved, opened again, and run in ONNX Runtime', async () => {
    const model = await openBytes(bytesOf(network()));
    const before = scoresOf(model);
    trainOneStep(model);
    const output = join(temporaryFolder(), 'saved.onnx');
    const sha256 = await model.save(output);
    const reopened = await openModel(output);
    expect(reopened.info.sha256).toBe(sha256);
    expect(scoresOf(reopened)).toEqual(scoresOf(model));
    expect(largestDifference(scoresOf(model), before)).toBeGreaterThan(0.01);
    expect(await largestSavedDifference(model, output, images(40))).toBeLessThan(1e-5);
  });

  it('is found out when what was saved is not what is in memory', async () => {
    const model = await openBytes(bytesOf(network()));
    const output = join(temporaryFolder(), 'saved.onnx');
    await model.save(output);
    trainOneStep(model);
    expect(await largestSavedDifference(model, output, images(4))).toBeGreaterThan(1e-2);
  });

  it('is put back by a snapshot, running statistics and all', async () => {
    const model = await openBytes(bytesOf(network()));
    const before = scoresOf(model);
    const snapshot = await model.snapshot();
    trainOneStep(model);
    model.restore(snapshot);
    expect(scoresOf(model)).toEqual(before);
    trainOneStep(model);
    model.restore(snapshot);
    expect(scoresOf(model)).toEqual(before);
  });

  it('leaves nothing in tensor memory, neither while it runs nor when it is disposed of', async () => {
    const none = tf.memory().numTensors;
    const model = await openBytes(bytesOf(network()));
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

  it('has features that its last linear layer turns into its scores', async () => {
    const model = await openBytes(bytesOf(network()));
    const features = model.activations(images(5), { training: false }).features;
    expect(features.shape).toEqual([5, 4]);
    const matrix = tf.tensor2d(numbers(12, 5), [4, 3]);
    const expected = tf.add(tf.matMul(features, matrix), tf.tensor1d(numbers(3, 4)));
    expect(largestDifference(scoresOf(model), expected.dataSync())).toBeLessThan(1e-5);
  });

  it.each([
    ['the mean over the image', [node('GlobalAveragePool', ['c'], 'p')]],
    [
      'what PyTorch makes of a pooling of just that size',
      [
        node('Relu', ['c'], 'r2'),
        node('Pad', ['r2', 'none'], 'padded'),
        node('AveragePool', ['padded'], 'p', { kernel_shape: [6, 6] }),
      ],
    ],
  ])('has as features what a last 1×1 convolution sees, before %s', async (_, pooling) => {
    const model = await openBytes(
      bytesOf(
        modelOf({
          nodes: [
            node('Relu', ['images'], 'r'),
            node('Conv', ['r', 'kernel'], 'c'),
            ...pooling,
            node('Flatten', ['p'], 'f'),
            node('Softmax', ['f'], 'probabilities'),
          ],
          initializers: [
            floats('kernel', [3, 2, 1, 1], [1, 2, 3, 4, 5, 6]),
            integers('none', [0, 0, 0, 0, 0, 0, 0, 0]),
          ],
        }),
      ),
    );
    const features = model.activations(images(5), { training: false }).features;
    expect(features.shape).toEqual([5, 2]);
    const expected = tf.matMul(features, tf.tensor2d([1, 3, 5, 2, 4, 6], [2, 3]));
    expect(largestDifference(scoresOf(model), expected.dataSync())).toBeLessThan(1e-5);
  });

  it('gives scores before the softmax it ends in, and keeps that in the file', async () => {
    const nodes = network().graph?.node ?? [];
    const withSoftmax = network({
      nodes: [...nodes, node('Softmax', ['scores'], 'probabilities')],
    });
    const model = await openBytes(bytesOf(withSoftmax));
    expect(scoresOf(model)).toEqual(scoresOf(await openBytes(bytesOf(network()))));
    const output = join(temporaryFolder(), 'saved.onnx');
    await model.save(output);
    expect(await largestSavedDifference(model, output, images(4))).toBeLessThan(1e-6);
    expect(readFileSync(output).equals(bytesOf(withSoftmax))).toBe(true);
  });

  it.each([
    [3, [3, 32]],
    [3, [3, -1]],
    [1, [1, -1]],
    [1, [-1, 32]],
  ])('takes any number of images though the file says %i (reshaped to %j)', async (batch, rows) => {
    const nodes = [
      node('Conv', ['images', 'kernel'], 'c'),
      node('Reshape', ['c', 'rows'], 'r'),
      node('MatMul', ['r', 'matrix'], 'scores'),
    ];
    const initializers = [
      randomFloats('kernel', [2, 2, 3, 3], 1),
      integers('rows', rows),
      randomFloats('matrix', [32, 3], 2),
    ];
    const model = await openBytes(
      bytesOf(modelOf({ nodes, initializers, input: [batch, 2, 6, 6] })),
    );
    expect(model.logits(images(5), { training: false }).shape).toEqual([5, 3]);
    const output = join(temporaryFolder(), 'saved.onnx');
    await model.save(output);
    expect(await largestSavedDifference(model, output, images(5))).toBeLessThan(1e-5);
  });
});

describe('training mode', () => {
  it('tells the momentum of its normalisations, also where one is run with a convolution', async () => {
    expect((await openBytes(bytesOf(network()))).momentum).toBe(0.75);
  });

  it('normalises by the batch, and moves the running statistics by its mean and unbiased variance', async () => {
    const model = await openBytes(
      bytesOf(
        modelOf({
          input: ['n', 1, 1, 2],
          nodes: [
            node('BatchNormalization', ['images', ...statistics], 'y', {
              momentum: { float: 0.75 },
              epsilon: { float: 1 },
            }),
            node('Flatten', ['y'], 'f'),
            node('MatMul', ['f', 'matrix'], 'scores'),
          ],
          initializers: [
            floats('scale', [1], [2]),
            floats('offset', [1], [10]),
            floats('mean', [1], [4]),
            floats('variance', [1], [8]),
            floats('matrix', [2, 2], [1, 0, 0, 1]),
          ],
        }),
      ),
    );
    // 1, 3, 5, 7: mean 4, biased variance 5, unbiased 20/3.
    const batch = tf.tensor4d([1, 3, 5, 7], [2, 1, 2, 1]);
    const scores = model.logits(batch, { training: true }).dataSync();
    const expected = [1, 3, 5, 7].map((x) => (2 * (x - 4)) / Math.sqrt(5 + 1) + 10);
    expect(largestDifference(scores, expected)).toBeLessThan(1e-5);
    const [mean, variance] = (await model.snapshot()).slice(-2);
    expect(mean[0]).toBeCloseTo(0.75 * 4 + 0.25 * 4, 5);
    expect(variance[0]).toBeCloseTo(0.75 * 8 + (0.25 * 20) / 3, 5);

    const after = (x: number): number => (2 * (x - mean[0])) / Math.sqrt(variance[0] + 1) + 10;
    const inference = model.logits(batch, { training: false }).dataSync();
    expect(largestDifference(inference, [1, 3, 5, 7].map(after))).toBeLessThan(1e-5);
    expect((await model.snapshot()).slice(-2)).toEqual([mean, variance]);
  });

  it('does not list running statistics among what an optimizer changes', async () => {
    const model = await openBytes(bytesOf(network()));
    const changing = model.variables.length;
    expect(await model.snapshot()).toHaveLength(changing + 2);
  });

  it('drops the same numbers out in every run of the program, and others in every step', async () => {
    const bytes = bytesOf(
      modelOf({
        nodes: [
          node('Dropout', ['images'], 'd'),
          node('Flatten', ['d'], 'f'),
          node('MatMul', ['f', 'matrix'], 'scores'),
        ],
        initializers: [randomFloats('matrix', [72, 3], 1)],
      }),
    );
    const [one, other] = [await openBytes(bytes), await openBytes(bytes)];
    const draw = (model: TrainableModel): Float32Array =>
      model.logits(images(2), { training: true }).dataSync<'float32'>();
    const first = draw(one);
    const second = draw(one);
    expect(second).not.toEqual(first);
    expect([draw(other), draw(other)]).toEqual([first, second]);
    expect(scoresOf(one)).toEqual(scoresOf(other));
  });
});

describe('a weight that several nodes share', () => {
  const nodes = (second: string) => [
    node('Identity', ['kernel'], 'twin'),
    node('Conv', ['images', 'kernel'], 'a', { pads: [1, 1, 1, 1] }),
    node('Relu', ['a'], 'r'),
    node('Conv', ['r', second], 'b'),
    node('Flatten', ['b'], 'f'),
    node('MatMul', ['f', 'matrix'], 'scores'),
  ];
  const initializers = [
    randomFloats('kernel', [2, 2, 3, 3], 1),
    randomFloats('separate', [2, 2, 3, 3], 1),
    randomFloats('matrix', [32, 3], 2),
  ];

  function gradients(model: TrainableModel): Float32Array[] {
    const { grads } = tf.variableGrads(
      () => tf.sum<tf.Scalar>(model.logits(images(2), { training: true })),
      [...model.variables],
    );
    return model.variables.map(({ name }) => grads[name].dataSync<'float32'>());
  }

  it.each(['kernel', 'twin'])(
    'is one variable with the sum of both gradients, named directly or through Identity (%s)',
    async (second) => {
      const shared = await openBytes(bytesOf(modelOf({ nodes: nodes(second), initializers })));
      const apart = await openBytes(bytesOf(modelOf({ nodes: nodes('separate'), initializers })));
      expect([shared.variables.length, apart.variables.length]).toEqual([2, 3]);
      const [both] = gradients(shared);
      const [first, other] = gradients(apart);
      const sum = first.map((value, index) => value + other[index]);
      expect(largestDifference(both, sum)).toBeLessThan(1e-4);
      expect(largestDifference(both, first)).toBeGreaterThan(0.1);
    },
  );

  it('stays one in the file', async () => {
    const bytes = bytesOf(
      modelOf({ nodes: nodes('twin'), initializers: initializers.toSpliced(1, 1) }),
    );
    const model = await openBytes(bytes);
    trainOneStepOn(model);
    const output = join(temporaryFolder(), 'saved.onnx');
    await model.save(output);
    const saved = fromBinary(ModelProtoSchema, readFileSync(output));
    expect(saved.graph?.initializer.map(({ name }) => name)).toEqual(['kernel', 'matrix']);
    expect(saved.graph?.node[0].opType).toBe('Identity');
    expect(await largestSavedDifference(model, output, images(4))).toBeLessThan(1e-5);
  });

  function trainOneStepOn(model: TrainableModel): void {
    const before = scoresOf(model);
    trainOneStep(model);
    expect(largestDifference(before, scoresOf(model))).toBeGreaterThan(0.01);
  }
});

describe('saving', () => {
  it('refuses to overwrite anything, or to take a name that is in use', async () => {
    const model = await openBytes(bytesOf(network()));
    const output = join(temporaryFolder(), 'saved.onnx');
    for (const taken of [output, `${output}.partial`]) {
      writeFileSync(taken, 'mine');
      expect((await problemOfAsync(() => model.save(output))).code).toBe('output-exists');
      expect(readFileSync(taken, 'utf8')).toBe('mine');
    }
  });

  it('says so when the disk does not take the file, and leaves nothing behind', async () => {
    const model = await openBytes(bytesOf(network()));
    const folder = temporaryFolder();
    const output = join(folder, 'nowhere', 'saved.onnx');
    expect((await problemOfAsync(() => model.save(output))).code).toBe('disk-failed');
    const gone = model.variables[0];
    gone.dispose();
    await expect(model.save(join(folder, 'saved.onnx'))).rejects.toThrow();
    expect(existsSync(join(folder, 'saved.onnx'))).toBe(false);
    expect(readdirSync(folder)).toEqual([]);
  });
});
