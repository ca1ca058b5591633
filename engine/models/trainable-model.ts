import type { Scalar, Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import type { ModelInfo } from '../protocol/protocol.ts';

/** Values of all weights and running statistics of a model at one moment, outside tensor memory. */
export type Snapshot = readonly Float32Array[];

export interface Activations {
  /** [N, K] */
  readonly logits: Tensor2D;
  /** The input of the last linear layer, [N, D]; of a convolution's, the mean over its positions. */
  readonly features: Tensor2D;
}

export interface Likeness {
  /** [N, K] */
  readonly logits: Tensor2D;
  /**
   * How far the statistics of the batch are from the running ones, summed over all batch normalisations: the distance of the
   * means plus that of the variances (Yin et al. 2020, equation 4). 0 where there are none.
   */
  readonly deviation: Scalar;
}

/** A classifier whose weights can be changed, whatever format it came in. */
export interface TrainableModel {
  readonly info: ModelInfo;

  /** Everything an optimizer may change, in a fixed order. A weight shared in the file is one variable here. */
  readonly variables: readonly Variable[];

  /** The largest share of running statistics that stays when a batch is added to them, 0 to 1; 0 where there are none. */
  readonly momentum: number;

  /**
   * Scores before any softmax.
   * @param images preprocessed, [N, H, W, C]
   * @param mode `training` normalises by the batch's own statistics, updates the running ones and applies dropout;
   *   otherwise the running statistics are used and nothing changes.
   * @returns [N, K]
   */
  logits(images: Tensor4D, mode: { training: boolean }): Tensor2D;

  /** {@link logits} and what they are made of, in one pass. Gradients flow through both. */
  activations(images: Tensor4D, mode: { training: boolean }): Activations;

  /** {@link logits} in inference mode, and how like the images are to those of the training. Gradients flow through both. */
  likeness(images: Tensor4D): Likeness;

  /**
   * Gives everything that training changes the values of a model that was never trained: kernels of convolutions random ones
   * by their number of inputs (He et al. 2015, equation 10), matrices by both their sides (Glorot and Bengio 2010, equation 12,
   * of a normal distribution), scales and running variances 1, all else 0.
   */
  reinitialize(seed: number): void;

  /**
   * Makes what gives some classes their scores, from the last linear layer on, the mean of what gives the others theirs. The
   * scores of these classes then tell their images from others' no better than those of all the others together do.
   * @returns false where nothing there belongs to one class each, and nothing changed
   */
  levelScores(classes: readonly number[]): boolean;

  /**
   * Adds a number to the scores of some classes, whatever the image.
   * @returns false where nothing is added to the scores of one class each by itself, and nothing changed
   */
  raiseScores(classes: readonly number[], by: number): boolean;

  snapshot(): Promise<Snapshot>;
  restore(snapshot: Snapshot): void;

  /**
   * Writes the model in the format it came in, with the graph, names and metadata it came with.
   * @param output a path that does not exist: a file for ONNX, a folder for TF.js
   * @returns SHA-256 of what was written, as {@link ModelInfo.sha256}
   * @throws ProblemError `output-exists`, `disk-failed`
   */
  save(output: string): Promise<string>;

  dispose(): void;
}

/** What a saved model makes of images when it is run by other means than the engine's own. */
export interface SavedOutputs {
  /** [N, K] */
  readonly values: Float32Array;
  /** The model ends in a softmax; otherwise the values are logits. */
  readonly probabilities: boolean;
}
