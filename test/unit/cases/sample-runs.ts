import { createHash } from 'node:crypto';
import type { Threshold } from '../../../engine/protocol/finding.ts';
import type { Accuracy, ErasePlan, EraseResult } from '../../../engine/protocol/protocol.ts';

/** A run as the engine would report it. */
export interface SampleRun {
  readonly plan: ErasePlan;
  readonly result: EraseResult;
}

export const people = [
  'Amara O.', 'Benno K.', 'Chiara L.', 'Dev P.', 'Elif T.', 'Finn W.', 'Grete S.', 'Hugo R.',
  'Ines M.', 'Jonas B.', 'Katya V.', 'Lars H.', 'Mina A.', 'Noor F.', 'Oskar J.', 'Petra Z.',
  'Quentin D.', 'Rosa G.', 'Said N.', 'Tove E.', 'Umberto C.', 'Vera I.', 'Wim Y.', 'Xenia U.',
]; // prettier-ignore

export const cifarClasses = [
  'airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck',
]; // prettier-ignore

export const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

const accuracyThreshold: Threshold = {
  direction: 'at-most',
  limit: 1,
  reach: 5,
  beyond: 'fail',
  basis: 'fixed',
  reason: 'A model that never saw the class names it by chance at most.',
};

/**
 * @param erasedPath where the engine wrote the erased model
 * @param testImages per class
 */
export function sampleRun(
  classNames: readonly string[],
  forget: readonly number[],
  { erasedPath = '/tmp/erased.onnx', testImages = 15 } = {},
): SampleRun {
  const classCount = classNames.length;
  const each = <T>(value: (index: number) => T): T[] => classNames.map((_, index) => value(index));
  const isForgotten = (index: number): boolean => forget.includes(index);
  const retain = each((index) => index).filter((index) => !isForgotten(index));
  const hits = (share: (index: number) => number): Accuracy => {
    const perClass = each((index) => (100 * Math.round(share(index) * testImages)) / testImages);
    const mean = (of: readonly number[]): number =>
      of.reduce((sum, index) => sum + perClass[index], 0) / of.length;
    return { perClass, forget: mean(forget), retain: mean(retain) };
  };
  const wobble = (index: number): number => ((index * 37) % 11) / 100;
  const counts = each(() => testImages);
  const plan: ErasePlan = {
    model: {
      format: 'onnx',
      sha256: hash('model'),
      architecture: 'ONNX graph: 20 Conv, 20 BatchNormalization, 17 Relu, 1 Gemm',
      parameters: 11_173_962,
      inputShape: [48, 48, 3],
      classCount,
      classNames: [...classNames],
    },
    data: {
      source: 'image-folder',
      classNames: [...classNames].sort(),
      counts: { train: each(() => 40), test: counts },
      imageShape: [48, 48, 3],
      digest: hash('data'),
    },
    classNames: [...classNames],
    forget: [...forget],
    retain,
    retainSample: each((index) => (isForgotten(index) ? 0 : 40)),
    preprocessing: { name: 'zero-to-one', mean: [0], std: [1] },
    preprocessingTrials: [{ name: 'zero-to-one', accuracy: 99.2 }],
    recipe: {
      name: 'paper',
      seed: 7,
      batchSize: 256,
      noise: { batchSize: 256, steps: 40, learningRate: 0.1, decay: 0.1 },
      impair: { noiseCopies: 20, retainPerClass: 1000, epochs: 1, learningRate: 0.02 },
      repair: { retainPerClass: 1000, epochs: 1, learningRate: 0.01 },
    },
    recipeReason: null,
    reference: null,
    thresholds: {
      version: 1,
      original: hash('model'),
      reference: null,
      forget: [...forget],
      seed: 7,
      relearningRate: null,
      limits: [
        {
          name: 'forget-accuracy',
          required: true,
          threshold: accuracyThreshold,
          absence: null,
          original: 98.2,
          reference: null,
        },
      ],
    },
    accelerator: {
      name: 'onnxruntime',
      version: '1.30.0',
      threads: 2,
      device: { kind: 'cpu', name: 'Example Processor' },
      selfTest: { passed: true, largestDifference: 2.4e-7 },
    },
  };
  const result: EraseResult = {
    type: 'erase',
    before: hits((index) => 1 - wobble(index) / 2),
    impaired: hits((index) => (isForgotten(index) ? 0 : 0.6 - wobble(index))),
    after: hits((index) => (isForgotten(index) ? 0 : 0.98 - wobble(index))),
    reads: {
      preprocessing: each(() => 20),
      impair: each((index) => (isForgotten(index) ? 0 : 40)),
      repair: each((index) => (isForgotten(index) ? 0 : 40)),
      measure: each(() => 3 * testImages),
    },
    findings: [
      {
        outcome: 'pass',
        name: 'forget-accuracy',
        required: true,
        sentence: 'The model recognises 0.0% of test images of the erased class.',
        measurement: { value: 0, unit: 'percent', interval: [0, 0.4], samples: 15, figures: [] },
        threshold: accuracyThreshold,
      },
    ],
    verdict: {
      value: 'INCONCLUSIVE',
      comparedWith: 'original',
      reason: 'Too little was measured to give a verdict of pass.',
    },
    account: ['Impaired at a rate of 0.002.'],
    imagesReadOfForgetClasses: 0,
    seconds: { noise: 3.1, impair: 7.25, repair: 4.5, total: 21.75 },
    peakBytes: 1_310_720_000,
    erased: { path: erasedPath, sha256: hash('erased'), largestLogitDifference: 1.9e-5 },
  };
  return { plan, result };
}
