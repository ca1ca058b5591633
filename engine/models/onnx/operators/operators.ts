import type { Operator } from '../operator.ts';
import { arithmetic } from './arithmetic.ts';
import { batchNormalization } from './batch-normalization.ts';
import { concat } from './concat.ts';
import { convolution } from './convolution.ts';
import { dropout } from './dropout.ts';
import { elementWise } from './element-wise.ts';
import { layerNormalization } from './layer-normalization.ts';
import { gemm, matMul } from './matrix.ts';
import { pad } from './pad.ts';
import { averagePool, globalAveragePool, maxPool } from './pooling.ts';
import { reduceMean } from './reduce-mean.ts';
import { expand, tile } from './repeating.ts';
import { flatten, reshape, squeeze, unsqueeze } from './reshaping.ts';
import { gather, slice, split } from './slicing.ts';
import { softmax } from './softmax.ts';
import { transpose } from './transpose.ts';

/** What a graph may be made of, by type; besides Constant and Identity, which only give names. */
export const operators: ReadonlyMap<string, Operator> = new Map(
  [
    ...arithmetic,
    averagePool,
    batchNormalization,
    concat,
    convolution,
    dropout,
    ...elementWise,
    expand,
    flatten,
    gather,
    gemm,
    globalAveragePool,
    layerNormalization,
    matMul,
    maxPool,
    pad,
    reduceMean,
    reshape,
    slice,
    softmax,
    split,
    squeeze,
    tile,
    transpose,
    unsqueeze,
  ].map((operator) => [operator.type, operator]),
);
