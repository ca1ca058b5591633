import { create } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  GraphProtoSchema,
  StringStringEntryProtoSchema,
  TensorProto_DataType,
  type ModelProto,
  type NodeProto,
  type TensorProto,
} from '../../../../engine/models/onnx/onnx_pb.js';
import { ProblemError } from '../../../../engine/protocol/problem.ts';
import { problemOfAsync } from '../../../problem-of.ts';
import {
  bytesOf,
  floats,
  integers,
  modelOf,
  node,
  randomFloats,
  type AttributeValue,
  type GraphParts,
} from './make-onnx.ts';
import { transformer } from './networks.ts';
import { openBytes } from './run-both.ts';

const classifier = randomFloats('classifier', [72, 5], 1);
const ending = (value: string) => [
  node('Flatten', [value], 'flat'),
  node('MatMul', ['flat', 'classifier'], 'scores'),
];

function problemWith(model: ModelProto): Promise<{ code: string; sentence: string }> {
  return problemOfAsync(() => openBytes(bytesOf(model)));
}

function withNode(
  type: string,
  attributes: Record<string, AttributeValue> = {},
  inputs: string[] = [],
  parts: Partial<GraphParts> = {},
): ModelProto {
  return modelOf({
    nodes: [node(type, ['images', ...inputs], 'y', attributes), ...ending('y')],
    initializers: [classifier, ...(parts.initializers ?? [])],
    ...(parts.opset === undefined ? {} : { opset: parts.opset }),
  });
}

