import { ProblemError } from '../../protocol/problem.ts';
import { quoted } from '../quoted.ts';
import { storedFigures, valueFor, type Figure, type Figures } from './figures.ts';
import { corrupt } from './onnx-file.ts';
import { AttributeProto_AttributeType, type AttributeProto, type NodeProto } from './onnx_pb.js';
import type { StoredTensor } from './stored-tensor.ts';

/** Where a value comes from. */
export interface Origin {
  /** Computed from the images. Otherwise it is the same in every run, until weights or the number of images change. */
  readonly fromImages: boolean;
  /** The images themselves, at most rescaled by constants: what is learnt begins after it. */
  readonly preprocessing: boolean;
  /** The stored tensors it is, or is computed from; of interest only where it is not from the images. */
  readonly stored: readonly StoredTensor[];
  /** What it is, where that was computed before anything runs; otherwise null. */
  readonly figures: Figures | null;
}

/**
 * What a stored tensor is to a node: a weight that training changes (as a convolution's kernel, or otherwise), a running
 * statistic, or an operand that stays as it is.
 */
export type Use = 'kernel' | 'weight' | 'statistic' | 'operand';

/** What a node can find out about its inputs. */
export interface Scope {
  /** With Identity nodes seen through. */
  resolve(name: string): string;
  /** Undefined for a name that nothing before the node has defined. */
  origin(name: string): Origin | undefined;
  /** The sizes of a value that is defined. */
  shape(name: string): readonly Figure[];
  markUse(tensor: StoredTensor, use: Use): void;
  /** The batch size that the model declares, null when it leaves it open. */
  readonly declaredBatch: number | null;
  readonly opset: number;
}

/** Reads one node: its inputs by what they are to it, its attributes by type. What nobody asked for is refused in the end. */
export class NodeReader {
  readonly scope: Scope;
  readonly #node: NodeProto;
  readonly #tensorOf: (attribute: AttributeProto) => StoredTensor | null;
  readonly #attributes: Map<string, AttributeProto>;
  #severalResults = false;

  /** @param tensorOf the tensor that an attribute of the node holds */
  constructor(
    node: NodeProto,
    scope: Scope,
    tensorOf: (attribute: AttributeProto) => StoredTensor | null,
  ) {
    this.scope = scope;
    this.#node = node;
    this.#tensorOf = tensorOf;
    this.#attributes = new Map(node.attribute.map((attribute) => [attribute.name, attribute]));
  }

  get inputCount(): number {
    return this.#node.input.length;
  }

  /** How many results the node has; one, for operators that do not ask. */
  resultCount(): number {
    this.#severalResults = true;
    return this.#node.output.length;
  }

