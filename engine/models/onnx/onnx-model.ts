import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import type { ModelInfo } from '../../protocol/protocol.ts';
import { deriveSeed } from '../../random.ts';
import { deviation, type BatchNormalizationLayer } from '../batch-normalization-layer.ts';
import { classNamesFrom } from '../class-names.ts';
import { randomlyFilled } from '../initial-values.ts';
import { level, raise, type ByClass } from '../level.ts';
import type { Activations, Likeness, Snapshot, TrainableModel } from '../trainable-model.ts';
import { restoreSnapshot, takeSnapshot } from '../snapshot.ts';
import { writeFileDurably, writeOutput } from '../write-output.ts';
import { readGraph, type Graph, type Weight, type WeightByClass } from './graph.ts';
import { initialDistribution } from './initial-distribution.ts';
import { toKernelOrder, toOnnxOrder } from './kernel-order.ts';
import { channelsLast, inOnnxOrder, type Value } from './layout.ts';
import { readOnnxFile, type OnnxFile } from './onnx-file.ts';
import type { RunContext, Step } from './operator.ts';
import type { ByteRange } from './protobuf-fields.ts';

/**
 * Opens an ONNX file that holds an image classifier.
 * @throws ProblemError `no-such-file`, `corrupt-model`, `unsupported-model`, `unsupported-operator`
 */
export async function openOnnxModel(path: string): Promise<TrainableModel> {
  const file = await readOnnxFile(path);
  return new OnnxModel(file, readGraph(file));
}

/** A weight in tensor memory. */
interface LoadedWeight {
  readonly weight: Weight;
  readonly variable: Variable;
}

/** The steps that lead to one value, each with the values that nothing needs after it. */
interface Route {
  readonly target: string;
  readonly steps: readonly (Step & { readonly spent: readonly string[] })[];
}

class OnnxModel implements TrainableModel {
  readonly info: ModelInfo;
  readonly variables: readonly Variable[];
  readonly momentum: number;
  readonly #file: OnnxFile;
  readonly #graph: Graph;
  readonly #weights: ReadonlyMap<string, LoadedWeight>;
  readonly #logits: Route;
  #draws = 0;

