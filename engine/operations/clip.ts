import * as tf from '@tensorflow/tfjs-core';
import { withGradient } from './custom-gradient.ts';
import { ClipGradient, hasKernel, RectifierGradient, type Bounds } from './kernels.ts';

/** What max(x, 0) is bound by. */
export const rectifier: Bounds = { least: 0, most: Infinity };

export function isRectifier({ least, most }: Bounds): boolean {
  return least === rectifier.least && most === rectifier.most;
}

/**
 * min(max(x, least), most). As tf.relu and tf.clipByValue, but the gradient needs the result alone, which the next layer
 * holds anyway, and not the input; and at the bounds themselves, which all that lies beyond them becomes, no gradient flows,
 * as in PyTorch.
 */
export function clip<T extends tf.Tensor>(x: T, bounds: Bounds): T {
  return withGradient<T>([x], (save) => {
    const y = isRectifier(bounds) ? tf.relu(x) : tf.clipByValue(x, bounds.least, bounds.most);
    save([y]);
    return { value: y, gradients: (dy, [y]) => [differentiate(dy, y, bounds)] };
  });
}

/** max(x, 0), as {@link clip} does it. */
export function rectify<T extends tf.Tensor>(x: T): T {
  return clip(x, rectifier);
}

function differentiate(dy: tf.Tensor, y: tf.Tensor, { least, most }: Bounds): tf.Tensor {
  if (isRectifier({ least, most })) {
    return hasKernel(RectifierGradient)
      ? tf.engine().runKernel<tf.Tensor>(RectifierGradient, { dy, y })
      : tf.mul(dy, tf.step(y));
  }
  if (hasKernel(ClipGradient))
    return tf.engine().runKernel<tf.Tensor>(ClipGradient, { dy, y }, { least, most });
  const inside = tf.mul(tf.step(tf.sub(y, least)), tf.step(tf.sub(most, y)));
  return tf.mul(dy, inside);
}
