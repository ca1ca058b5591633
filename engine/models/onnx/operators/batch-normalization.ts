import type { Rank } from '@tensorflow/tfjs-core';
import {
  batchNormalizationTraining,
  type BatchNormalization,
} from '../../../operations/batch-normalization.ts';
import { clip } from '../../../operations/clip.ts';
import type { Bounds } from '../../../operations/kernels.ts';
import {
  normalizeInference,
  perChannel,
  updatedStatistics,
  type BatchNormalizationLayer,
} from '../../batch-normalization-layer.ts';
import { channelsLast, inOnnxOrder } from '../layout.ts';
import type { Operation, Operator, RunContext } from '../operator.ts';

/** ONNX BatchNormalization, exported for inference; in training mode it does what its framework's layer does. */
export const batchNormalization: Operator = {
  type: 'BatchNormalization',
  prepare(node) {
    const [meanName, varianceName] = [node.statistic(3), node.statistic(4)];
    const input = node.value(0);
    const parameters = [node.weight(1), node.weight(2), meanName, varianceName];
    const epsilon = node.float('epsilon', 1e-5);
    const momentum = node.float('momentum', 0.9);
    if (node.int('training_mode', 0) !== 0) {
      node.refuse('was exported in training mode; export the model for inference (eval mode)');
    }
    if (node.int('spatial', 1) !== 1) {
      node.refuse('normalises every pixel apart, which is not supported');
    }
    /** @param first what makes the tensor to be normalised, if it is to be made and normalised as one */
    const operation = (
      bounds: Bounds | null,
      first: Parameters<Normalizing>[0] | null,
    ): Operation => {
      const inputs = first ? first.inputs : [input];
      return {
        inputs: [...inputs, ...parameters],
        momentum,
        shape(shapes, images) {
          const ofChannels = shapes.slice(inputs.length);
          const x = first ? first.shape(shapes.slice(0, inputs.length), images) : shapes[0];
          if (x.length !== 4 && x.length !== 2) {
            node.refuse(`normalises a tensor of ${String(x.length)} axes; 2 or 4 are supported`);
          }
          if (ofChannels.some((shape) => shape.length !== 1 || shape[0] !== x[1])) {
            node.contradict('has other than one number per channel');
          }
          return x;
        },
        run(values, context) {
          const given = values.slice(0, inputs.length);
          const [scale, offset, runningMean, runningVariance] = values
            .slice(inputs.length)
            .map(({ tensor }) => perChannel(tensor));
          const layer = { scale, offset, runningMean, runningVariance, epsilon, momentum };
          if (first && context.training) {
            const batch = first.normalized(given, scale, offset, { epsilon, bounds });
            update(layer, batch, context);
            return { tensor: batch.y, layout: 'channels-last' };
          }
          const x = first ? first.run(given, context) : given[0];
          const layout = x.tensor.rank === 4 ? 'channels-last' : 'onnx';
          const tensor = layout === 'channels-last' ? channelsLast(x) : inOnnxOrder(x);
          if (!context.training) {
            context.observe(tensor, layer);
            const normalized = normalizeInference(tensor, layer);
            return { tensor: bounds ? clip(normalized, bounds) : normalized, layout };
          }
          const batch = batchNormalizationTraining(tensor, scale, offset, { epsilon, bounds });
          update(layer, batch, context);
          return { tensor: batch.y, layout };
        },
      };
    };
    const update = (
      layer: BatchNormalizationLayer,
      batch: BatchNormalization<Rank>,
      context: RunContext,
    ): void => {
      const updated = updatedStatistics(layer, batch);
      context.updateStatistic(meanName, updated.runningMean);
      context.updateStatistic(varianceName, updated.runningVariance);
    };
    const clippable = (first: Parameters<Normalizing>[0] | null): Operation => ({
      ...operation(null, first),
      clipped: (bounds) => operation(bounds, first),
    });
    return { ...clippable(null), normalizing: clippable };
  },
};

type Normalizing = NonNullable<Operation['normalizing']>;