  constructor(file: OnnxFile, graph: Graph) {
    this.#file = file;
    this.#graph = graph;
    this.#weights = new Map(
      [...graph.weights].map(([name, weight]) => [name, { weight, variable: loaded(weight) }]),
    );
    this.variables = this.#inRole('trainable').map(({ variable }) => variable);
    this.momentum = Math.max(0, ...graph.steps.map(({ operation }) => operation.momentum ?? 0));
    this.#logits = routeTo(graph.logits, graph.steps);
    this.info = describe(file, graph);
  }

  logits(images: Tensor4D, { training }: { training: boolean }): Tensor2D {
    return tf.tidy(() => this.#scores(this.#run(images, { training })));
  }

  activations(images: Tensor4D, { training }: { training: boolean }): Activations {
    return tf.tidy(() => {
      const { name, ofConvolution } = this.#graph.features;
      const values = this.#run(images, { training, kept: [name] });
      const value = this.#valueOf(name, values);
      const features = ofConvolution
        ? tf.mean<Tensor2D>(channelsLast(value), [1, 2])
        : tf.reshape<tf.Rank.R2>(inOnnxOrder(value), [images.shape[0], -1]);
      return { logits: this.#scores(values), features };
    });
  }

  likeness(images: Tensor4D): Likeness {
    return tf.tidy(() => {
      const deviations: tf.Scalar[] = [];
      const observe = (x: tf.Tensor, layer: BatchNormalizationLayer): void => {
        // Kept through the scope of its step, which releases what it does not give on.
        deviations.push(tf.keep(deviation(x, layer)));
      };
      const logits = this.#scores(this.#run(images, { training: false, observe }));
      const sum = tf.addN<tf.Scalar>([tf.scalar(0), ...deviations]);
      tf.dispose(deviations);
      return { logits, deviation: sum };
    });
  }

  reinitialize(seed: number): void {
    for (const loaded of this.#changing()) {
      const { stored } = loaded.weight;
      const distribution = initialDistribution(loaded.weight, this.#graph.steps);
      const values = randomlyFilled(loaded.variable.shape, distribution, [seed, stored.name]);
      loaded.variable.assign(values);
      values.dispose();
    }
  }

  levelScores(classes: readonly number[]): boolean {
    const byClass = this.#byClass();
    for (const each of byClass) level(each, classes);
    return byClass.length > 0;
  }

  raiseScores(classes: readonly number[], by: number): boolean {
    const added = this.#byClass().find(({ isAdded }) => isAdded);
    if (added === undefined) return false;
    raise(added, classes, by);
    return true;
  }

  snapshot(): Promise<Snapshot> {
    return takeSnapshot(this.#changing().map(({ variable }) => variable));
  }

  restore(snapshot: Snapshot): void {
    const variables = this.#changing().map(({ variable }) => variable);
    restoreSnapshot(variables, snapshot);
  }

  save(output: string): Promise<string> {
    return writeOutput(output, (partial) => writeFileDurably(partial, this.#savedPieces()));
  }

  dispose(): void {
    for (const { variable } of this.#weights.values()) variable.dispose();
  }

  #byClass(): (ByClass & WeightByClass)[] {
    return this.#graph.byClass.flatMap((each) => {
      const loaded = this.#weights.get(each.name);
      return loaded === undefined ? [] : [{ ...each, variable: loaded.variable }];
    });
  }

  #scores(values: ReadonlyMap<string, Value>): Tensor2D {
    const scores = inOnnxOrder(this.#valueOf(this.#logits.target, values));
    return tf.reshape<tf.Rank.R2>(scores, [-1, this.#graph.classCount]);
  }

  /** @param settings.kept names of values that are wanted besides the logits */
  #run(
    images: Tensor4D,
    {
      training,
      kept = [],
      observe = () => undefined,
    }: { training: boolean; kept?: readonly string[]; observe?: RunContext['observe'] },
  ): ReadonlyMap<string, Value> {
    const { input } = this.#graph;
    const values = new Map<string, Value>([[input.name, { tensor: images, layout: input.layout }]]);
    const context: RunContext = {
      images: images.shape[0],
      training,
      nextSeed: () => deriveSeed(0, 'dropout', this.#draws++),
      updateStatistic: (name, value) => this.#weights.get(name)?.variable.assign(value),
      observe,
    };
    for (const { operation, outputs, spent } of this.#logits.steps) {
      const inputs = operation.inputs.map((name) => this.#valueOf(name, values));
      const results = tf.tidy(() =>
        'shapes' in operation ? operation.run(inputs, context) : [operation.run(inputs, context)],
      );
      outputs.forEach((name, index) => values.set(name, results[index]));
      for (const name of spent) {
        if (!kept.includes(name)) values.get(name)?.tensor.dispose();
      }
    }
    return values;
  }

  #valueOf(name: string, computed: ReadonlyMap<string, Value>): Value {
    const value = computed.get(name);
    if (value !== undefined) return value;
    const loaded = this.#weights.get(name);
    if (loaded === undefined) throw new RangeError(`no value "${name}"`);
    return { tensor: loaded.variable, layout: loaded.weight.layout };
  }

  /** The file's own bytes, with only the values of weights and running statistics replaced. */
  async *#savedPieces(): AsyncGenerator<Uint8Array> {
    let done = 0;
    for (const { bytes, loaded } of this.#changingInFileOrder()) {
      yield this.#file.bytes.subarray(done, bytes.start);
      const values = await loaded.variable.data<'float32'>();
      const { layout, stored } = loaded.weight;
      const turned = layout === 'kernel' ? toOnnxOrder(values, stored.dims) : values;
      yield new Uint8Array(turned.buffer, turned.byteOffset, turned.byteLength);
      done = bytes.end;
    }
    yield this.#file.bytes.subarray(done);
  }

  #changingInFileOrder(): { bytes: ByteRange; loaded: LoadedWeight }[] {
    return this.#changing()
      .flatMap((loaded) => {
        const { bytes } = loaded.weight.stored;
        return bytes === null ? [] : [{ bytes, loaded }];
      })
      .sort((a, b) => a.bytes.start - b.bytes.start);
  }

  #inRole(role: Weight['role']): LoadedWeight[] {
    return [...this.#weights.values()].filter(({ weight }) => weight.role === role);
  }

  #changing(): LoadedWeight[] {
    return [...this.#inRole('trainable'), ...this.#inRole('statistic')];
  }
}

function loaded({ stored, role, layout }: Weight): Variable {
  const values = Float32Array.from(stored.values());
  const [filters, channels, height, width] = stored.dims;
  const tensor =
    layout === 'kernel'
      ? tf.tensor(toKernelOrder(values, stored.dims), [height, width, channels, filters])
      : tf.tensor(values, [...stored.dims]);
  const variable = tf.variable(tensor, role === 'trainable');
  tensor.dispose();
  return variable;
}

function routeTo(target: string, steps: readonly Step[]): Route {
  const needed = new Set([target]);
  const made = new Set(steps.flatMap(({ outputs }) => outputs));
  const backwards: Route['steps'][number][] = [];
  for (const step of [...steps].reverse()) {
    if (!step.outputs.some((name) => needed.has(name))) continue;
    const { inputs } = step.operation;
    const ended = [...new Set(inputs)].filter((name) => made.has(name) && !needed.has(name));
    const spent = [...ended, ...step.outputs.filter((name) => !needed.has(name))];
    ended.forEach((name) => needed.add(name));
    backwards.push({ ...step, spent });
  }
  return { target, steps: backwards.reverse() };
}

function describe(file: OnnxFile, graph: Graph): ModelInfo {
  const trainable = [...graph.weights].filter(([, { role }]) => role === 'trainable');
  const names = new Set(trainable.map(([name]) => name));
  const layers = new Map<string, number>();
  for (const { types, operation } of graph.steps) {
    if (!operation.inputs.some((name) => names.has(name))) continue;
    for (const type of types) layers.set(type, (layers.get(type) ?? 0) + 1);
  }
  const counted = [...layers].map(([type, count]) => `${String(count)} ${type}`);
  const metadata = new Map(file.model.metadataProps.map(({ key, value }) => [key, value]));
  return {
    format: 'onnx',
    sha256: file.sha256,
    architecture: `ONNX graph: ${counted.join(', ')}`,
    parameters: trainable.reduce((sum, [, { stored }]) => sum + stored.size, 0),
    inputShape: [...graph.input.imageShape],
    classCount: graph.classCount,
    classNames: classNamesFrom(metadata, graph.classCount),
  };
}
