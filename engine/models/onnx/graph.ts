import { ProblemError } from '../../protocol/problem.ts';
import { fuse } from './fusion.ts';
import { figureOperators } from './figure-operators.ts';
import { figureThrough, fixedValues, type Figures } from './figures.ts';
import type { Layout, Shape } from './layout.ts';
import { quoted } from '../quoted.ts';
import {
  nodeName,
  NodeReader,
  refuseNode,
  type Origin,
  type Scope,
  type Use,
} from './node-reader.ts';
import { corrupt, type OnnxFile } from './onnx-file.ts';
import type { NodeProto, ValueInfoProto } from './onnx_pb.js';
import type { Step } from './operator.ts';
import { operators } from './operators/operators.ts';
import { recompose } from './recomposition.ts';
import { storedNumbers, storedTensor, typeName, type StoredTensor } from './stored-tensor.ts';

/** The operator sets whose meaning is known; 7 brought the present rules of broadcasting. */
const opsets = { oldest: 7, newest: 25 };
/** Of any value while one image goes through: half a gibibyte. */
const largestValue = 2 ** 27;
/** Numbers in all that are computed before anything runs. */
const mostFiguresInAll = 2 ** 20;
/** Shapes are followed for two numbers of images, so that the batch is told from other axes. */
const sampledBatches = [2, 3] as const;

/** A stored tensor that steps run on. */
export interface Weight {
  readonly stored: StoredTensor;
  readonly role: 'trainable' | 'statistic' | 'constant';
  /** How it is kept in memory. */
  readonly layout: 'onnx' | 'kernel';
}

/** What the images are to the graph. */
export interface GraphInput {
  readonly name: string;
  /** [height, width, channels] */
  readonly imageShape: [number, number, number];
  /** `onnx` for a graph that takes [N, H, W, C], as exporters from TensorFlow write. */
  readonly layout: Extract<Layout, 'channels-last' | 'onnx'>;
  /** The batch size that the graph declares, null when it leaves it open. */
  readonly batch: number | null;
}

/** An image classifier as read from an ONNX graph, checked through and through. */
export interface Graph {
  readonly input: GraphInput;
  /** In an order in which they can run. */
  readonly steps: readonly Step[];
  readonly weights: ReadonlyMap<string, Weight>;
  /** The value of shape [N, K], or [N, K, 1, 1], before any softmax at the end. */
  readonly logits: string;
  readonly endsInSoftmax: boolean;
  /** The input of the last linear layer, and whether that layer is a convolution. */
  readonly features: { readonly name: string; readonly ofConvolution: boolean };
  /** What changes in training and belongs to one class each, from the last linear layer on; none if that layer has none. */
  readonly byClass: readonly WeightByClass[];
  readonly classCount: number;
}

export interface WeightByClass {
  readonly name: string;
  /** Along which the classes lie, as the weight is kept in memory. */
  readonly axis: number;
  /** Whether it is added to the scores and does nothing else. */
  readonly isAdded: boolean;
}

/**
 * Reads the graph of a classifier: one input of images, one output of scores.
 * @throws ProblemError `unsupported-operator`, `unsupported-model`, `corrupt-model`
 */
