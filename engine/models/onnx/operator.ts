import type { Rank, Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import type { BatchNormalization } from '../../operations/batch-normalization.ts';
import type { Bounds } from '../../operations/kernels.ts';
import type { BatchNormalizationLayer } from '../batch-normalization-layer.ts';
import type { Shape, Value } from './layout.ts';
import type { NodeReader } from './node-reader.ts';

/** What an operation may ask for, and say, while it runs. */
export interface RunContext {
  /** How many there are. */
  readonly images: number;
  /** Normalise by the batch's own statistics and update the running ones; apply dropout. */
  readonly training: boolean;
  /** A new seed at every call, the same ones in every run of the program. */
  nextSeed(): number;
  /** Replaces a running statistic. */
  updateStatistic(name: string, value: Tensor): void;
  /** Told, in inference mode, what is about to be normalised, channels last. */
  observe(x: Tensor, layer: BatchNormalizationLayer): void;
}

/** One node of a graph, read and checked: ready to run any number of times. */
export interface Operation {
  /** The values it runs on, by name. */
  readonly inputs: readonly string[];
  /**
   * The shape of its result.
   * @throws ProblemError where shapes do not go together
   */
  readonly shape: (inputs: readonly Shape[], images: number) => Shape;
  readonly run: (inputs: readonly Value[], context: RunContext) => Value;
  /** Of a product of matrices: the axis of the second one along which the columns of the result lie, from the end. */
  readonly columnAxis?: -1 | -2;
  /** Which input of it, if any, is added to each row or pixel of the result as it is. */
  readonly addend?: number;
  /** What it cuts its only input off at, where it does nothing else. */
  readonly bounds?: Bounds;
  /** The same with its result cut off, where both are faster, or smaller, as one. */
  readonly clipped?: (bounds: Bounds) => Operation;
  /** Its result normalised by the batch's own statistics, channels last, where both are faster, or smaller, as one. */
  readonly normalized?: Normalized;
  /** Of a batch normalisation: the share of the running statistics that stays when a batch is added to them. */
  readonly momentum?: number;
  /** The same on the result of another operation, as one with that. */
  readonly normalizing?: (first: Operation & { readonly normalized: Normalized }) => Operation;
}

type Normalized = (
  inputs: readonly Value[],
  scale: Tensor1D,
  offset: Tensor1D,
  settings: { readonly epsilon: number; readonly bounds: Bounds | null },
) => BatchNormalization<Rank.R4>;

/** The same for a node of several results. */
export interface Splitting {
  readonly inputs: readonly string[];
  readonly shapes: (inputs: readonly Shape[], images: number) => readonly Shape[];
  readonly run: (inputs: readonly Value[], context: RunContext) => Value[];
  readonly columnAxis?: never;
  readonly addend?: never;
  readonly bounds?: never;
  readonly clipped?: never;
  readonly normalized?: never;
  readonly momentum?: never;
  readonly normalizing?: never;
}

/** A node that is run, or several as one. */
export interface Step {
  /** Of the nodes, less those that only cut off what the others make. */
  readonly types: readonly string[];
  readonly operation: Operation | Splitting;
  /** The names of its results. */
  readonly outputs: readonly string[];
}

/** How nodes of one type are read and run. */
export interface Operator {
  readonly type: string;
  /**
   * Reads everything about the node that does not depend on the images.
   * @throws ProblemError `unsupported-operator` for what cannot be run, `corrupt-model` for what makes no sense
   */
  readonly prepare: (node: NodeReader) => Operation | Splitting;
}
