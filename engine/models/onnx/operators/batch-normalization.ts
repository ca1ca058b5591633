import {
  normalizeInference,
  normalizeTraining,
  perChannel,
} from '../../batch-normalization-layer.ts';
import { channelsLast, inOnnxOrder } from '../layout.ts';
import { clip } from '../../../operations/clip.ts';
import type { Bounds } from '../../../operations/kernels.ts';
import type { Operation, Operator } from '../operator.ts';

/** ONNX BatchNormalization, exported for inference; in training mode it does what its framework's layer does. */
export const batchNormalization: Operator = {
  type: 'BatchNormalization',
  prepare(node) {
    const [meanName, varianceName] = [node.statistic(3), node.statistic(4)];
    const inputs = [node.value(0), node.weight(1), node.weight(2), meanName, varianceName];
    const epsilon = node.float('epsilon', 1e-5);
    const momentum = node.float('momentum', 0.9);
    if (node.int('training_mode', 0) !== 0) {
      node.refuse('was exported in training mode; export the model for inference (eval mode)');
    }
    if (node.int('spatial', 1) !== 1) {
      node.refuse('normalises every pixel apart, which is not supported');
    }
    const operation = (bounds: Bounds | null): Operation => ({
      inputs,
      shape([x, ...ofChannels]) {
        if (x.length !== 4 && x.length !== 2) {
          node.refuse(`normalises a tensor of ${String(x.length)} axes; 2 or 4 are supported`);
        }
        if (ofChannels.some((shape) => shape.length !== 1 || shape[0] !== x[1])) {
          node.contradict('has other than one number per channel');
        }
        return x;
      },
      run([x, ...ofChannels], context) {
        const [scale, offset, runningMean, runningVariance] = ofChannels.map(({ tensor }) =>
          perChannel(tensor),
        );
        const layer = { scale, offset, runningMean, runningVariance, epsilon, momentum };
        const layout = x.tensor.rank === 4 ? 'channels-last' : 'onnx';
        const input = layout === 'channels-last' ? channelsLast(x) : inOnnxOrder(x);
        if (!context.training) {
          const normalized = normalizeInference(input, layer);
          return { tensor: bounds ? clip(normalized, bounds) : normalized, layout };
        }
        const outcome = normalizeTraining(input, layer, bounds);
        context.updateStatistic(meanName, outcome.runningMean);
        context.updateStatistic(varianceName, outcome.runningVariance);
        return { tensor: outcome.y, layout };
      },
    });
    return { ...operation(null), clipped: operation };
  },
};
