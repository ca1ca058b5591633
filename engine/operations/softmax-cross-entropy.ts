import * as tf from '@tensorflow/tfjs-core';
import { withGradient } from './custom-gradient.ts';
import { hasKernel, SoftmaxCrossEntropy } from './kernels.ts';

/**
 * Mean over the batch of −log softmax(logits)[label].
 * @param logits [N, K]
 * @param labels [N], int32, 0 to K − 1. No gradient flows to them.
 */
export function softmaxCrossEntropy(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Scalar {
  return withGradient([logits], (save) => {
    const [loss, gradient] = differentiated(logits, labels);
    save([gradient]);
    return { value: loss, gradients: (dy, [gradient]) => [tf.mul(gradient, dy)] };
  });
}

/** @returns the loss and its gradient, which have the most of their work in common */
function differentiated(logits: tf.Tensor2D, labels: tf.Tensor1D): [tf.Scalar, tf.Tensor] {
  if (hasKernel(SoftmaxCrossEntropy))
    return tf.engine().runKernel<[tf.Scalar, tf.Tensor]>(SoftmaxCrossEntropy, { logits, labels });
  const [batch, classes] = logits.shape;
  const logProbabilities = tf.logSoftmax(logits);
  const isLabel = tf.oneHot(labels, classes, 1, 0, 'bool');
  const ofLabels = tf.where(isLabel, logProbabilities, tf.zerosLike(logProbabilities));
  const surplus = tf.sub(tf.exp(logProbabilities), tf.cast(isLabel, 'float32'));
  return [tf.div(tf.neg(tf.sum<tf.Scalar>(ofLabels)), batch), tf.div(surplus, batch)];
}
