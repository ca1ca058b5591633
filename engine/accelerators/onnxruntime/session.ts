import './without-telemetry.ts';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import type { InferenceSession, Tensor } from 'onnxruntime-common';
import { z } from 'zod';
import type { Graph, Temporary } from './graph.ts';

type Feeds = Record<string, Tensor>;
type Fetches = Record<string, Tensor | null>;

/** What is used here of onnxruntime-node/dist/binding: its public interface has no way to run without a promise. */
interface Binding {
  readonly binding: { readonly InferenceSession: new () => NativeSession };
  initOrt(): void;
}

interface NativeSession {
  loadModel(
    buffer: ArrayBuffer,
    byteOffset: number,
    byteLength: number,
    options: InferenceSession.SessionOptions,
  ): void;
  run(feeds: Feeds, fetches: Fetches, options: InferenceSession.RunOptions): Feeds;
}

const load = createRequire(import.meta.url);
let loaded: Binding['binding'] | null = null;

/** @throws Error when the native addon does not load on this machine */
export function loadBinding(): Binding['binding'] {
  if (loaded) return loaded;
  // eslint-disable-next-line @typescript-eslint/no-unsafe-assignment -- require knows no types; dist/binding.d.ts says these.
  const module: Binding = load('onnxruntime-node/dist/binding');
  module.initOrt();
  loaded = module.binding;
  return loaded;
}

export function onnxruntimeVersion(): string {
  return z.object({ version: z.string() }).parse(load('onnxruntime-node/package.json')).version;
}

/** Threads that a kernel is spread over: each of the many sessions keeps its own. */
export const threads = Math.min(availableParallelism(), 16);

const SENTINEL = 'written';
const NOT_RETURNED = 'Non tensor type is temporarily not supported.';
/** Measured: from this many elements on, an exception costs less than the copy that it prevents. */
const LARGE = 1 << 16;

/** A graph, ready to run on the calling thread and its helpers. */
export class Session {
  readonly #native: NativeSession;
  readonly #inputs: readonly string[];
  readonly #outputs: readonly string[];
  /** Written by each run, after the outputs. */
  readonly temporaries: readonly Temporary[];

  constructor(graph: Graph) {
    const model = graph.toModel(SENTINEL);
    this.#native = new (loadBinding().InferenceSession)();
    this.#native.loadModel(model.buffer, model.byteOffset, model.byteLength, {
      executionMode: 'sequential',
      graphOptimizationLevel: 'all',
      intraOpNumThreads: threads,
      logSeverityLevel: 3,
      // An arena would keep, for each of the many sessions, the most memory that it ever needed.
      enableCpuMemArena: false,
      enableMemPattern: false,
      // Each of the many sessions has threads of its own. They wait for the next node by spinning, which is a tenth faster
      // than to be woken, but not for long, and no longer than the run: idle ones would take the cores from the one at work.
      extra: {
        session: {
          intra_op: { allow_spinning: '1', spin_duration_us: '50' },
          force_spinning_stop: '1',
        },
      },
    });
    this.#inputs = graph.inputs;
    this.temporaries = graph.temporaries;
    this.#outputs = [...graph.outputs, ...graph.temporaries.map(({ name }) => name)];
  }

  /**
   * Writes the outputs, and after them the temporaries, into the tensors given for them.
   *
   * The binding writes there too, but then hands back a copy of each output in fresh memory, which for large tensors
   * takes longer than most kernels. It stops at an output that it has no value for, an empty sequence: so
   * that is asked for first, and its complaint is the sign of success.
   */
  run(inputs: readonly Tensor[], outputs: readonly Tensor[]): void {
    const feeds: Feeds = {};
    this.#inputs.forEach((name, index) => (feeds[name] = inputs[index]));
    const fetches: Fetches = outputs.some((output) => output.size >= LARGE)
      ? { [SENTINEL]: null }
      : {};
    this.#outputs.forEach((name, index) => (fetches[name] = outputs[index]));
    try {
      this.#native.run(feeds, fetches, {});
    } catch (error) {
      if (!(error instanceof Error && error.message === NOT_RETURNED)) throw error;
    }
  }
}
