import { byInputs, bySides, ones, zeros, type Distribution } from '../initial-values.ts';

/**
 * What a weight or a running statistic is drawn from.
 * @param name as layers name their weights: "convolution_1/kernel"
 */
export function initialDistribution(name: string, shape: readonly number[]): Distribution {
  const role = name.slice(name.lastIndexOf('/') + 1);
  if (role === 'gamma' || role === 'moving_variance') return ones;
  if (!role.endsWith('kernel')) return zeros;
  if (shape.length === 2) return bySides(shape[0], shape[1]);
  const [height, width, channels] = shape;
  return byInputs(height * width * (role === 'depthwise_kernel' ? 1 : channels));
}