export function readGraph(file: OnnxFile): Graph {
  const opset = requireOpset(file);
  const initializers = readInitializers(file);
  const output = onlyOne(file.graph.output, 'output').name;
  const asStored = nodesBehind(output, file);
  requireKnownOperators(asStored.map(({ node }) => node));
  const nodes = recomposed(asStored, output, initializers, file);
  const given = file.graph.input.filter(({ name }) => !initializers.has(name));
  const input = readInput(onlyOne(given, 'input'), nodes);

  const origins = new Map<string, Origin>();
  const shapes = new Map<string, readonly Shape[]>();
  const aliases = new Map<string, string>();
  const uses = new Map<StoredTensor, Set<Use>>();
  const steps: Step[] = [];
  const shapesOf = (name: string): readonly Shape[] => shapes.get(name) ?? [[], []];
  const scope: Scope = {
    resolve: (name) => aliases.get(name) ?? name,
    origin: (name) => origins.get(name),
    shape(name) {
      const [shape, other] = shapesOf(name);
      const [images, otherImages] = sampledBatches;
      return shape.map((size, axis) => figureThrough([images, size], [otherImages, other[axis]]));
    },
    markUse: (tensor, use) => uses.set(tensor, (uses.get(tensor) ?? new Set()).add(use)),
    declaredBatch: input.batch,
    opset,
  };
  const define = (name: string, origin: Origin, ofValue: readonly Shape[]): void => {
    if (origins.has(name)) throw corrupt(`it defines ${quoted(name)} twice`);
    origins.set(name, origin);
    shapes.set(name, ofValue);
  };
  const defineStored = (tensor: StoredTensor): void => {
    define(tensor.name, originOfStored(tensor), [tensor.dims, tensor.dims]);
  };
  let figuresInAll = 0;

  define(
    input.name,
    { fromImages: true, preprocessing: true, stored: [], figures: null },
    sampledBatches.map((images) => [images, ...onnxImageShape(input)]),
  );
  [...initializers.values()].forEach(defineStored);
  for (const { node, attributeBytes } of nodes) {
    const [name = ''] = node.output;
    const reader = new NodeReader(node, scope, ({ name, t }) => {
      const index = node.attribute.findIndex((attribute) => attribute.name === name);
      if (t === undefined) return null;
      return storedTensor({ name, initializer: false }, t, file.bytes, attributeBytes[index]);
    });
    const operator = operators.get(node.opType);
    const evaluate = figureOperators.get(node.opType);
    if (evaluate !== undefined && (operator === undefined || reader.takesFigures)) {
      const figures = evaluate(reader);
      reader.requireAllRead();
      figuresInAll += figures.values.length;
      if (figuresInAll > mostFiguresInAll) {
        throw new ProblemError(
          'unsupported-model',
          'The model computes more constants than an image classifier has. It may be damaged.',
        );
      }
      define(name, originOfFigures(name, figures), [figures.dims, figures.dims]);
    } else if (operator !== undefined) {
      const operation = operator.prepare(reader);
      reader.requireAllRead();
      const inputs = operation.inputs.map(shapesOf);
      const results = sampledBatches.map((images, sample) => {
        const given = inputs.map((each) => each[sample]);
        return 'shapes' in operation
          ? operation.shapes(given, images)
          : [operation.shape(given, images)];
      });
      const outputs = 'shapes' in operation ? node.output : [name];
      outputs.forEach((output, index) => {
        const ofValue = results.map((each) => each[index]);
        ofValue.forEach((shape, sample) => {
          requireReasonable(output, shape, sampledBatches[sample]);
        });
        define(output, originOfResult(node.opType, operation.inputs, origins), ofValue);
      });
      steps.push({ types: [node.opType], operation, outputs });
    } else if (node.opType === 'Identity') {
      // Exporters name a tensor that several layers share with these: it stays one.
      define(name, reader.origin(0), shapesOf(reader.name(0)));
      aliases.set(name, reader.name(0));
    } else {
      defineStored(readConstant(name, node, file, attributeBytes));
    }
  }

  const result = scope.resolve(output);
  const last = steps.find(({ outputs }) => outputs.includes(result));
  const endsInSoftmax = last?.types[0] === 'Softmax';
  const logits = endsInSoftmax ? last.operation.inputs[0] : result;
  const { features, scoring } = findFeatures(logits, steps, origins);
  const weights = weightsByUse(uses);
  const classCount = requireClassCount(shapesOf(logits));
  return {
    input,
    steps: fuse(steps, [logits, features.name]),
    weights,
    logits,
    endsInSoftmax,
    features,
    byClass: weightsByClass(scoring, weights, classCount),
    classCount,
  };
}

function requireOpset({ model }: OnnxFile): number {
  const declared = model.opsetImport.find(({ domain }) => isStandard(domain));
  const opset = Number(declared?.version ?? 0);
  if (opset < opsets.oldest || opset > opsets.newest) {
    throw new ProblemError(
      'unsupported-model',
      `The ONNX file uses operator set ${String(opset)}; ${String(opsets.oldest)} to ${String(opsets.newest)} are supported. Export the model again with one of these ("opset_version").`,
    );
  }
  if (model.trainingInfo.length > 0) {
    throw new ProblemError(
      'unsupported-model',
      'The ONNX file also holds the state of its training, which could keep traces of what is erased. Export the model for inference alone.',
    );
  }
  return opset;
}

