import { byInputs, bySides, ones, zeros, type Distribution } from '../initial-values.ts';
import type { Weight } from './graph.ts';
import type { Step } from './operator.ts';

/** What a weight or a running statistic is drawn from, by what it is to the steps that run on it. */
export function initialDistribution(
  { stored: { name, dims }, layout }: Weight,
  steps: readonly Step[],
): Distribution {
  const users = steps.filter(({ operation }) => operation.inputs.includes(name));
  if (users.some((step) => scalesOf(step).includes(name))) return ones;
  const isKernel = layout === 'kernel' || users.some(({ types }) => types[0] === 'Conv');
  if (isKernel && dims.length === 4) return byInputs(dims[1] * dims[2] * dims[3]);
  const isMatrix = users.some((step) => factorsOf(step).includes(name));
  const [rows = 0, columns = 0] = dims.slice(-2);
  return isMatrix && dims.length >= 2 ? bySides(rows, columns) : zeros;
}

/** What stretches numbers, one by one. */
function scalesOf({ types, operation: { inputs } }: Step): readonly string[] {
  switch (types.at(-1)) {
    case 'BatchNormalization': {
      const [scale, , , variance] = inputs.slice(-4);
      return [scale, variance];
    }
    case 'LayerNormalization':
      return [inputs[1]];
    case 'Mul':
    case 'Div':
      return inputs;
    default:
      return [];
  }
}

/** What is multiplied as a matrix. */
function factorsOf({ types: [type], operation: { inputs } }: Step): readonly string[] {
  return type === 'Gemm' || type === 'MatMul' ? inputs.slice(0, 2) : [];
}
