import type { StoredTensor } from './stored-tensor.ts';

/**
 * Numbers that are known before anything runs, as exporters compute the shapes of tensors from one another. What nobody
 * knows yet is how many images there will be, so each number is constant + perImage · images.
 */
export interface Figure {
  readonly constant: number;
  readonly perImage: number;
}

/** A tensor of them. */
export interface Figures {
  readonly type: 'float32' | 'int64' | 'bool';
  readonly dims: readonly number[];
  /** In ONNX's order. */
  readonly values: readonly Figure[];
}

/** Of one tensor: more is no shape. */
export const mostFigures = 2 ** 16;

export function fixed(value: number): Figure {
  return { constant: value, perImage: 0 };
}

/** @param images at least 1 */
export function valueFor({ constant, perImage }: Figure, images: number): number {
  return constant + perImage * images;
}

/** The line through two points. */
export function figureThrough(
  [images, value]: readonly [number, number],
  [otherImages, otherValue]: readonly [number, number],
): Figure {
  const perImage = (otherValue - value) / (otherImages - images);
  return { constant: value - perImage * images, perImage };
}

/** The numbers, where none depends on how many images there are; otherwise null. */
export function fixedValues({ values }: Figures): number[] | null {
  return values.every(({ perImage }) => perImage === 0)
    ? values.map(({ constant }) => constant)
    : null;
}

/** A stored tensor's numbers; null for weights, and for what is no number or too many. */
export function storedFigures(stored: StoredTensor): Figures | null {
  const { type, dims, size } = stored;
  if (size > mostFigures) return null;
  if (type === 'int32') return { type: 'int64', dims, values: [...stored.values()].map(fixed) };
  if (type !== 'float32' && type !== 'int64' && type !== 'bool') return null;
  // Several are a weight, or something else to run on; single numbers are written into formulas.
  if (type === 'float32' && size > 1) return null;
  return { type, dims, values: [...stored.values()].map(fixed) };
}
