import type { layers } from '@tensorflow/tfjs-layers';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';

export type Layer = layers.Layer;

/** The layers of a model and of the models inside it. */
export function layersOf(model: tfl.LayersModel): Layer[] {
  return model.layers.flatMap((layer) =>
    layer instanceof tfl.LayersModel ? layersOf(layer) : [layer],
  );
}

/** What passes on in full what was added before it. */
const passingOn: ReadonlySet<string> = new Set([
  ...['Dropout', 'Flatten', 'Reshape', 'Permute', 'GlobalAveragePooling2D'],
]);

/** What may come between the last linear layer and the scores. */
const afterLastLayer: ReadonlySet<string> = new Set([
  ...passingOn,
  ...['Activation', 'ReLU', 'LeakyReLU', 'PReLU', 'ELU', 'Softmax', 'BatchNormalization'],
  'AveragePooling2D',
]);

/**
 * The layers that make the scores from the features: the last linear one (Dense or Conv2D), and those after it; null if the
 * scores are made otherwise.
 */
export function scoringLayers(model: tfl.LayersModel): [linear: Layer, ...after: Layer[]] | null {
  const after: Layer[] = [];
  for (let tensor = model.outputs.at(0); tensor !== undefined; tensor = tensor.inputs.at(0)) {
    const layer: Layer = tensor.sourceLayer;
    const type = layer.getClassName();
    if (type === 'Dense' || type === 'Conv2D') return [layer, ...after];
    if (layer instanceof tfl.LayersModel) {
      const inside = scoringLayers(layer);
      if (inside !== null) return [...inside, ...after];
    } else if (!afterLastLayer.has(type)) {
      return null;
    }
    after.unshift(layer);
  }
  return null;
}

/** The bias of the last linear layer; null where it has none, or where something else is made of it before it is a score. */
export function addedToScores([linear, ...after]: readonly Layer[]): tfl.LayerVariable | null {
  const isLinear = (layer: Layer): boolean => layer.getConfig().activation === 'linear';
  const passesOn = after.every((layer) => passingOn.has(layer.getClassName()) || isLinear(layer));
  const [, bias = null] = linear.weights;
  return isLinear(linear) && passesOn ? bias : null;
}

/** Runs the model, and what it makes comes with what the layer was given meanwhile. */
export function withInputOf<T extends Tensor>(
  layer: Layer,
  run: () => T,
): { input: Tensor; result: T } {
  const inputs: Tensor[] = [];
  const call = layer.call.bind(layer);
  layer.call = (given, kwargs) => {
    // Kept through the scopes of the layers around, which release what is no longer needed.
    inputs.push(...[given].flat().map((input) => tf.keep(tf.clone(input))));
    return call(given, kwargs);
  };
  try {
    const result = run();
    const input = tf.clone(inputs[0]);
    tf.dispose(inputs);
    return { input, result };
  } finally {
    layer.call = call;
  }
}

/** "3 Conv2D, 3 BatchNormalization, 1 Dense": the layers that have weights. */
export function countLayers(model: tfl.LayersModel): string {
  const counts = new Map<string, number>();
  for (const layer of layersOf(model)) {
    const type = layer.getClassName();
    if (layer.weights.length > 0) counts.set(type, (counts.get(type) ?? 0) + 1);
  }
  return [...counts].map(([type, count]) => `${String(count)} ${type}`).join(', ');
}