describe('what cannot be run is named with its node before anything starts:', () => {
  it.each([
    ['LSTM', {}],
    ['Relu6', {}],
    ['MaxPool', { kernel_shape: [2, 2], dilations: [2, 2] }],
    ['MaxPool', { kernel_shape: [2] }],
    ['AveragePool', { kernel_shape: [2, 2], new_attribute: 1 }],
    ['Relu', { new_attribute: 1 }],
    ['ReduceMean', { axes: [], noop_with_empty_axes: 1 }],
    ['Squeeze', {}],
    ['Softmax', { axis: 1 }],
  ])('%s %j', async (type, attributes) => {
    const { code, sentence } = await problemWith(withNode(type, attributes));
    expect(code).toBe('unsupported-operator');
    expect(sentence).toContain(`its node "${type} of y" (${type})`);
  });

  it.each<[string, readonly NodeProto[], RegExp]>([
    [
      'a tensor that holds the number of images',
      [
        node('Shape', ['images'], 'sizes'),
        node('Cast', ['sizes'], 'floats', { to: 1 }),
        node('Gather', ['floats', 'first'], 'count'),
        node('Div', ['images', 'count'], 'y'),
      ],
      /computes with the number of images/,
    ],
    [
      'arithmetic with the number of images that is not of a line',
      [
        node('Shape', ['images'], 'sizes'),
        node('Gather', ['sizes', 'first'], 'count'),
        node('Mul', ['count', 'count'], 'squared'),
        node('Reshape', ['images', 'squared'], 'y'),
      ],
      /"Mul of squared" \(Mul\) does with the number of images/,
    ],
    [
      'a choice by the number of images',
      [
        node('Shape', ['images'], 'sizes'),
        node('Equal', ['sizes', 'sixes'], 'some'),
        node('Where', ['some', 'sizes', 'sixes'], 'chosen'),
        node('Reshape', ['images', 'chosen'], 'y'),
      ],
      /"Equal of some" \(Equal\) does with the number of images/,
    ],
    [
      'a shape made of what the images show',
      [
        node('Equal', ['images', 'images'], 'same'),
        node('Where', ['same', 'images', 'images'], 'y'),
      ],
      /takes "images" from other nodes, where only constants are supported/,
    ],
    [
      'a part that leaves numbers out',
      [node('Slice', ['images', 'first', 'sixes', 'first', 'two'], 'y')],
      /takes other than what lies side by side/,
    ],
    [
      'a constant too large',
      [node('ConstantOfShape', ['huge'], 'zeros'), node('Add', ['images', 'zeros'], 'y')],
      /constant too large/,
    ],
    [
      'layer normalisation over the batch',
      [node('LayerNormalization', ['images', 'sixes'], 'y', { axis: 0 })],
      /normalises over the batch|works on "sixes"/,
    ],
  ])('%s', async (_, nodes, sentence) => {
    const { code, sentence: said } = await problemWith(
      modelOf({
        opset: 17,
        nodes: [...nodes, ...ending('y')],
        initializers: [
          classifier,
          integers('first', [0]),
          integers('two', [2]),
          integers('sixes', [6, 2, 6, 6]),
          integers('huge', [2 ** 20, 2 ** 20]),
        ],
      }),
    );
    expect(code).toBe('unsupported-operator');
    expect(said).toMatch(sentence);
  });

  it('attention of a model exported for one image, which has its batch size written into shapes', async () => {
    const model = modelOf({
      input: [1, 2, 6, 6],
      nodes: [
        node('Reshape', ['images', 'rows'], 'r'),
        node('Transpose', ['r'], 't', { perm: [1, 0, 2] }),
        node('Reshape', ['t', 'mixed'], 'y'),
        ...ending('y'),
      ],
      initializers: [classifier, integers('rows', [1, 2, 36]), integers('mixed', [2, 3, 12])],
    });
    const { code, sentence } = await problemWith(model);
    expect(code).toBe('unsupported-operator');
    expect(sentence).toContain('takes just 1 images at a time');
  });

  it('an operator of a domain of its own', async () => {
    const model = withNode('Relu');
    const [own] = model.graph?.node ?? [];
    own.domain = 'com.example';
    expect((await problemWith(model)).code).toBe('unsupported-operator');
  });

  it('a subgraph', async () => {
    const model = withNode('If');
    model.graph?.node[0].attribute.push(
      create(AttributeProtoSchema, {
        name: 'then_branch',
        type: AttributeProto_AttributeType.GRAPH,
        g: create(GraphProtoSchema, { name: 'then' }),
      }),
    );
    expect((await problemWith(model)).sentence).toContain('"If of y" (If)');
  });

  it('a second output', async () => {
    const model = withNode('MaxPool', { kernel_shape: [1, 1] });
    model.graph?.node[0].output.push('indices');
    expect((await problemWith(model)).sentence).toContain('more than one output');
  });

  it('padding other than with a constant', async () => {
    const parts = { initializers: [integers('pads', [0, 0, 0, 0, 0, 0, 0, 0])] };
    const { sentence } = await problemWith(withNode('Pad', { mode: 'reflect' }, ['pads'], parts));
    expect(sentence).toContain('"Pad of y" (Pad) pads in the mode reflect');
  });

  it('batch normalisation and dropout exported in training mode', async () => {
    const perChannel = ['a', 'b', 'c', 'd'].map((name) => floats(name, [2], [1, 1]));
    const normalization = withNode(
      'BatchNormalization',
      { training_mode: 1 },
      ['a', 'b', 'c', 'd'],
      {
        opset: 14,
        initializers: perChannel,
      },
    );
    expect((await problemWith(normalization)).sentence).toContain('for inference');
    const on: TensorProto = {
      ...integers('on', [1]),
      dataType: TensorProto_DataType.BOOL,
      int64Data: [],
      int32Data: [1],
      dims: [],
    };
    const dropout = withNode('Dropout', {}, ['ratio', 'on'], {
      initializers: [floats('ratio', [], [0.5]), on],
    });
    expect((await problemWith(dropout)).sentence).toContain('for inference');
  });

  it('weights of another type than float32', async () => {
    const half = { ...floats('half', [2], []), dataType: TensorProto_DataType.FLOAT16 };
    const { code, sentence } = await problemWith(
      withNode('Add', {}, ['half'], { initializers: [half] }),
    );
    expect(code).toBe('unsupported-operator');
    expect(sentence).toContain('"Add of y" (Add) works on "half" of type float16');
  });
});

