import * as tf from '@tensorflow/tfjs-core';
import { withGradient } from './custom-gradient.ts';

/**
 * Mean over the batch of −log softmax(logits)[label].
 * @param logits [N, K]
 * @param labels [N], int32, 0 to K − 1. No gradient flows to them.
 */
export function softmaxCrossEntropy(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Scalar {
  return withGradient([logits], (save) => {
    const [batch, classes] = logits.shape;
    const logProbabilities = tf.logSoftmax(logits);
    const isLabel = tf.oneHot(labels, classes, 1, 0, 'bool');
    const ofLabels = tf.where(isLabel, logProbabilities, tf.zerosLike(logProbabilities));
    save([logProbabilities, isLabel]);
    return {
      value: tf.div<tf.Scalar>(tf.neg(tf.sum(ofLabels)), batch),
      gradients: (dy, [logProbabilities, isLabel]) => {
        const surplus = tf.sub(tf.exp(logProbabilities), tf.cast(isLabel, 'float32'));
        return [tf.mul(surplus, tf.div(dy, batch))];
      },
    };
  });
}
