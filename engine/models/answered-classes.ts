import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { TrainableModel } from './trainable-model.ts';

/**
 * The class that the model answers for each image, in inference mode; −1 where no score is a number, as of a model whose
 * training left the range of numbers: it is right about nothing.
 * @param images preprocessed, [N, H, W, C]; left to the caller
 */
export async function answeredClasses(model: TrainableModel, images: Tensor4D): Promise<number[]> {
  const logits = model.logits(images, { training: false });
  const scores = await logits.data<'float32'>();
  logits.dispose();
  const [count, classCount] = logits.shape;
  return Array.from({ length: count }, (_, row) => {
    let best = -1;
    let highest = -Infinity;
    for (let label = 0; label < classCount; label++) {
      const score = scores[row * classCount + label];
      if (score > highest) [best, highest] = [label, score];
    }
    return best;
  });
}