describe('a model that is no image classifier is refused:', () => {
  const matrix = [randomFloats('matrix', [6, 5], 1)];
  const relu = node('Relu', ['images'], 'y');

  it.each<[string, GraphParts, RegExp]>([
    [
      'images of open size',
      { input: ['n', 2, 'h', 'w'], nodes: [relu, ...ending('y')], initializers: [classifier] },
      /size of its images open/,
    ],
    [
      'other than images',
      { input: ['n', 72], nodes: ending('images'), initializers: [classifier] },
      /2 axes/,
    ],
    [
      'scores of other than one row per image',
      { nodes: [node('MatMul', ['images', 'matrix'], 'y')], initializers: matrix },
      /one row of scores per image/,
    ],
    [
      'scores that mix the images of a batch',
      {
        nodes: [node('ReduceMean', ['images'], 'm', { axes: [0], keepdims: 1 }), ...ending('m')],
        initializers: [classifier],
      },
      /one row of scores per image/,
    ],
    [
      'scores of no last linear layer',
      { nodes: [node('GlobalAveragePool', ['images'], 'p'), node('Flatten', ['p'], 'y')] },
      /one last linear layer/,
    ],
    [
      'an operator set of long ago',
      { nodes: [relu, ...ending('y')], initializers: [classifier], opset: 6 },
      /operator set 6/,
    ],
    [
      'an operator set to come',
      { nodes: [relu, ...ending('y')], initializers: [classifier], opset: 99 },
      /operator set 99/,
    ],
  ])('%s', async (_, parts, sentence) => {
    const problem = await problemWith(modelOf(parts));
    expect(problem.code).toBe('unsupported-model');
    expect(problem.sentence).toMatch(sentence);
  });

  it('several inputs or outputs', async () => {
    const model = withNode('Relu');
    const { graph } = model;
    if (graph === undefined) throw new Error('no graph');
    graph.input.push({ ...graph.input[0], name: 'more' });
    expect((await problemWith(model)).sentence).toContain('2 inputs');
    graph.input.pop();
    graph.output.push({ ...graph.output[0], name: 'y' });
    expect((await problemWith(model)).sentence).toContain('2 outputs');
  });

  it('but an initializer that is listed as an input too is none', async () => {
    const model = withNode('Relu');
    const { graph } = model;
    graph?.input.push({ ...graph.input[0], name: 'classifier' });
    await expect(openBytes(bytesOf(model))).resolves.toBeDefined();
  });

  it('a tensor that is both a weight and a running statistic', async () => {
    const model = withNode('BatchNormalization', {}, ['a', 'zeros', 'zeros', 'a'], {
      initializers: [floats('zeros', [2], [0, 0]), floats('a', [2], [1, 1])],
    });
    const problem = await problemWith(model);
    expect(problem.code).toBe('unsupported-model');
    expect(problem.sentence).toContain('as one tensor');
  });
});

describe('a graph that makes no sense is called damaged:', () => {
  it.each<[string, GraphParts, RegExp]>([
    [
      'a circle',
      {
        nodes: [node('Add', ['images', 'b'], 'a'), node('Relu', ['a'], 'b'), ...ending('b')],
        initializers: [classifier],
      },
      /takes "b", which nothing before it makes/,
    ],
    [
      'nodes out of order',
      {
        nodes: [node('Relu', ['a'], 'b'), node('Relu', ['images'], 'a'), ...ending('b')],
        initializers: [classifier],
      },
      /"a", which nothing before it makes/,
    ],
    ['a name for nothing', { nodes: ending('missing'), initializers: [classifier] }, /"missing"/],
    [
      'one name for two values',
      {
        nodes: [node('Relu', ['images'], 'y'), node('Relu', ['images'], 'y'), ...ending('y')],
        initializers: [classifier],
      },
      /"y" twice/,
    ],
    [
      'two tensors of one name',
      { nodes: ending('images'), initializers: [classifier, classifier] },
      /two tensors of one name/,
    ],
    [
      'weights for other channels',
      {
        nodes: [node('Conv', ['images', 'kernel'], 'y'), ...ending('y')],
        initializers: [classifier, randomFloats('kernel', [2, 3, 1, 1], 1)],
      },
      /weights for 3 channels and is given 2/,
    ],
    [
      'matrices that do not fit',
      { nodes: ending('images'), initializers: [randomFloats('classifier', [71, 5], 1)] },
      /72 columns with 71 rows/,
    ],
    [
      'an axis that is not there',
      {
        nodes: [node('Concat', ['images', 'images'], 'y', { axis: 4 }), ...ending('y')],
        initializers: [classifier],
      },
      /axis 4/,
    ],
    [
      'a kernel larger than the image',
      {
        nodes: [node('MaxPool', ['images'], 'y', { kernel_shape: [7, 7] }), ...ending('y')],
        initializers: [classifier],
      },
      /kernel larger than its input/,
    ],
  ])('%s', async (_, parts, sentence) => {
    const problem = await problemWith(modelOf(parts));
    expect(problem.code).toBe('corrupt-model');
    expect(problem.sentence).toMatch(sentence);
  });
});