function isStandard(domain: string): boolean {
  return domain === '' || domain === 'ai.onnx';
}

function readInitializers({ graph, bytes, initializerBytes }: OnnxFile): Map<string, StoredTensor> {
  if (graph.sparseInitializer.length > 0) {
    throw new ProblemError(
      'unsupported-model',
      'The ONNX file holds sparse weights, which are not supported. Export the model with dense weights.',
    );
  }
  const tensors = graph.initializer.map((tensor, index) =>
    storedTensor({ name: tensor.name, initializer: true }, tensor, bytes, initializerBytes[index]),
  );
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  if (byName.size < tensors.length) throw corrupt('it holds two tensors of one name');
  return byName;
}

function onlyOne(values: readonly ValueInfoProto[], what: string): ValueInfoProto {
  if (values.length === 1) return values[0];
  throw new ProblemError(
    'unsupported-model',
    `The model has ${String(values.length)} ${what}s; Lethe works with classifiers that take images and give one score per class, and nothing else.`,
    values.map(({ name }) => quoted(name)).join(', '),
  );
}

interface PlacedNode {
  readonly node: NodeProto;
  readonly attributeBytes: OnnxFile['attributeBytes'][number];
}

/** The nodes that the output depends on, in the file's order. */
function nodesBehind(output: string, { graph, attributeBytes }: OnnxFile): PlacedNode[] {
  const needed = new Set([output]);
  return graph.node
    .map((node, index) => ({ node, attributeBytes: attributeBytes[index] }))
    .reverse()
    .filter(({ node }) => {
      const used = node.output.some((name) => needed.has(name));
      if (used) node.input.forEach((name) => needed.add(name));
      return used;
    })
    .reverse();
}

function recomposed(
  nodes: readonly PlacedNode[],
  output: string,
  initializers: ReadonlyMap<string, StoredTensor>,
  file: OnnxFile,
): PlacedNode[] {
  const bytes = new Map(nodes.map(({ node, attributeBytes }) => [node, attributeBytes]));
  const constants = new Map(
    nodes
      .filter(({ node }) => node.opType === 'Constant')
      .map(({ node }) => [node.output[0], node]),
  );
  const whole = recompose(
    nodes.map(({ node }) => node),
    output,
    (name) => {
      const constant = constants.get(name);
      if (constant === undefined) return initializers.get(name);
      return readConstant(name, constant, file, bytes.get(constant) ?? []);
    },
  );
  return whole.map((node) => ({ node, attributeBytes: bytes.get(node) ?? [] }));
}

function requireKnownOperators(nodes: readonly NodeProto[]): void {
  const known = new Set(['Constant', 'Identity', ...operators.keys(), ...figureOperators.keys()]);
  const unknown = nodes.filter(({ opType, domain }) => !known.has(opType) || !isStandard(domain));
  if (unknown.length === 0) return;
  const types = [...new Set(unknown.map(({ opType }) => opType.slice(0, 40)))];
  throw new ProblemError(
    'unsupported-operator',
    `Lethe cannot work with this model: its node ${nodeName(unknown[0])} is of a kind that is not supported.`,
    `not supported: ${types.slice(0, 20).join(', ')}`,
  );
}

