import { copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Copies the first images of each class, or of the first classes, in the order of their names, to `target/train` and
 * `target/test`.
 */
export function copySubset(
  source: string,
  target: string,
  {
    classes = Infinity,
    ...perClass
  }: { readonly classes?: number; readonly train: number; readonly test: number },
): void {
  for (const split of ['train', 'test'] as const) {
    for (const name of classNamesIn(source).slice(0, classes)) {
      const [from, to] = [join(source, split, name), join(target, split, name)];
      mkdirSync(to, { recursive: true });
      const files = readdirSync(from).sort().slice(0, perClass[split]);
      for (const file of files) copyFileSync(join(from, file), join(to, file));
    }
  }
}

export function classNamesIn(data: string): string[] {
  return readdirSync(join(data, 'train')).sort();
}
