import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { selectAccelerator } from '../../../engine/accelerators/accelerators.ts';
import { openDataset } from '../../../engine/data/data.ts';
import { MatchedData, matchClasses } from '../../../engine/data/matched-data.ts';
import { parsePreprocessing } from '../../../engine/data/preprocessing.ts';
import { openModel } from '../../../engine/models/models.ts';
import type { ModelInfo } from '../../../engine/protocol/protocol.ts';
import {
  collectEvidence,
  collectingSteps,
  outputsOf,
  sampleImages,
  type Evidence,
} from '../../../engine/verify/evidence.ts';
import { problemOf } from '../../problem-of.ts';
import { sampleModel, samplePictures } from '../../sample.ts';
import { addToScore } from './cheats.ts';

const model = (classCount: number, classNames: string[] | null): ModelInfo => ({
  format: 'onnx',
  sha256: '0'.repeat(64),
  architecture: 'any',
  parameters: 1,
  inputShape: [8, 8, 3],
  classCount,
  classNames,
});

describe("a model's outputs", () => {
  const names = ['a', 'b', 'c', 'd'];

  it('are the classes that they are named after, in whatever order', () => {
    expect(outputsOf(model(4, ['d', 'a', 'b', 'c']), names, [1])).toEqual([3, 0, 1, 2]);
    expect(outputsOf(model(3, ['c', 'a', 'd']), names, [1])).toEqual([2, 0, 3]);
  });

  it('without names are all the classes, or those that were kept', () => {
    expect(outputsOf(model(4, null), names, [1])).toEqual([0, 1, 2, 3]);
    expect(outputsOf(model(3, null), names, [1])).toEqual([0, 2, 3]);
  });

  it('that are of other classes are refused', () => {
    for (const other of [model(5, null), model(2, ['a', 'b']), model(4, ['a', 'b', 'c', 'x'])])
      expect(problemOf(() => outputsOf(other, names, [1])).code).toBe('classes-do-not-match');
  });
});

describe('evidence', () => {
  beforeAll(async () => {
    await selectAccelerator('onnxruntime');
  });

  async function collected(bias: number): Promise<{ evidence: Evidence; steps: number }> {
    const people = await openModel(sampleModel);
    const { inputShape } = people.info;
    const options = { imageShape: inputShape, resize: false, seed: 0 };
    const dataset = await openDataset(samplePictures, options);
    const match = matchClasses(people.info, dataset.info);
    const data = new MatchedData(dataset, match, parsePreprocessing('zero-to-one'));
    const sample = sampleImages(data, [0], [1, 2], 5);
    await addToScore(people, 0, bias);
    const before = tf.memory().numTensors;
    const settings = { outputs: [...match.classNames.keys()], classCount: 24 };
    const collecting = collectEvidence(people, data, sample, settings);
    let steps = 0;
    for (;;) {
      const step = await collecting.next();
      if (step.done === true) {
        expect(tf.memory().numTensors).toBe(before);
        expect(steps).toBe(collectingSteps(sample));
        expect(Object.keys(dataset.reads)).toEqual(['measure']);
        people.dispose();
        await dataset.close();
        return { evidence: step.value, steps };
      }
      steps++;
    }
  }

  it('is of the images of the classes asked for, the same ones each time', async () => {
    const { evidence } = await collected(0);
    expect(evidence.test.labels).toHaveLength(3 * 15);
    expect(evidence.train.labels).toHaveLength(3 * 40);
    expect(evidence.test.logits).toHaveLength(3 * 15 * 24);
    expect(evidence.test.features).toHaveLength(3 * 15 * 96);
    expect((await collected(0)).evidence).toEqual(evidence);
  });

  it('holds no number that nothing can be computed with', async () => {
    const { evidence } = await collected(NaN);
    expect([...evidence.test.logits].some(Number.isNaN)).toBe(false);
    expect(evidence.test.logits[0]).toBe(-Infinity);
  });
});
