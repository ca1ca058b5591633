import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';

const descriptionName = 'model.json';
const descriptionSchema = z.looseObject({
  weightsManifest: z.array(z.looseObject({ paths: z.array(z.string()) })),
});

/**
 * SHA-256 of a model, as the engine gives it: of the file; of a TF.js Layers model, over the digests of model.json and of
 * the shards it names, in name order.
 * @throws Error when it cannot be read
 */
export function modelDigest(path: string): string {
  const isFolder = statSync(path).isDirectory();
  if (!isFolder && basename(path) !== descriptionName) return fileDigest(path).toString('hex');
  const folder = isFolder ? path : dirname(path);
  const description: unknown = JSON.parse(readFileSync(join(folder, descriptionName), 'utf8'));
  const shards = descriptionSchema.parse(description).weightsManifest.flatMap(({ paths }) => paths);
  const names = [...new Set([descriptionName, ...shards])].sort();
  const hash = createHash('sha256');
  for (const name of names) {
    if (name !== basename(name)) throw new Error(`${name} lies outside the model's folder`);
    hash.update(fileDigest(join(folder, name)));
  }
  return hash.digest('hex');
}

function fileDigest(path: string): Buffer {
  const hash = createHash('sha256');
  const buffer = Buffer.alloc(1 << 20);
  const descriptor = openSync(path, 'r');
  try {
    for (;;) {
      const length = readSync(descriptor, buffer);
      if (length === 0) return hash.digest();
      hash.update(buffer.subarray(0, length));
    }
  } finally {
    closeSync(descriptor);
  }
}
