import * as tf from '@tensorflow/tfjs-core';
import { Adam } from '../operations/adam.ts';
import { batchNormalizationTraining } from '../operations/batch-normalization.ts';
import { softmaxCrossEntropy } from '../operations/softmax-cross-entropy.ts';
import { variableGradients } from '../operations/variable-gradients.ts';
import type { AcceleratorName, SelfTest } from '../protocol/protocol.ts';

/**
 * Two right implementations of float32 end within 10⁻⁶ of each other here; a wrong kernel is off by the size of the steps,
 * 10⁻² each.
 */
const TOLERANCE = 1e-4;

const STEPS = 2;
const BATCH = 4;
const SIZE = 16;
/** One channel, because the filter gradient of `cpu` is slow. */
const CHANNELS = 1;
/** So many that an accelerator takes the first feature maps on, rather than leave them to `cpu`. */
const FILTERS = 16;
const CLASSES = 5;

/**
 * Trains a tiny network for a few steps on an accelerator and on `cpu`, and compares the weights. Leaves `candidate` set.
 * `cpu` is what others are compared with, and passes.
 * @param candidate an accelerator that is registered
 */
export async function selfTest(candidate: AcceleratorName): Promise<SelfTest> {
  if (candidate === 'cpu') {
    await tf.setBackend('cpu');
    return { passed: true, largestDifference: 0 };
  }
  const expected = await trainOn('cpu');
  const actual = await trainOn(candidate);
  const differences = expected.map((value, index) => Math.abs(value - actual[index]));
  const largestDifference = differences.reduce((largest, each) => Math.max(largest, each), 0);
  return Number.isFinite(largestDifference)
    ? { passed: largestDifference <= TOLERANCE, largestDifference }
    : { passed: false, largestDifference: Number.MAX_VALUE };
}

/** @returns all trained weights, one after the other */
async function trainOn(name: AcceleratorName): Promise<Float32Array> {
  if (!(await tf.setBackend(name))) throw new Error(`the backend ${name} did not start`);
  const weights = tf.tidy(() => {
    const images = normal<tf.Rank.R4>([BATCH, SIZE, SIZE, CHANNELS], 1, 1);
    const labels = tf.tensor1d(
      Array.from({ length: BATCH }, (_, index) => index % CLASSES),
      'int32',
    );
    const first = tf.variable(normal<tf.Rank.R4>([3, 3, CHANNELS, FILTERS], 0.2, 2));
    const scale = tf.variable(tf.ones<tf.Rank.R1>([FILTERS]));
    const offset = tf.variable(tf.zeros<tf.Rank.R1>([FILTERS]));
    const second = tf.variable(normal<tf.Rank.R4>([3, 3, FILTERS, FILTERS], 0.1, 3));
    const dense = tf.variable(normal<tf.Rank.R2>([FILTERS * (SIZE / 4) ** 2, CLASSES], 0.1, 4));
    const variables = [first, scale, offset, second, dense];

    const loss = (): tf.Scalar => {
      const convolved = tf.conv2d(images, first, 1, 'same');
      const { y } = batchNormalizationTraining(convolved, scale, offset, { epsilon: 1e-5 });
      const pooled = tf.maxPool(tf.relu(y), 2, 2, 'valid');
      const features = tf.relu(tf.conv2d(pooled, second, 2, 'same'));
      const logits = tf.matMul<tf.Tensor2D>(tf.reshape(features, [BATCH, -1]), dense);
      return softmaxCrossEntropy(logits, labels);
    };

    // A large ε keeps Adam from blowing rounding errors of small gradients up to whole steps.
    const optimizer = new Adam(variables, { learningRate: 0.01, epsilon: 1e-2 });
    for (let step = 0; step < STEPS; step++) {
      tf.tidy(() => {
        optimizer.apply(variableGradients(loss, variables).gradients);
      });
    }
    optimizer.dispose();
    const weights = tf.concat(variables.map((variable) => tf.reshape(variable, [-1])));
    tf.dispose(variables);
    return weights;
  });
  try {
    return await weights.data<'float32'>();
  } finally {
    weights.dispose();
  }
}

function normal<R extends tf.Rank>(
  shape: tf.ShapeMap[R],
  deviation: number,
  seed: number,
): tf.Tensor<R> {
  return tf.randomNormal<R>(shape, 0, deviation, 'float32', seed);
}
