import * as tf from '@tensorflow/tfjs-core';
import type { TrainableModel } from '../models/models.ts';
import { Adam } from '../operations/adam.ts';
import { softmaxCrossEntropy } from '../operations/softmax-cross-entropy.ts';
import { variableGradients } from '../operations/variable-gradients.ts';
import { ProblemError } from '../protocol/problem.ts';
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
  /** Of the batch, before its update. */
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

/** What a batch is to teach. @returns a scalar to minimise, and the logits [N, K] that it is made of */
export type Objective<Batch extends TrainingBatch> = (
  model: TrainableModel,
  batch: Batch,
) => { readonly loss: tf.Scalar; readonly logits: tf.Tensor2D };

/** The mean cross-entropy with the labels. */
export function toLabels(
  model: TrainableModel,
  { images, labels }: TrainingBatch,
): ReturnType<Objective<TrainingBatch>> {
  const logits = model.logits(images, { training: true });
  return { loss: softmaxCrossEntropy(logits, tf.tensor1d(labels, 'int32')), logits };
}

/** From `rate` down to nothing along half a cosine (Loshchilov and Hutter 2017, equation 5, without restarts). */
export function cosine(rate: number, steps: number): (step: number) => number {
  return (step) => (rate / 2) * (1 + Math.cos((Math.PI * (step - 1)) / steps));
}

export interface TrainingSettings<Batch extends TrainingBatch> {
  readonly steps: number;
  /** Adam's; or what it is at each step, from 1 on. */
  readonly learningRate: number | ((step: number) => number);
  readonly objective?: Objective<Batch>;
}

/**
 * Trains the model on the batches in turn, in training mode, by Adam. The batches' tensors are disposed of. Yields after
 * each step, which is when a caller may stop.
 * @throws ProblemError `diverged` where the loss is no number, when the weights may be none either
 */
export async function* train<Batch extends TrainingBatch>(
  model: TrainableModel,
  batches: AsyncIterable<Batch>,
  { steps, learningRate, objective = toLabels }: TrainingSettings<Batch>,
): AsyncGenerator<TrainingStep> {
  const rateAt = (step: number): number =>
    typeof learningRate === 'number' ? learningRate : learningRate(step);
  const optimizer = new Adam(model.variables, { learningRate: rateAt(1) });
  let step = 0;
  let seen = 0;
  let hits = 0;
  try {
    for await (const batch of batches) {
      step++;
      optimizer.learningRate = rateAt(step);
      const images = batch.labels.length;
      const outcome = await trainingStep(model, optimizer, batch, objective);
      if (!Number.isFinite(outcome.loss))
        throw diverged(`step ${String(step)} of ${String(steps)}`);
      seen += images;
      hits += outcome.hits;
      yield { step, steps, images, loss: outcome.loss, accuracy: (100 * hits) / seen };
    }
  } finally {
    optimizer.dispose();
  }
}

export function diverged(detail: string): ProblemError {
  return new ProblemError(
    'diverged',
    'While the model was trained, its error ceased to be a number, and what became of it is of no use. Nothing was written. Choose another method, or another seed.',
    detail,
  );
}

/** Goes through work to what it comes to. @returns `diverged` where a training in it diverged; the weights are then to be restored */
export async function* unlessDiverged<Step, Result>(
  work: AsyncGenerator<Step, Result>,
): AsyncGenerator<Step, Result | 'diverged'> {
  try {
    return yield* work;
  } catch (error) {
    if (error instanceof ProblemError && error.problem.code === 'diverged') return 'diverged';
    throw error;
  }
}

async function trainingStep<Batch extends TrainingBatch>(
  model: TrainableModel,
  optimizer: Adam,
  batch: Batch,
  objective: Objective<Batch>,
): Promise<{ loss: number; hits: number }> {
  const [loss, hits] = tf.tidy(() => {
    const correct: tf.Scalar[] = [];
    const { value, gradients } = variableGradients(() => {
      const { loss, logits } = objective(model, batch);
      const isCorrect = tf.equal(tf.argMax(logits, 1), tf.tensor1d(batch.labels, 'int32'));
      correct.push(tf.keep(tf.sum<tf.Scalar>(isCorrect)));
      return loss;
    }, model.variables);
    optimizer.apply(gradients);
    return [value, ...correct];
  });
  try {
    const [[lossNow], [hitsNow]] = await Promise.all([loss.data(), hits.data()]);
    return { loss: lossNow, hits: hitsNow };
  } finally {
    tf.dispose([loss, hits]);
    disposeBatch(batch);
  }
}

export function disposeBatch(batch: TrainingBatch): void {
  for (const value of Object.values(batch)) if (value instanceof tf.Tensor) value.dispose();
}