  /** @param reason goes on after the node's name: "has …" */
  refuse(reason: string): never {
    return refuseNode(this.#node, reason);
  }

  /** @param reason goes on after the node's name: "adds … to …" */
  contradict(reason: string): never {
    throw corrupt(`its node ${nodeName(this.#node)} ${reason}`);
  }

  /** Whether the node has this input at all. */
  has(index: number): boolean {
    return (this.#node.input[index] ?? '') !== '';
  }

  /** What an input is called, Identity nodes seen through. */
  name(index: number): string {
    return this.#input(index).name;
  }

  origin(index: number): Origin {
    return this.#input(index).origin;
  }

  /** An input that may come from anywhere. */
  value(index: number): string {
    return this.#use(index, 'operand').name;
  }

  /** An input that training changes, unless it comes from the images. */
  valueOrWeight(index: number): string {
    return this.#use(index, 'weight').name;
  }

  /** An input that training changes. */
  weight(index: number, use: 'kernel' | 'weight' = 'weight'): string {
    const { name, origin } = this.#use(index, use);
    if (origin.fromImages)
      this.refuse(`takes its weights from other nodes, which is not supported`);
    return name;
  }

  /** An input that training mode brings up to date. */
  statistic(index: number): string {
    const { name, origin } = this.#use(index, 'statistic');
    if (this.#storedIn(name, origin) === null) {
      this.refuse('computes its running statistics, which is not supported');
    }
    return name;
  }

  /**
   * An operand of arithmetic: something learnt if it meets, at input `other`, what the model made of the images; but not
   * where the images themselves are rescaled, and not single numbers, which are written into formulas.
   */
  operand(index: number, other: number): string {
    const { origin } = this.#input(other);
    const meetsFeatures = origin.fromImages && !origin.preprocessing;
    return this.#use(index, meetsFeatures ? 'factor' : 'operand').name;
  }

  /** One of the tensors that are joined: something learnt if it meets what the model made of the images. */
  joined(index: number): string {
    const others = Array.from({ length: this.inputCount }, (_, other) => this.#input(other).origin);
    const meetsFeatures = others.some(
      ({ fromImages, preprocessing }, other) => other !== index && fromImages && !preprocessing,
    );
    return this.#use(index, meetsFeatures ? 'factor' : 'operand').name;
  }

  /**
   * Whether all inputs are numbers known before anything runs. If all are the file's own float32 numbers, they are run on
   * like weights.
   */
  get takesFigures(): boolean {
    const inputs = Array.from({ length: this.inputCount }, (_, index) => index)
      .filter((index) => this.has(index))
      .map((index) => this.#input(index));
    return (
      inputs.every((input) => this.#figuresOf(input) !== null) &&
      inputs.some(({ origin }) => origin.figures !== null || origin.stored[0].type !== 'float32')
    );
  }

  /** An input that is known before anything runs, if only by how it depends on the number of images. */
  figures(index: number): Figures {
    const input = this.#input(index);
    return (
      this.#figuresOf(input) ??
      this.refuse(
        `takes ${quoted(input.name)} from other nodes, where only constants are supported`,
      )
    );
  }

  /** The sizes of an input. */
  figuresOfShape(index: number): readonly Figure[] {
    return this.scope.shape(this.#input(index).name);
  }

  /** The single number that an attribute holds as a tensor. */
  figureOfAttribute(name: string): Figures | null {
    const attribute = this.#attribute(name, AttributeProto_AttributeType.TENSOR);
    const stored = attribute === null ? null : this.#tensorOf(attribute);
    if (stored === null) return null;
    if (stored.size !== 1) this.contradict(`has several numbers in ${quoted(name)}`);
    return storedFigures(stored) ?? this.#refuseType(stored);
  }

  /** An input that says how large something is, once it is known how many images there are. */
  sizes(index: number): (images: number) => readonly number[] {
    const { type, dims, values } = this.figures(index);
    if (type !== 'int64' || dims.length > 1) {
      this.contradict(`has other than a list of sizes as its input ${String(index + 1)}`);
    }
    return (images) => values.map((value) => valueFor(value, images));
  }

  /** The shape of an input that the file holds as it is; undefined for one that nodes compute. */
  storedShape(index: number): readonly number[] | undefined {
    const { name, origin } = this.#input(index);
    return this.#storedIn(name, origin)?.dims;
  }

  /** An input whose numbers must be known before anything runs. */
  constant(index: number): readonly number[] {
    const { name, origin } = this.#input(index);
    const stored = this.#storedIn(name, origin);
    if (stored === null) {
      return this.refuse(
        `takes ${quoted(name)} from other nodes, where only constants are supported`,
      );
    }
    if (!['float32', 'int64', 'int32', 'bool'].includes(stored.type)) this.#refuseType(stored);
    return [...stored.values()];
  }

  int(name: string, otherwise: number): number {
    const attribute = this.#attribute(name, AttributeProto_AttributeType.INT);
    return attribute === null ? otherwise : Number(attribute.i);
  }

  float(name: string, otherwise: number): number {
    return this.#attribute(name, AttributeProto_AttributeType.FLOAT)?.f ?? otherwise;
  }

  text(name: string, otherwise: string): string {
    const attribute = this.#attribute(name, AttributeProto_AttributeType.STRING);
    return attribute === null ? otherwise : new TextDecoder().decode(attribute.s);
  }

  ints(name: string): readonly number[] | null {
    return this.#attribute(name, AttributeProto_AttributeType.INTS)?.ints.map(Number) ?? null;
  }

  /** Numbers that older operator sets give as an attribute and newer ones as an input. */
  intsOrConstant(name: string, index: number): readonly number[] | null {
    return this.ints(name) ?? (this.has(index) ? this.constant(index) : null);
  }

  /** The same of sizes that depend on how many images there are. */
  intsOrSizes(name: string, index: number): ((images: number) => readonly number[]) | null {
    const ints = this.ints(name);
    if (ints !== null) return () => ints;
    return this.has(index) ? this.sizes(index) : null;
  }

  /** Refuses what {@link prepare} of the operator did not read. */
  requireAllRead(): void {
    for (const name of this.#attributes.keys()) {
      this.refuse(`has the attribute ${quoted(name)}, which is not supported`);
    }
    if (!this.#severalResults && this.#node.output.slice(1).some((name) => name !== '')) {
      this.refuse('has more than one output, which is not supported');
    }
  }

  #attribute(name: string, type: AttributeProto_AttributeType): AttributeProto | null {
    const attribute = this.#attributes.get(name);
    if (attribute === undefined) return null;
    this.#attributes.delete(name);
    if (attribute.type !== type || attribute.refAttrName !== '')
      this.contradict(`has ${quoted(name)} of the wrong type`);
    return attribute;
  }

  #use(index: number, use: Use | 'factor'): { name: string; origin: Origin } {
    const input = this.#input(index);
    if (input.origin.fromImages) return input;
    if (input.origin.figures !== null && input.origin.stored.length === 0) {
      this.refuse('computes with the number of images, which is not supported');
    }
    for (const tensor of input.origin.stored) {
      if (tensor.type !== 'float32') this.#refuseType(tensor);
      const direct = tensor.name === input.name;
      const learnt = tensor.initializer && tensor.size > 1;
      if (input.origin.figures !== null) {
        this.scope.markUse(tensor, 'operand');
      } else if (use === 'factor' || (use !== 'operand' && !direct)) {
        this.scope.markUse(tensor, learnt ? 'weight' : 'operand');
      } else {
        this.scope.markUse(tensor, use);
      }
    }
    return input;
  }

  #input(index: number): { name: string; origin: Origin } {
    if (!this.has(index)) this.contradict(`lacks its input ${String(index + 1)}`);
    const name = this.scope.resolve(this.#node.input[index]);
    const origin = this.scope.origin(name);
    if (origin === undefined) {
      return this.contradict(`takes ${quoted(name)}, which nothing before it makes`);
    }
    return { name, origin };
  }

  #figuresOf({ name, origin }: { name: string; origin: Origin }): Figures | null {
    if (origin.figures !== null) return origin.figures;
    const stored = this.#storedIn(name, origin);
    return stored === null ? null : storedFigures(stored);
  }

  #storedIn(name: string, origin: Origin): StoredTensor | null {
    return origin.stored.find((tensor) => tensor.name === name) ?? null;
  }

  #refuseType(tensor: StoredTensor): never {
    this.refuse(
      `works on ${quoted(tensor.name)} of type ${tensor.type}; only float32 weights are supported`,
    );
  }
}

/** @param reason goes on after the node's name: "has …" */
export function refuseNode(node: NodeProto, reason: string): never {
  throw new ProblemError(
    'unsupported-operator',
    `Lethe cannot work with this model: its node ${nodeName(node)} ${reason}.`,
  );
}

/** For a sentence: a node's own name, or the name of what it makes. */
export function nodeName(node: NodeProto): string {
  const name = node.name === '' ? (node.output[0] ?? '') : node.name;
  return `${quoted(name)} (${node.opType.slice(0, 40)})`;
}