function readInput({ name, type }: ValueInfoProto, nodes: readonly PlacedNode[]): GraphInput {
  if (type?.value.case !== 'tensorType' || typeName(type.value.value.elemType) !== 'float32') {
    throw new ProblemError(
      'unsupported-model',
      'The model takes other than float32 numbers. Export it with a float32 input.',
    );
  }
  const dims = (type.value.value.shape?.dim ?? []).map(({ value }) =>
    value.case === 'dimValue' ? Number(value.value) : 0,
  );
  if (dims.length !== 4) {
    throw new ProblemError(
      'unsupported-model',
      `The model takes tensors of ${String(dims.length)} axes; Lethe works with models that take images: [batch, channels, height, width].`,
    );
  }
  const [batch, ...image] = dims;
  if (image.some((size) => size < 1)) {
    throw new ProblemError(
      'unsupported-model',
      'The model leaves the size of its images open. Export it with a fixed height, width and number of channels; only the batch may be left open.',
    );
  }
  const takesChannelsLast = nodes
    .filter(({ node }) => node.input.includes(name))
    .every(({ node }) => node.opType === 'Transpose' && turnsChannelsFirst(node));
  const [first, second, third] = image;
  return {
    name,
    imageShape: takesChannelsLast ? [first, second, third] : [second, third, first],
    layout: takesChannelsLast ? 'onnx' : 'channels-last',
    batch: batch > 0 ? batch : null,
  };
}

function turnsChannelsFirst({ attribute }: NodeProto): boolean {
  const permutation = attribute.find(({ name }) => name === 'perm')?.ints.map(Number) ?? [];
  return permutation.join() === '0,3,1,2';
}

function readConstant(
  name: string,
  node: NodeProto,
  file: OnnxFile,
  attributeBytes: PlacedNode['attributeBytes'],
): StoredTensor {
  const [attribute] = node.attribute;
  switch (node.attribute.length === 1 ? attribute.name : '') {
    case 'value':
      if (attribute.t === undefined) break;
      return storedTensor({ name, initializer: false }, attribute.t, file.bytes, attributeBytes[0]);
    case 'value_float':
      return storedNumbers(name, 'float32', [], [attribute.f]);
    case 'value_floats':
      return storedNumbers(name, 'float32', [attribute.floats.length], attribute.floats);
    case 'value_int':
      return storedNumbers(name, 'int64', [], [Number(attribute.i)]);
    case 'value_ints':
      return storedNumbers(name, 'int64', [attribute.ints.length], attribute.ints.map(Number));
  }
  return refuseNode(node, 'holds a constant of a kind that is not supported');
}

function originOfStored(tensor: StoredTensor): Origin {
  return { fromImages: false, preprocessing: false, stored: [tensor], figures: null };
}

function originOfFigures(name: string, figures: Figures): Origin {
  const values = fixedValues(figures);
  const stored = values === null ? [] : [storedNumbers(name, figures.type, figures.dims, values)];
  return { fromImages: false, preprocessing: false, stored, figures };
}

const rescaling = new Set(['Add', 'Sub', 'Mul', 'Div', 'Transpose']);

function originOfResult(
  type: string,
  inputs: readonly string[],
  origins: ReadonlyMap<string, Origin>,
): Origin {
  const sources = inputs.flatMap((name) => origins.get(name) ?? []);
  const images = sources.filter(({ fromImages }) => fromImages);
  const fromImages = images.length > 0;
  return {
    fromImages,
    preprocessing:
      fromImages && rescaling.has(type) && images.every(({ preprocessing }) => preprocessing),
    stored: fromImages ? [] : [...new Set(sources.flatMap(({ stored }) => stored))],
    figures: null,
  };
}

function weightsByUse(uses: ReadonlyMap<StoredTensor, ReadonlySet<Use>>): Map<string, Weight> {
  const weights = new Map<string, Weight>();
  for (const [stored, as] of uses) {
    const trainable = as.has('weight') || as.has('kernel');
    if (trainable && as.has('statistic')) {
      throw new ProblemError(
        'unsupported-model',
        'The ONNX file stores a weight and a running statistic as one tensor, because their values happened to be equal. Train the model further, or export it without merging equal tensors.',
        `tensor ${quoted(stored.name)}`,
      );
    }
    const role = as.has('statistic') ? 'statistic' : trainable ? 'trainable' : 'constant';
    if (role !== 'constant' && stored.bytes === null) {
      throw corrupt(`its weights ${quoted(stored.name)} are not stored in one piece`);
    }
    const layout = as.has('kernel') && as.size === 1 ? 'kernel' : 'onnx';
    weights.set(stored.name, { stored, role, layout });
  }
  return weights;
}

