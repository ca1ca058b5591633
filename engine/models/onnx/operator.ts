import type { Tensor } from '@tensorflow/tfjs-core';
import type { Bounds } from '../../operations/kernels.ts';
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
  /** What it cuts its only input off at, where it does nothing else. */
  readonly bounds?: Bounds;
  /** The same with its result cut off, where both are faster, or smaller, as one. */
  readonly clipped?: (bounds: Bounds) => Operation;
}

/** The same for a node of several results. */
export interface Splitting {
  readonly inputs: readonly string[];
  readonly shapes: (inputs: readonly Shape[], images: number) => readonly Shape[];
  readonly run: (inputs: readonly Value[], context: RunContext) => Value[];
  readonly bounds?: never;
  readonly clipped?: never;
}

/** A node that is run. */
export interface Step {
  readonly type: string;
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
