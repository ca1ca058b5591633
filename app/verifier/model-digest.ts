import { memberOf } from './canonical-json.ts';
import { joined, textOf, toHex } from './encoding.ts';
import { Sha256, sha256 } from './sha256.ts';

/**
 * The digest of a model as certificates name it: SHA-256 of the file; of a TF.js Layers model, SHA-256 over the digests of
 * model.json and of the weight files that it names, in the order of their names.
 */

/** Reads one file piece by piece. @throws Error when there is none */
export type ReadPieces = (name: string) => AsyncIterable<Uint8Array>;

const descriptionName = 'model.json';

/** @returns hexadecimal digits */
export async function fileDigest(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  return toHex(await digestOf(pieces));
}

/**
 * @param read the files of the model's folder
 * @throws Error when one is missing, or is named so that it lies elsewhere
 */
export async function folderDigest(read: ReadPieces): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const piece of read(descriptionName)) parts.push(piece);
  const description: unknown = JSON.parse(textOf(joined(...parts)) ?? '');
  const names = [...new Set([descriptionName, ...weightFiles(description)])].sort();
  const digests: Uint8Array[] = [];
  for (const name of names) {
    if (/[/\\]/.test(name) || name === '..')
      throw new Error(`${name} lies outside the model's folder`);
    digests.push(await digestOf(read(name)));
  }
  return toHex(sha256(...digests));
}

async function digestOf(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const hash = new Sha256();
  for await (const piece of pieces) hash.add(piece);
  return hash.digest();
}

/** Of `{"weightsManifest": [{"paths": [...]}, ...]}`. */
function weightFiles(description: unknown): string[] {
  const groups = memberOf(description, 'weightsManifest');
  if (!Array.isArray(groups)) throw new Error(`${descriptionName} names no weights`);
  return groups.flatMap((group: unknown) => {
    const paths = memberOf(group, 'paths');
    return Array.isArray(paths) ? paths.map(String) : [];
  });
}
