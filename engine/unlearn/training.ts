import * as tf from '@tensorflow/tfjs-core';
import type { TrainableModel } from '../models/models.ts';
import { Adam } from '../operations/adam.ts';
import { softmaxCrossEntropy } from '../operations/softmax-cross-entropy.ts';
import { variableGradients } from '../operations/variable-gradients.ts';
import { shuffled } from '../random.ts';

/** One batch to train on. `images` [N, H, W, C], preprocessed; `labels` [N], class indices of the model. */
export interface TrainingBatch {
  readonly images: tf.Tensor4D;
  readonly labels: Int32Array;
}

export interface TrainingStep {
  readonly step: number;
  readonly steps: number;
  readonly images: number;
  /** Mean cross-entropy of the batch, before its update. */
  readonly loss: number;
  /** Of all images of this pass so far, percent, before the updates they led to. */
  readonly accuracy: number;
}

/**
 * Where each batch of a pass begins and ends. A last batch of one image joins the one before it: a single image has no
 * variance to normalise by.
 */
export function batchBounds(total: number, size: number): { start: number; end: number }[] {
  const starts = Array.from({ length: Math.ceil(total / size) }, (_, index) => index * size);
  if (starts.length > 1 && total % size === 1) starts.pop();
  return starts.map((start, index) => ({ start, end: starts[index + 1] ?? total }));
}

/** All items in random order, in batches: one epoch. */
export function shuffledBatches<Item>(
  items: readonly Item[],
  size: number,
  seed: number,
): Item[][] {
  const order = shuffled(items, seed);
  return batchBounds(order.length, size).map(({ start, end }) => order.slice(start, end));
}

/**
 * Trains the model on the batches in turn, in training mode, by Adam on the cross-entropy. The batches' images are
 * disposed of. Yields after each step, which is when a caller may stop.
 */
export async function* train(
  model: TrainableModel,
  batches: AsyncIterable<TrainingBatch>,
  settings: { steps: number; learningRate: number },
): AsyncGenerator<TrainingStep> {
  const optimizer = new Adam(model.variables, { learningRate: settings.learningRate });
  let step = 0;
  let seen = 0;
  let hits = 0;
  try {
    for await (const { images, labels } of batches) {
      const outcome = await trainingStep(model, optimizer, images, labels);
      seen += labels.length;
      hits += outcome.hits;
      step++;
      yield {
        step,
        steps: settings.steps,
        images: labels.length,
        loss: outcome.loss,
        accuracy: (100 * hits) / seen,
      };
    }
  } finally {
    optimizer.dispose();
  }
}

async function trainingStep(
  model: TrainableModel,
  optimizer: Adam,
  images: tf.Tensor4D,
  labels: Int32Array,
): Promise<{ loss: number; hits: number }> {
  const [loss, hits] = tf.tidy(() => {
    const target = tf.tensor1d(labels, 'int32');
    const correct: tf.Scalar[] = [];
    const { value, gradients } = variableGradients(() => {
      const logits = model.logits(images, { training: true });
      correct.push(tf.keep(tf.sum<tf.Scalar>(tf.equal(tf.argMax(logits, 1), target))));
      return softmaxCrossEntropy(logits, target);
    }, model.variables);
    optimizer.apply(gradients);
    return [value, ...correct];
  });
  try {
    const [[lossNow], [hitsNow]] = await Promise.all([loss.data(), hits.data()]);
    return { loss: lossNow, hits: hitsNow };
  } finally {
    tf.dispose([images, loss, hits]);
  }
}
