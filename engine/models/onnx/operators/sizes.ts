import type { Shape } from '../layout.ts';

export function product(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total * size, 1);
}

/** Reshape's target with its 0 (as before) and −1 (what is left) resolved. */
export function fillIn(target: readonly number[], shape: Shape): number[] {
  const copied = target.map((size, axis) => (size === 0 ? (shape[axis] ?? 0) : size));
  const known = product(copied.filter((size) => size !== -1));
  return copied.map((size) => (size === -1 ? product(shape) / known : size));
}