/** What passes on in full what was added before it. */
const passingOn = new Set([
  ...['Add', 'Dropout', 'GlobalAveragePool', 'ReduceMean'],
  ...['Flatten', 'Reshape', 'Squeeze', 'Unsqueeze', 'Transpose'],
]);

/** What may come between the last linear layer and the scores. */
const afterLastLayer = new Set([
  ...passingOn,
  ...['Sub', 'Mul', 'Div', 'BatchNormalization'],
  ...['Relu', 'LeakyRelu', 'Clip', 'Sigmoid'],
  ...['AveragePool', 'Pad'],
]);

/** @returns also the steps from the last linear layer to the scores, last first */
function findFeatures(
  logits: string,
  steps: readonly Step[],
  origins: ReadonlyMap<string, Origin>,
): { features: Graph['features']; scoring: Step[] } {
  const scoring: Step[] = [];
  const producers = new Map(steps.flatMap((step) => step.outputs.map((name) => [name, step])));
  for (let name = logits; ;) {
    const step = producers.get(name);
    const fromImages =
      step?.operation.inputs.filter((input) => origins.get(input)?.fromImages) ?? [];
    if (step === undefined || fromImages.length !== 1) break;
    [name] = fromImages;
    scoring.push(step);
    const [type] = step.types;
    if (type === 'Conv') return { features: { name, ofConvolution: true }, scoring };
    if (type === 'Gemm' || type === 'MatMul')
      return { features: { name, ofConvolution: false }, scoring };
    if (!afterLastLayer.has(type)) break;
  }
  throw new ProblemError(
    'unsupported-model',
    'The scores of this model do not come from one last linear layer (Gemm, MatMul or Conv), as those of an image classifier do.',
  );
}

/** @param scoring last first. Without the last linear layer's own weight among them there is nothing to go by. */
function weightsByClass(
  scoring: readonly Step[],
  weights: ReadonlyMap<string, Weight>,
  classCount: number,
): WeightByClass[] {
  const found = scoring.flatMap(({ types: [type], operation }, place) => {
    const { inputs, columnAxis, addend } = operation;
    const passesOn = scoring.slice(0, place).every(({ types }) => passingOn.has(types[0]));
    return inputs.flatMap((name, index) => {
      const weight = weights.get(name);
      if (weight === undefined || weight.role === 'constant') return [];
      const { dims } = weight.stored;
      const sizes = weight.layout === 'kernel' ? [...dims.slice(1), dims[0]] : dims;
      const isLinear = index === 1 && (type === 'Conv' || columnAxis !== undefined);
      const ofFilters = weight.layout === 'kernel' ? -1 : -sizes.length;
      const axis = isLinear ? sizes.length + (columnAxis ?? ofFilters) : sizes.indexOf(classCount);
      const isAdded = passesOn && (type === 'Add' || index === addend);
      return sizes[axis] === classCount ? [{ name, axis, isLinear, isAdded }] : [];
    });
  });
  return found.some(({ isLinear }) => isLinear) ? found : [];
}

function requireClassCount(shapesOfLogits: readonly Shape[]): number {
  const [classes] = sampledBatches.map((images, sample) => {
    const shape = shapesOfLogits[sample];
    const [rows, columns, ...rest] = shape;
    if (shape.length < 2 || rows !== images || rest.some((size) => size !== 1)) {
      throw new ProblemError(
        'unsupported-model',
        'The model does not give one row of scores per image, as a classifier does.',
        `for ${String(images)} images it gives [${shape.join(', ')}]`,
      );
    }
    return columns;
  });
  return classes;
}

/** The sizes of one image as the graph takes it. */
function onnxImageShape({ imageShape, layout }: GraphInput): Shape {
  const [height, width, channels] = imageShape;
  return layout === 'onnx' ? [height, width, channels] : [channels, height, width];
}

function requireReasonable(name: string, shape: Shape, images: number): void {
  if (shape.reduce((product, size) => product * size, 1) <= images * largestValue) return;
  throw new ProblemError(
    'unsupported-model',
    'The model makes more numbers of one image than Lethe can hold. It may be damaged.',
    `${quoted(name)} has the shape [${shape.join(', ')}]`,
  );
}
