import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The files of these networks of models.py, which makes those that the folder lacks.
 * @throws Error with what Python says, when it cannot
 */
export function networkFiles(
  folder: string,
  python: string,
  names: readonly string[],
): ReadonlyMap<string, string> {
  const files = new Map(names.map((name) => [name, join(folder, `${name}.onnx`)]));
  const missing = names.filter((name) => !existsSync(join(folder, `${name}.onnx`)));
  if (missing.length > 0) {
    const maker = fileURLToPath(new URL('../models.py', import.meta.url));
    const { status, stderr, error } = spawnSync(python, [maker, '--out', folder, ...missing], {
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`${python} ${maker}: ${error?.message ?? stderr}`);
  }
  return files;
}
