import * as tf from '@tensorflow/tfjs-core';
import type { Objective, TrainingBatch } from './training.ts';

export interface AnsweredBatch extends TrainingBatch {
  /** Probabilities to be given, [N, K]. */
  readonly answers: tf.Tensor2D;
}

/**
 * The mean cross-entropy with given answers, which is their Kullback–Leibler divergence but for a constant.
 * @param answers probabilities, [N, K]
 * @param logits [N, K]
 */
export function surpriseAt(answers: tf.Tensor2D, logits: tf.Tensor2D): tf.Scalar {
  const [batch] = answers.shape;
  const sum = tf.sum<tf.Scalar>(tf.mul(answers, tf.logSoftmax(logits)));
  return tf.neg(tf.div(sum, batch));
}

/**
 * {@link surpriseAt}, in inference mode: images of a few classes, or made-up ones, have not the statistics of all that the
 * model is to recognise.
 */
export const toAnswers: Objective<AnsweredBatch> = (model, { images, answers }) => {
  const logits = model.logits(images, { training: false });
  return { loss: surpriseAt(answers, logits), logits };
};
