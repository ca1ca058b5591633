import { create } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  NodeProtoSchema,
  type NodeProto,
} from './onnx_pb.js';
import type { StoredTensor } from './stored-tensor.ts';

/** What a value is computed by, back to values that can be anything. */
type Pattern =
  /** Any value, but the same wherever it has this name. */
  | { readonly value: string }
  /** A constant: this very number, or any under this name. */
  | { readonly number: number | string }
  /** A row of numbers that was learnt. */
  | { readonly row: string }
  /** What a node of this type makes of these; Add and Mul take them in either order. */
  | { readonly type: string; readonly of: readonly Pattern[] };

interface Match {
  readonly names: ReadonlyMap<string, string>;
  readonly numbers: ReadonlyMap<string, number>;
  readonly nodes: ReadonlySet<NodeProto>;
}

interface Composition {
  readonly pattern: Pattern;
  /** The inputs and attributes of the one node that does the same. */
  readonly type: string;
  readonly inputs: readonly string[];
  readonly attributes: (match: Match) => ReturnType<typeof floatAttribute>[];
}

const of = (type: string, ...patterns: readonly Pattern[]): Pattern => ({ type, of: patterns });
const x: Pattern = { value: 'x' };
const [half, one, two]: readonly Pattern[] = [0.5, 1, 2].map((number) => ({ number }));

const centered = of('Sub', x, of('ReduceMean', x));
const variance = of('ReduceMean', of('Pow', centered, two));
const deviation = of('Sqrt', of('Add', variance, { number: 'epsilon' }));
const normalized = of('Div', centered, deviation);

const erfs = [
  of('Erf', of('Div', x, { number: Math.SQRT2 })),
  of('Erf', of('Mul', x, { number: Math.SQRT1_2 })),
];
const gelus = erfs.flatMap((erf) => {
  const twice = of('Add', erf, one);
  return [
    of('Mul', of('Mul', x, twice), half),
    of('Mul', of('Mul', x, half), twice),
    of('Mul', x, of('Mul', twice, half)),
  ];
});

/** Layer normalisation and GELU as exporters write them for operator sets that have no node for them. */
const compositions: readonly Composition[] = [
  {
    pattern: of('Add', of('Mul', normalized, { row: 'scale' }), { row: 'offset' }),
    type: 'LayerNormalization',
    inputs: ['x', 'scale', 'offset'],
    attributes: ({ numbers }) => [floatAttribute('epsilon', numbers.get('epsilon') ?? 0)],
  },
  ...gelus.map((pattern) => ({ pattern, type: 'Gelu', inputs: ['x'], attributes: () => [] })),
];

/**
 * The nodes with each such composition made one node again, which is faster and more precise. A composition of which
 * anything else needs a part stays.
 * @param stored a tensor that the file holds, undefined for other values
 */
export function recompose(
  nodes: readonly NodeProto[],
  output: string,
  stored: (name: string) => StoredTensor | undefined,
): NodeProto[] {
  const producers = new Map(nodes.map((node) => [node.output[0], node]));
  const consumers = new Map<string, NodeProto[]>();
  for (const node of nodes) {
    for (const name of node.input) {
      const others = consumers.get(name);
      if (others === undefined) consumers.set(name, [node]);
      else others.push(node);
    }
  }
  const isApart = (last: NodeProto, { nodes }: Match): boolean =>
    [...nodes].every(
      (node) =>
        node === last ||
        (node.output[0] !== output && consumers.get(node.output[0])?.every((by) => nodes.has(by))),
    );

  const replaced = new Map<NodeProto, NodeProto | null>();
  for (const last of nodes) {
    for (const { pattern, type, inputs, attributes } of compositions) {
      const match = matching(pattern, last.output[0], { producers, stored });
      if (match === null || !isApart(last, match)) continue;
      for (const node of match.nodes) replaced.set(node, null);
      const input = inputs.map((name) => match.names.get(name) ?? '');
      const { name, output: results } = last;
      const attribute = attributes(match);
      const whole = { opType: type, name, input, output: results, attribute };
      replaced.set(last, create(NodeProtoSchema, whole));
      break;
    }
  }
  return nodes.flatMap((node) => {
    const instead = replaced.get(node);
    return instead === undefined ? [node] : (instead ?? []);
  });
}

interface Surroundings {
  readonly producers: ReadonlyMap<string, NodeProto>;
  readonly stored: (name: string) => StoredTensor | undefined;
}

const nothing: Match = { names: new Map(), numbers: new Map(), nodes: new Set() };

function matching(
  pattern: Pattern,
  name: string,
  around: Surroundings,
  soFar: Match = nothing,
): Match | null {
  if ('value' in pattern) return named(pattern.value, name, soFar);
  if ('number' in pattern) {
    const value = singleNumber(around.stored(name));
    if (value === null) return null;
    if (typeof pattern.number === 'number') {
      return Math.abs(value / pattern.number - 1) < 1e-6 ? soFar : null;
    }
    return { ...soFar, numbers: new Map([...soFar.numbers, [pattern.number, value]]) };
  }
  if ('row' in pattern) {
    const stored = around.stored(name);
    const isLearntRow = stored?.initializer && stored.dims.length === 1 && stored.size > 1;
    return isLearntRow ? named(pattern.row, name, soFar) : null;
  }
  const node = around.producers.get(name);
  if (node?.opType !== pattern.type || !isPlain(node, around)) return null;
  const orders = ['Add', 'Mul'].includes(node.opType)
    ? [
        [0, 1],
        [1, 0],
      ]
    : [[0, 1]];
  for (const order of orders) {
    let match: Match | null = { ...soFar, nodes: new Set([...soFar.nodes, node]) };
    pattern.of.forEach((operand, index) => {
      match = match && matching(operand, node.input[order[index]] ?? '', around, match);
    });
    if (match !== null) return match;
  }
  return null;
}

function named(key: string, name: string, soFar: Match): Match | null {
  const before = soFar.names.get(key);
  if (before !== undefined) return before === name ? soFar : null;
  return { ...soFar, names: new Map([...soFar.names, [key, name]]) };
}

function singleNumber(stored: StoredTensor | undefined): number | null {
  return stored?.size === 1 && ['float32', 'int64'].includes(stored.type)
    ? stored.values()[0]
    : null;
}

/** Whether a node does nothing but what its type says; a mean is to be over the last axis, which stays. */
function isPlain({ opType, attribute, input }: NodeProto, { stored }: Surroundings): boolean {
  if (opType !== 'ReduceMean') return attribute.length === 0;
  const axes = attribute.find(({ name }) => name === 'axes')?.ints.map(Number);
  const keeps = attribute.find(({ name }) => name === 'keepdims')?.i ?? 1n;
  const known = attribute.every(({ name }) => name === 'axes' || name === 'keepdims');
  return known && keeps === 1n && (axes ?? [...(stored(input[1])?.values() ?? [])]).join() === '-1';
}

function floatAttribute(name: string, f: number) {
  return create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.FLOAT, f });
}
