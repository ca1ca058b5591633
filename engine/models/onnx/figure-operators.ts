import { fixed, mostFigures, type Figure, type Figures } from './figures.ts';
import type { NodeReader } from './node-reader.ts';
import { requireAxes } from './operators/axes.ts';
import { broadcastShape } from './operators/broadcasting.ts';
import { fillIn, product } from './operators/sizes.ts';
import { typeName } from './stored-tensor.ts';

/** Computes a node's result before anything runs. */
type FigureOperator = (node: NodeReader) => Figures;

/** What exporters compute shapes with, by type. */
export const figureOperators: ReadonlyMap<string, FigureOperator> = new Map<string, FigureOperator>(
  [
    ['Shape', shapeOf],
    ['Gather', gather],
    ['Slice', slice],
    ['Concat', concat],
    ['Reshape', reshape],
    ['Squeeze', squeeze],
    ['Unsqueeze', unsqueeze],
    ['Expand', expand],
    ['ConstantOfShape', constantOfShape],
    ['Range', range],
    ['Cast', cast],
    ['Where', where],
    ['Equal', (node) => ({ ...combined(node, isEqual), type: 'bool' })],
    ['Add', (node) => combined(node, add)],
    ['Sub', (node) => combined(node, (a, b) => add(a, scaled(b, -1)))],
    ['Mul', (node) => combined(node, multiply)],
    ['Div', (node) => combined(node, divide)],
    [
      'Mod',
      (node) =>
        combined(
          node,
          ofConstants((a, b) => a % b),
        ),
    ],
    ['Pow', (node) => combined(node, ofConstants(Math.pow))],
    ['Sqrt', (node) => changed(node, Math.sqrt)],
    ['Reciprocal', (node) => changed(node, (x) => 1 / x)],
  ],
);

function shapeOf(node: NodeReader): Figures {
  const dims = node.figuresOfShape(0);
  const [start, end] = [node.int('start', 0), node.int('end', dims.length)];
  return integers(dims.slice(start, end));
}

function gather(node: NodeReader): Figures {
  const { type, values } = oneAxis(node, 0);
  const indices = node.figures(1);
  node.int('axis', 0);
  return {
    type,
    dims: indices.dims,
    values: indices.values.map((index) => {
      const at = constantOf(node, index);
      const value = values.at(at);
      return value ?? node.contradict(`picks number ${String(at)} of ${String(values.length)}`);
    }),
  };
}

function slice(node: NodeReader): Figures {
  const { type, values } = oneAxis(node, 0);
  const single = (name: string, index: number, otherwise: number): number => {
    const [number = otherwise] = node.intsOrConstant(name, index) ?? [];
    return number;
  };
  const start = single('starts', 1, 0);
  const end = single('ends', 2, values.length);
  single('axes', 3, 0);
  if (single('steps', 4, 1) !== 1) node.refuse('takes every so-many-th number of a shape');
  const part = values.slice(start, end);
  return { type, dims: [part.length], values: part };
}

function concat(node: NodeReader): Figures {
  const parts = Array.from({ length: node.inputCount }, (_, index) => oneAxis(node, index));
  node.int('axis', 0);
  const size = parts.reduce((total, { values }) => total + values.length, 0);
  requireFew(node, [size]);
  return {
    type: parts[0]?.type ?? node.contradict('joins nothing'),
    dims: [size],
    values: parts.flatMap(({ values }) => values),
  };
}

function reshape(node: NodeReader): Figures {
  const figures = node.figures(0);
  node.int('allowzero', 0);
  const target = node.constant(1);
  const dims = fillIn(target, figures.dims);
  if (product(dims) !== figures.values.length) {
    node.contradict(`reshapes [${figures.dims.join(', ')}] to [${target.join(', ')}]`);
  }
  return { ...figures, dims };
}

function squeeze(node: NodeReader): Figures {
  const figures = node.figures(0);
  const axes = node.intsOrConstant('axes', 1);
  const removed = axes === null ? null : requireAxes(node, axes, figures.dims.length);
  const dims = figures.dims.filter((size, axis) =>
    removed === null ? size !== 1 : !removed.includes(axis),
  );
  if (product(dims) !== figures.values.length) node.contradict('removes an axis that is not 1');
  return { ...figures, dims };
}

function unsqueeze(node: NodeReader): Figures {
  const figures = node.figures(0);
  const axes = node.intsOrConstant('axes', 1) ?? node.contradict('does not say where it adds axes');
  const dims = [...figures.dims];
  for (const axis of requireAxes(node, axes, dims.length + axes.length)) dims.splice(axis, 0, 1);
  return { ...figures, dims };
}

function expand(node: NodeReader): Figures {
  const figures = node.figures(0);
  const dims = broadcastShape(node, figures.dims, node.constant(1));
  requireFew(node, dims);
  return { ...figures, dims, values: repeatedTo(figures, dims) };
}

function constantOfShape(node: NodeReader): Figures {
  const dims = node.constant(0);
  requireFew(node, dims);
  const { type, values } = node.figureOfAttribute('value') ?? {
    type: 'float32',
    values: [fixed(0)],
  };
  return { type, dims, values: Array<Figure>(product(dims)).fill(values[0]) };
}

function range(node: NodeReader): Figures {
  const { type } = node.figures(0);
  const [[start], [limit], [delta]] = [0, 1, 2].map((index) => node.constant(index));
  const count = Math.max(0, Math.ceil((limit - start) / delta));
  if (!Number.isFinite(count)) node.contradict('counts without end');
  requireFew(node, [count]);
  const values = Array.from({ length: count }, (_, index) => fixed(start + index * delta));
  return { type, dims: [count], values };
}

