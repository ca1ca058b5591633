import { Select, util, type TensorInfo } from '@tensorflow/tfjs-core';
import { kernel, reshape, type Kernel } from '../kernel.ts';

/** From here on tfjs refuses. */
const TOO_MANY_AXES = 5;

export const selectKernels: readonly Kernel[] = [
  kernel<'condition' | 't' | 'e'>(
    Select,
    ['condition', 't', 'e'],
    ({ inputs: { condition, t, e }, backend, ofTfjs }) => {
      if (t.shape.length < TOO_MANY_AXES) return ofTfjs({ condition, t, e }, {});
      // A condition of one axis chooses whole entries of the first.
      const rows = util.sizeFromShape(condition.shape);
      const flat = rows === util.sizeFromShape(t.shape) ? [rows] : [rows, -1];
      const operands = [
        reshape(backend, condition, [rows]),
        ...[t, e].map((each) =>
          reshape(backend, each, util.inferFromImplicitShape(flat, util.sizeFromShape(each.shape))),
        ),
      ];
      const [flatCondition, flatT, flatE] = operands;
      const chosen: TensorInfo = ofTfjs({ condition: flatCondition, t: flatT, e: flatE }, {});
      const result = reshape(backend, chosen, t.shape);
      for (const { dataId } of [...operands, chosen]) backend.disposeData(dataId);
      return result;
    },
  ),
];
