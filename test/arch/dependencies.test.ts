import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import manifest from '../../package.json' with { type: 'json' };

const names = z.record(z.string(), z.string()).optional();
const lockSchema = z.object({
  packages: z.record(z.string(), z.object({ dependencies: names, optionalDependencies: names })),
});

test('every dependency is pinned to one version', () => {
  const versions = {
    ...manifest.dependencies,
    ...manifest.optionalDependencies,
    ...manifest.devDependencies,
  };
  const loose = Object.entries(versions).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version));
  expect(loose).toEqual([]);
});

test('the lock file lists what every package in it asks for, on every platform', () => {
  // npm ci refuses a lock file that does not; npm install writes one where a registry lacks a platform's package.
  const { packages } = lockSchema.parse(
    JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8')),
  );
  const missing = Object.entries(packages).flatMap(
    ([path, { dependencies, optionalDependencies }]) =>
      Object.keys({ ...dependencies, ...optionalDependencies })
        .filter((name) => !placesFor(name, path).some((place) => place in packages))
        .map((name) => `${path} → ${name}`),
  );
  expect(missing).toEqual([]);
});

/** Where Node looks for a package, from within another: beside it, then further up. */
function placesFor(name: string, from: string): string[] {
  const parents = from.split('/node_modules/');
  return [
    ...parents.map(
      (_, index) => `${parents.slice(0, index + 1).join('/node_modules/')}/node_modules/${name}`,
    ),
    `node_modules/${name}`,
  ];
}
