import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayerVariable } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import {
  normalizeInference,
  normalizeTraining,
  perChannel,
  type BatchNormalizationLayer,
} from '../batch-normalization-layer.ts';
import type { Layer } from './layers.ts';
import { unsupportedLayer } from './topology.ts';

/** Told, in inference mode, what a batch normalisation is about to normalise. */
type Observe = (x: Tensor, layer: BatchNormalizationLayer) => void;

/**
 * Makes layers behave in training as erasing needs it: nothing is frozen, every random draw comes from `nextSeed`, and batch
 * normalisation is one operation that updates its running statistics as Keras does (TensorFlow.js' own composes it from a
 * dozen, and remembers the biased variance).
 * @returns the largest momentum of a batch normalisation, 0 where there is none
 * @throws ProblemError `unsupported-layer`
 */
export function prepareForTraining(
  layers: readonly Layer[],
  { nextSeed, observe }: { nextSeed: () => number; observe: Observe },
): number {
  let largest = 0;
  for (const layer of layers) {
    layer.trainable = true;
    const type = layer.getClassName();
    if (type === 'Dropout') replaceDropout(layer, nextSeed);
    if (type === 'BatchNormalization')
      largest = Math.max(largest, replaceBatchNormalization(layer, observe));
  }
  return largest;
}

const dropoutConfigSchema = z.object({ rate: z.number().min(0).lt(1) });

function replaceDropout(layer: Layer, nextSeed: () => number): void {
  const { rate } = dropoutConfigSchema.parse(layer.getConfig());
  layer.call = (inputs, kwargs) => {
    const x = onlyInput(inputs);
    return kwargs.training === true ? tf.dropout(x, rate, undefined, nextSeed()) : x;
  };
}

const batchNormalizationConfigSchema = z.object({
  axis: z.int(),
  momentum: z.number(),
  epsilon: z.number(),
  center: z.boolean(),
  scale: z.boolean(),
});

/** @returns its momentum */
function replaceBatchNormalization(layer: Layer, observe: Observe): number {
  const config = batchNormalizationConfigSchema.parse(layer.getConfig());
  const { axis, epsilon, momentum, center, scale } = config;
  const rank = layer.inboundNodes[0].inputTensors[0].rank;
  if (axis !== -1 && axis !== rank - 1) {
    throw unsupportedLayer(layer.name, 'BatchNormalization', 'is over another axis than the last');
  }
  // Keras' order: gamma and beta where the layer has them, then the running mean and variance.
  const weights = [...layer.weights];
  const gamma = scale ? weights.shift() : undefined;
  const beta = center ? weights.shift() : undefined;
  const [mean, variance] = weights;
  const channels = mean.read().size;
  const numbers = (variable: LayerVariable | undefined, otherwise: number): tf.Tensor1D =>
    variable === undefined ? tf.fill([channels], otherwise) : perChannel(variable.read());
  layer.call = (inputs, kwargs) =>
    tf.tidy(() => {
      const x = onlyInput(inputs);
      const state = {
        scale: numbers(gamma, 1),
        offset: numbers(beta, 0),
        runningMean: numbers(mean, 0),
        runningVariance: numbers(variance, 1),
        epsilon,
        momentum,
      };
      if (kwargs.training !== true) {
        observe(x, state);
        return normalizeInference(x, state);
      }
      const outcome = normalizeTraining(x, state);
      mean.write(outcome.runningMean);
      variance.write(outcome.runningVariance);
      return outcome.y;
    });
  return momentum;
}

function onlyInput(inputs: Tensor | Tensor[]): Tensor {
  const [input] = [inputs].flat();
  return input;
}
