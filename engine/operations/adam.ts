import * as tf from '@tensorflow/tfjs-core';
import { AdamUpdate, hasKernel, type AdamUpdateAttributes } from './kernels.ts';

interface AdamSettings {
  readonly learningRate: number;
  /** Decay of the mean of gradients, 0 ≤ beta1 < 1. */
  readonly beta1?: number;
  /** Decay of the mean of squared gradients, 0 ≤ beta2 < 1. */
  readonly beta2?: number;
  readonly epsilon?: number;
}

interface State {
  readonly variable: tf.Variable;
  /** Decayed sum of gradients: the mean times 1 / (1 − beta1), one multiplication less. */
  momentum: tf.Tensor;
  /** Decayed sum of squared gradients, likewise. */
  velocity: tf.Tensor;
}

/** Adam (Kingma and Ba 2015, algorithm 1), with the defaults of PyTorch and its place for ε, outside the root. */
export class Adam {
  /** Of the steps to come: a schedule may change it between them. */
  learningRate: number;
  readonly #settings: Required<Omit<AdamSettings, 'learningRate'>>;
  readonly #states: readonly State[];
  #steps = 0;

  constructor(variables: readonly tf.Variable[], { learningRate, ...settings }: AdamSettings) {
    this.learningRate = learningRate;
    this.#settings = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, ...settings };
    this.#states = variables.map((variable) => ({
      variable,
      momentum: tf.keep(tf.zerosLike(variable)),
      velocity: tf.keep(tf.zerosLike(variable)),
    }));
  }

  /** @param gradients one for each variable, in the variables' order */
  apply(gradients: readonly tf.Tensor[]): void {
    if (gradients.length !== this.#states.length)
      throw new Error(`${gradients.length} gradients for ${this.#states.length} variables`);
    this.#steps++;
    const { beta1, beta2, epsilon } = this.#settings;
    const rate = (this.learningRate * (1 - beta1)) / (1 - beta1 ** this.#steps);
    const attributes = {
      beta1,
      beta2,
      rootFactor: Math.sqrt((1 - beta2) / (1 - beta2 ** this.#steps)) / rate,
      floor: epsilon / rate,
    };
    this.#states.forEach((state, index) => {
      tf.tidy(() => {
        const [value, momentum, velocity] = update(state, gradients[index], attributes);
        state.variable.assign(value);
        tf.dispose([state.momentum, state.velocity]);
        state.momentum = tf.keep(momentum);
        state.velocity = tf.keep(velocity);
      });
    });
  }

  dispose(): void {
    for (const { momentum, velocity } of this.#states) tf.dispose([momentum, velocity]);
  }
}

function update(
  { variable, momentum, velocity }: State,
  gradient: tf.Tensor,
  attributes: AdamUpdateAttributes,
): [tf.Tensor, tf.Tensor, tf.Tensor] {
  if (hasKernel(AdamUpdate))
    return tf
      .engine()
      .runKernel<[tf.Tensor, tf.Tensor, tf.Tensor]>(
        AdamUpdate,
        { value: variable, gradient, momentum, velocity },
        { ...attributes },
      );
  const { beta1, beta2, rootFactor, floor } = attributes;
  const newMomentum = tf.add(tf.mul(momentum, beta1), gradient);
  const newVelocity = tf.add(tf.mul(velocity, beta2), tf.square(gradient));
  const divisor = tf.add(tf.mul(tf.sqrt(newVelocity), rootFactor), floor);
  return [tf.sub(variable, tf.div(newMomentum, divisor)), newMomentum, newVelocity];
}
