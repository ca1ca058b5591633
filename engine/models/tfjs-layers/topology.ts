import { z } from 'zod';
import { ProblemError } from '../../protocol/problem.ts';
import { quoted } from '../quoted.ts';
import { corrupt, type ModelDescription } from './model-files.ts';

/** Layers that are run and trained. Custom ones bring code with them; others draw random numbers or have no gradient. */
const supportedLayers: ReadonlySet<string> = new Set([
  ...['InputLayer', 'Rescaling', 'Activation', 'ReLU', 'LeakyReLU', 'PReLU', 'ELU', 'Softmax'],
  ...['Conv2D', 'DepthwiseConv2D', 'SeparableConv2D', 'Dense', 'BatchNormalization', 'Dropout'],
  ...['MaxPooling2D', 'AveragePooling2D', 'GlobalMaxPooling2D', 'GlobalAveragePooling2D'],
  ...['Flatten', 'Reshape', 'Permute', 'ZeroPadding2D', 'Cropping2D', 'UpSampling2D'],
  ...['Add', 'Multiply', 'Average', 'Maximum', 'Minimum', 'Concatenate'],
]);
const containers: ReadonlySet<string> = new Set(['Sequential', 'Functional', 'Model']);
/** Of models within models. */
const deepestNesting = 8;

/** A layer, or a model as a layer of another, as Keras writes it. */
const layerSchema = z.looseObject({
  class_name: z.string(),
  config: z.unknown().optional(),
  name: z.string().optional(),
  /** Of a layer in a functional model: [[[name of the layer before, …]]]. */
  inbound_nodes: z.array(z.unknown()).optional(),
});
export type LayerTopology = z.infer<typeof layerSchema>;

const layerConfigSchema = z.looseObject({
  name: z.string().optional(),
  activation: z.unknown().optional(),
  axis: z.number().nullish().catch(null),
  data_format: z.string().nullish(),
  dilation_rate: z.union([z.number(), z.array(z.number())]).nullish(),
  noise_shape: z.unknown().optional(),
  units: z.number().optional(),
  filters: z.number().optional(),
});

const containerConfigSchema = z.looseObject({
  layers: z.array(layerSchema).min(1),
  /** Of a functional model: [[name of the layer, …]]. */
  output_layers: z.array(z.unknown()).optional(),
});

/**
 * The topology to train: the file's, less a softmax at its end.
 * @throws ProblemError `unsupported-layer` naming the layer, `corrupt-model`
 */
export function topologyToTrain({ topology, groups }: ModelDescription): {
  topology: LayerTopology;
  endsInSoftmax: boolean;
} {
  const model = parsed(layerSchema, topology.model_config ?? topology);
  const lastSizes = new Set(
    groups.flatMap(({ weights }) => weights.map(({ shape }) => shape.at(-1))),
  );
  checkLayer(model, lastSizes, 0);
  const withoutEnd = withoutSoftmax(model, [-1, 1]);
  return { topology: withoutEnd ?? model, endsInSoftmax: withoutEnd !== null };
}

/** @param lastSizes of the weights in the manifest: no layer can be wider than its weights */
function checkLayer(
  layer: LayerTopology,
  lastSizes: ReadonlySet<number | undefined>,
  depth: number,
): void {
  if (containers.has(layer.class_name)) {
    if (depth > deepestNesting) throw corrupt('it nests models too deeply');
    for (const inner of containerConfig(layer).layers) checkLayer(inner, lastSizes, depth + 1);
    return;
  }
  const config = parsed(layerConfigSchema, layer.config);
  const refuse = (reason: string): never => {
    throw unsupportedLayer(nameOf(layer), layer.class_name, reason);
  };
  if (!supportedLayers.has(layer.class_name)) refuse('is of a kind that is not supported');
  if (config.data_format === 'channels_first') refuse('has its channels first, not last');
  if ([config.dilation_rate ?? 1].flat().some((rate) => rate !== 1)) {
    refuse('is a dilated convolution, which cannot be trained');
  }
  if (layer.class_name === 'Dropout' && (config.noise_shape ?? null) !== null) {
    refuse('drops out with a noise shape, which is not supported');
  }
  for (const width of [config.units, config.filters]) {
    if (width !== undefined && !lastSizes.has(width)) {
      throw corrupt(
        `its layer ${quoted(nameOf(layer))} is ${String(width)} wide, and no weights are`,
      );
    }
  }
}

/**
 * The layer without the softmax that it ends in; null if it does not end in one.
 * @param axes over which the softmax may be: those that are sure to be the classes
 */
function withoutSoftmax(layer: LayerTopology, axes: readonly number[]): LayerTopology | null {
  if (containers.has(layer.class_name)) {
    const config = containerConfig(layer);
    const { end, reshaped } = endOf(config);
    if (end < 0) return null;
    const replaced = withoutSoftmax(config.layers[end], reshaped ? [-1] : axes);
    if (replaced === null) return null;
    return { ...layer, config: { ...config, layers: config.layers.with(end, replaced) } };
  }
  const config = parsed(layerConfigSchema, layer.config);
  const ends = layer.class_name === 'Dense' || layer.class_name === 'Activation';
  if (ends && config.activation === 'softmax') {
    return { ...layer, config: { ...config, activation: 'linear' } };
  }
  if (layer.class_name !== 'Softmax') return null;
  if (!axes.includes(config.axis ?? -1)) {
    throw unsupportedLayer(nameOf(layer), 'Softmax', 'is over other than the classes');
  }
  return {
    ...layer,
    class_name: 'Activation',
    config: { name: config.name, activation: 'linear' },
  };
}

/** @param reason goes on after the layer's name: "has …" */
export function unsupportedLayer(name: string, type: string, reason: string): ProblemError {
  return new ProblemError(
    'unsupported-layer',
    `Lethe cannot work with this model: its layer ${quoted(name)} (${type.slice(0, 40)}) ${reason}.`,
  );
}

/** Layers that may come after a softmax: they leave the numbers as they are. */
const reshaping: ReadonlySet<string> = new Set(['Flatten', 'Reshape']);

/** Which of a model's layers computes its scores, below zero if none can be found; and whether they are reshaped after. */
function endOf({ layers, output_layers }: z.infer<typeof containerConfigSchema>): {
  end: number;
  reshaped: boolean;
} {
  const named = (reference: unknown): number => {
    const name = [reference].flat(5).find((part) => typeof part === 'string');
    return layers.findIndex((layer) => nameOf(layer) === name);
  };
  let end = output_layers === undefined ? layers.length - 1 : named(output_layers);
  const passed = new Set<number>();
  while (end >= 0 && reshaping.has(layers[end].class_name) && !passed.has(end)) {
    passed.add(end);
    end = output_layers === undefined ? end - 1 : named(layers[end].inbound_nodes);
  }
  return { end, reshaped: passed.size > 0 };
}

function nameOf({ name, config }: LayerTopology): string {
  return name ?? z.looseObject({ name: z.string() }).safeParse(config).data?.name ?? '';
}

function containerConfig({ config }: LayerTopology): z.infer<typeof containerConfigSchema> {
  return parsed(containerConfigSchema, Array.isArray(config) ? { layers: config } : config);
}

function parsed<T>(schema: z.ZodType<T>, content: unknown): T {
  const result = schema.safeParse(content);
  if (result.success) return result.data;
  throw corrupt('its model.json does not describe layers', z.prettifyError(result.error));
}