describe('a file that lies about what it holds is refused, and no memory taken:', () => {
  const weights = (change: Partial<TensorProto>): ModelProto =>
    modelOf({ nodes: ending('images'), initializers: [{ ...classifier, ...change }] });

  it.each<[string, Partial<TensorProto>]>([
    ['more numbers than bytes', { dims: [1n << 20n, 1n << 10n] }],
    ['more numbers than there can be', { dims: [1n << 40n, 1n << 40n] }],
    ['fewer numbers than bytes', { dims: [2n, 2n] }],
    ['a negative size', { dims: [-72n, -5n] }],
    ['bytes that are no whole numbers', { dims: [359n], rawData: new Uint8Array(1437) }],
    ['values in two places', { floatData: [1, 2, 3] }],
    ['no values', { rawData: new Uint8Array() }],
  ])('%s', async (_, change) => {
    const before = process.memoryUsage();
    expect((await problemWith(weights(change))).code).toBe('corrupt-model');
    const { arrayBuffers, rss } = process.memoryUsage();
    expect(arrayBuffers - before.arrayBuffers).toBeLessThan(2 ** 24);
    expect(rss - before.rss).toBeLessThan(2 ** 27);
  });

  it('weights in another file, which is not opened', async () => {
    const location = create(StringStringEntryProtoSchema, { key: 'location', value: '../secret' });
    const problem = await problemWith(
      weights({ rawData: new Uint8Array(), externalData: [location] }),
    );
    expect(problem.code).toBe('unsupported-model');
    expect(problem.sentence).toContain('other files');
  });

  it('values that would grow beyond all bounds', async () => {
    const pads = [0, 0, 2 ** 30, 2 ** 30, 0, 0, 2 ** 30, 2 ** 30];
    const model = withNode('Pad', {}, ['pads'], { initializers: [integers('pads', pads)] });
    expect((await problemWith(model)).code).toBe('unsupported-model');
  });

  it('a graph within a graph within a graph, a thousand deep', async () => {
    let bytes = new Uint8Array();
    for (let depth = 0; depth < 1000; depth++) {
      // Graph 7 (or attribute's g 6) > node 1 > attribute 5, each a message that holds the next.
      for (const field of [6, 5, 1]) bytes = message(field, bytes);
    }
    const { code } = await problemOfAsync(() => openBytes(message(7, bytes)));
    expect(code).toBe('corrupt-model');
  });

  it('millions of empty nodes', async () => {
    const graph = new Uint8Array(2 ** 23);
    for (let at = 0; at < graph.length; at += 2) graph[at] = (1 << 3) | 2;
    const before = process.memoryUsage().heapUsed;
    const { code } = await problemOfAsync(() => openBytes(message(7, graph)));
    expect(code).toBe('unsupported-model');
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(2 ** 28);
  });

  function message(field: number, content: Uint8Array): Uint8Array<ArrayBuffer> {
    const length: number[] = [];
    for (let rest = content.length; ; rest >>>= 7) {
      length.push(rest > 127 ? (rest & 127) | 128 : rest);
      if (rest <= 127) break;
    }
    return new Uint8Array(Buffer.concat([Uint8Array.of((field << 3) | 2, ...length), content]));
  }
});

const files: [string, GraphParts][] = [
  ['a vision transformer', transformer({ decomposed: true })],
  [
    'a small convolutional network',
    {
      nodes: [
        node('Conv', ['images', 'kernel'], 'c', { pads: [1, 1, 1, 1] }),
        node('Reshape', ['c', 'shape'], 'r'),
        node('MatMul', ['r', 'matrix'], 'scores'),
      ],
      initializers: [
        randomFloats('kernel', [2, 2, 3, 3], 1),
        integers('shape', [0, -1]),
        randomFloats('matrix', [72, 3], 2),
      ],
    },
  ],
];

it.each(files)(
  'opens the file of %s in which anything was changed, or says what is wrong with it',
  async (_, parts) => {
    const bytes = bytesOf(modelOf(parts));
    const change = fc.record({
      place: fc.nat({ max: bytes.length - 1 }),
      value: fc.nat({ max: 255 }),
    });
    const codes = ['corrupt-model', 'unsupported-model', 'unsupported-operator'];
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 4 }), fc.boolean(), async (changes, cut) => {
        const changed = Uint8Array.from(bytes);
        for (const { place, value } of changes) changed[place] = value;
        const end = cut ? (changes[0]?.place ?? bytes.length) : bytes.length;
        try {
          const model = await openBytes(changed.subarray(0, end));
          model.dispose();
        } catch (error) {
          expect(codes).toContain(error instanceof ProblemError ? error.problem.code : error);
        }
      }),
      { numRuns: 500 },
    );
  },
);
