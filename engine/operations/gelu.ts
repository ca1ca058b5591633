import * as tf from '@tensorflow/tfjs-core';
import { withGradient } from './custom-gradient.ts';
import { Gelu, GeluGradient, hasKernel } from './kernels.ts';

/** x · Φ(x), where Φ is the standard normal distribution's function (Hendrycks and Gimpel 2016, section 2). */
export function gelu<R extends tf.Rank>(x: tf.Tensor<R>): tf.Tensor<R> {
  return withGradient<tf.Tensor<R>>([x], (save) => {
    save([x]);
    return {
      value: hasKernel(Gelu)
        ? tf.engine().runKernel<tf.Tensor<R>>(Gelu, { x })
        : tf.mul<tf.Tensor<R>>(x, normalDistribution(x)),
      gradients: (dy, [x]) => [differentiate(dy, x)],
    };
  });
}

/** dy · (Φ(x) + x · φ(x)), where φ is the density, Φ's derivative */
function differentiate(dy: tf.Tensor, x: tf.Tensor): tf.Tensor {
  if (hasKernel(GeluGradient)) return tf.engine().runKernel<tf.Tensor>(GeluGradient, { dy, x });
  const density = tf.mul(tf.exp(tf.mul(tf.square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
  return tf.mul(dy, tf.add(normalDistribution(x), tf.mul(x, density)));
}

function normalDistribution(x: tf.Tensor): tf.Tensor {
  return tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5);
}
