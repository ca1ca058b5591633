import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { largestSavedDifference, type TrainableModel } from '../../../../engine/models/models.ts';
import { ModelProtoSchema } from '../../../../engine/models/onnx/onnx_pb.js';
import { Adam } from '../../../../engine/operations/adam.ts';
import { softmaxCrossEntropy } from '../../../../engine/operations/softmax-cross-entropy.ts';
import { startOnnxruntime } from '../../accelerators/comparison.ts';
import { temporaryFolder } from '../../../temporary-folder.ts';
import { bytesOf, modelOf, node, numbers } from './make-onnx.ts';
import { invertedResidual, transformer, transformerParameters } from './networks.ts';
import { largestDifference, openBytes } from './run-both.ts';

function images(model: TrainableModel, count: number): tf.Tensor4D {
  const [height, width, channels] = model.info.inputShape;
  return tf.tensor4d(numbers(count * height * width * channels, 8), [
    count,
    height,
    width,
    channels,
  ]);
}

function lossOf(model: TrainableModel, count: number): tf.Scalar {
  const labels = tf.tensor1d(
    Array.from({ length: count }, (_, index) => index % 5),
    'int32',
  );
  return softmaxCrossEntropy(model.logits(images(model, count), { training: true }), labels);
}

/** @returns the loss before each step */
function train(model: TrainableModel, steps: number): number[] {
  const optimizer = new Adam(model.variables, { learningRate: 0.01 });
  const losses = Array.from({ length: steps }, () =>
    tf.tidy(() => {
      const { value, grads } = tf.variableGrads(() => lossOf(model, 5), [...model.variables]);
      optimizer.apply(model.variables.map(({ name }) => grads[name]));
      return value.dataSync()[0];
    }),
  );
  optimizer.dispose();
  return losses;
}

describe('an inverted residual of MobileNetV2', () => {
  const bytes = bytesOf(modelOf(invertedResidual()));

  it('is described by all its layers, also by those that run as one', async () => {
    const { info } = await openBytes(bytes);
    expect(info.architecture).toBe('ONNX graph: 3 Conv, 3 BatchNormalization, 1 Gemm');
  });

  it('learns on onnxruntime, where layers run as one, as on cpu', async () => {
    await tf.setBackend('cpu');
    const expected = train(await openBytes(bytes), 5);
    const backend = startOnnxruntime();
    const actual = train(await openBytes(bytes), 5);
    actual.forEach((loss, step) => {
      expect(loss).toBeCloseTo(expected[step], 4);
    });
    expect(backend.graphs).toContainEqual(expect.stringMatching(/^normalized projection /));
    await tf.setBackend('cpu');
  });
});

describe.each([
  ['a vision transformer', () => transformer({ decomposed: false })],
  ['a vision transformer of an older operator set', () => transformer({ decomposed: true })],
  ['an inverted residual of MobileNetV2', invertedResidual],
])('%s', (_, parts) => {
  const bytes = bytesOf(modelOf(parts()));

  it('learns, and gives the same scores in ONNX Runtime after it was saved', async () => {
    const model = await openBytes(bytes);
    const output = join(temporaryFolder(), 'untrained.onnx');
    await model.save(output);
    expect(readFileSync(output).equals(bytes)).toBe(true);
    expect(await largestSavedDifference(model, output, images(model, 7))).toBeLessThan(1e-5);
    const before = tf.memory().numTensors;
    const losses = train(model, 40);
    expect(tf.memory().numTensors).toBe(before);
    expect(losses[39]).toBeLessThan(0.7 * losses[0]);
    const trained = join(temporaryFolder(), 'trained.onnx');
    await model.save(trained);
    expect(await largestSavedDifference(model, trained, images(model, 7))).toBeLessThan(1e-5);
  });

  it('keeps all but the values of what was learnt when it is saved', async () => {
    const model = await openBytes(bytes);
    train(model, 1);
    const output = join(temporaryFolder(), 'saved.onnx');
    await model.save(output);
    const [original, saved] = [Uint8Array.from(bytes), readFileSync(output)].map((each) =>
      fromBinary(ModelProtoSchema, each),
    );
    const changed = (saved.graph?.initializer ?? []).flatMap(({ name, rawData }, index) =>
      Buffer.compare(rawData, original.graph?.initializer[index].rawData ?? rawData) === 0
        ? []
        : [name],
    );
    const learnt = (original.graph?.initializer ?? [])
      .filter(({ rawData }) => rawData.length > 4)
      .map(({ name }) => name);
    expect(changed).toEqual(learnt);
    for (const { graph } of [original, saved]) {
      for (const tensor of graph?.initializer ?? []) tensor.rawData.fill(0);
    }
    expect(toBinary(ModelProtoSchema, saved)).toEqual(toBinary(ModelProtoSchema, original));
  });

  it('has gradients that are the slopes of its loss', async () => {
    const model = await openBytes(bytes);
    const loss = (): tf.Scalar => tf.tidy(() => lossOf(model, 4));
    const { grads } = tf.variableGrads(loss, [...model.variables]);
    model.variables.forEach((variable, index) => {
      const direction = tf.tensor(numbers(variable.size, index), variable.shape);
      const start = tf.clone(variable);
      const at = (distance: number): number => {
        variable.assign(tf.add(start, tf.mul(direction, distance)));
        return loss().dataSync()[0];
      };
      const measured = (at(1e-2) - at(-1e-2)) / 2e-2;
      variable.assign(start);
      const differentiated = tf.sum(tf.mul(grads[variable.name], direction)).dataSync()[0];
      expect(differentiated).toBeCloseTo(measured, 2);
    });
  });
});

describe('a vision transformer', () => {
  it.each([true, false])('has all its weights in training (decomposed: %s)', async (decomposed) => {
    const { info } = await openBytes(bytesOf(modelOf(transformer({ decomposed }))));
    expect(info.parameters).toBe(transformerParameters);
    expect(info.architecture).toContain('3 LayerNormalization');
  });

  it('has the class token as its features', async () => {
    const model = await openBytes(bytesOf(modelOf(transformer({ decomposed: false }))));
    expect(model.activations(images(model, 4), { training: false }).features.shape).toEqual([4, 6]);
  });

  it('is the same model whether its layer normalisation and GELU are one node each or many', async () => {
    const [whole, decomposed] = await Promise.all(
      [false, true].map(async (decomposed) => {
        const model = await openBytes(bytesOf(modelOf(transformer({ decomposed }))));
        return model.logits(images(model, 3), { training: false }).dataSync();
      }),
    );
    expect(largestDifference(whole, decomposed)).toBeLessThan(1e-5);
  });

  it('keeps a composition of which something else needs a part', async () => {
    const parts = transformer({ decomposed: true });
    const model = await openBytes(
      bytesOf(
        modelOf({
          ...parts,
          nodes: [
            ...parts.nodes.slice(0, -1),
            node('ReduceMean', ['n1 deviation'], 'spread', { axes: [1] }),
            node('Squeeze', ['spread', 'list 1'], 'column'),
            node('Add', ['class features', 'column'], 'sum'),
            node('Gemm', ['sum', 'head weight', 'head bias'], 'logits', { transB: 1 }),
          ],
        }),
      ),
    );
    expect(model.info.architecture).toContain('2 LayerNormalization');
    const output = join(temporaryFolder(), 'saved.onnx');
    await model.save(output);
    expect(await largestSavedDifference(model, output, images(model, 3))).toBeLessThan(1e-5);
  });
});