function cast(node: NodeReader): Figures {
  const figures = node.figures(0);
  const to = typeName(node.int('to', 0));
  switch (to) {
    case 'float32':
    case 'double':
      return { ...figures, type: 'float32' };
    case 'int64':
    case 'int32':
      return {
        ...figures,
        type: 'int64',
        values: figures.values.map((value) => truncated(node, value)),
      };
    case 'bool':
      return {
        ...figures,
        type: 'bool',
        values: figures.values.map((value) => fixed(constantOf(node, value) === 0 ? 0 : 1)),
      };
    default:
      return node.refuse(`makes numbers of type ${to}, which is not supported`);
  }
}

function where(node: NodeReader): Figures {
  const [condition, a, b] = [0, 1, 2].map((index) => node.figures(index));
  const dims = broadcastShape(node, condition.dims, broadcastShape(node, a.dims, b.dims));
  requireFew(node, dims);
  const [conditions, first, second] = [condition, a, b].map((each) => repeatedTo(each, dims));
  const values = conditions.map((each, index) =>
    constantOf(node, each) === 0 ? second[index] : first[index],
  );
  return { type: a.type, dims, values };
}

/** A function of two numbers; `whole` says that they are integers. */
type Binary = (a: Figure, b: Figure, node: NodeReader, whole: boolean) => Figure;

/** The result of a function of two tensors, number by number, the smaller one repeated as in NumPy. */
function combined(node: NodeReader, compute: Binary): Figures {
  const [a, b] = [node.figures(0), node.figures(1)];
  const dims = broadcastShape(node, a.dims, b.dims);
  requireFew(node, dims);
  const whole = a.type !== 'float32';
  const others = repeatedTo(b, dims);
  const values = repeatedTo(a, dims).map((value, index) => {
    const result = compute(value, others[index], node, whole);
    return whole ? result : scaled(result, 1, Math.fround);
  });
  return { type: a.type, dims, values };
}

function add(a: Figure, b: Figure): Figure {
  return { constant: a.constant + b.constant, perImage: a.perImage + b.perImage };
}

function multiply(a: Figure, b: Figure, node: NodeReader): Figure {
  return a.perImage === 0 ? scaled(b, a.constant) : scaled(a, constantOf(node, b));
}

function divide(a: Figure, b: Figure, node: NodeReader, whole: boolean): Figure {
  const divisor = constantOf(node, b);
  if (whole && divisor === 0) node.contradict('divides by zero');
  const quotient = scaled(a, 1 / divisor);
  return whole ? truncated(node, quotient) : quotient;
}

function isEqual(a: Figure, b: Figure, node: NodeReader): Figure {
  const perImage = a.perImage - b.perImage;
  if (perImage === 0) return fixed(a.constant === b.constant ? 1 : 0);
  const images = (b.constant - a.constant) / perImage;
  if (images >= 1 && Number.isInteger(images)) return refuseImages(node);
  return fixed(0);
}

function ofConstants(compute: (a: number, b: number) => number): Binary {
  return (a, b, node) => fixed(compute(constantOf(node, a), constantOf(node, b)));
}

function changed(node: NodeReader, compute: (x: number) => number): Figures {
  const figures = node.figures(0);
  const values = figures.values.map((value) =>
    fixed(Math.fround(compute(constantOf(node, value)))),
  );
  return { ...figures, values };
}

function scaled(
  { constant, perImage }: Figure,
  factor: number,
  round: (x: number) => number = (x) => x,
): Figure {
  return { constant: round(constant * factor), perImage: round(perImage * factor) };
}

/** Without what is behind the point; in steps of whole numbers per image that is the same for any number of images. */
function truncated(node: NodeReader, { constant, perImage }: Figure): Figure {
  if (!Number.isInteger(perImage) || (perImage !== 0 && constant < 0)) return refuseImages(node);
  return { constant: Math.trunc(constant), perImage };
}

function constantOf(node: NodeReader, { constant, perImage }: Figure): number {
  return perImage === 0 ? constant : refuseImages(node);
}

function refuseImages(node: NodeReader): never {
  return node.refuse('does with the number of images what is not supported');
}

function integers(values: readonly Figure[]): Figures {
  return { type: 'int64', dims: [values.length], values };
}

function oneAxis(node: NodeReader, index: number): Figures {
  const figures = node.figures(index);
  if (figures.dims.length !== 1) {
    node.refuse(`takes parts of a constant of ${String(figures.dims.length)} axes`);
  }
  return figures;
}

/** Checked before memory for them is taken. */
function requireFew(node: NodeReader, dims: readonly number[]): void {
  if (dims.some((size) => size < 0)) node.contradict('has a size below zero');
  if (product(dims) > mostFigures) node.refuse('makes a constant too large to be computed');
}

/** The numbers repeated as in NumPy. */
function repeatedTo({ dims, values }: Figures, to: readonly number[]): readonly Figure[] {
  if (product(to) === values.length) return values;
  return Array.from({ length: product(to) }, (_, place) => {
    let [rest, stride, index] = [place, 1, 0];
    for (let axis = to.length - 1; axis >= 0; axis--) {
      const at = rest % to[axis];
      rest = Math.floor(rest / to[axis]);
      const size = dims[axis - to.length + dims.length] ?? 1;
      if (size > 1) index += at * stride;
      stride *= size;
    }
    return values[index];
  });
}
