import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** All that Lethe itself is made of; of the packages that it stands on, the lock file holds the digests. */
const sources = ['app', 'engine', 'package-lock.json', 'package.json', 'renderer'];
/** What is left of it where it was packaged. */
const bundles = ['dist', 'package.json'];

/**
 * Which Lethe this is, more exactly than a version says it: SHA-256 of a list of the program's files, in the order of their
 * paths' bytes, one a line as `sha256sum` prints it. In the folder of a Lethe this gives the same:
 * `find app engine package-lock.json package.json renderer -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum`
 */
export function buildDigest(): string {
  const parts = existsSync(join(root, 'engine')) ? sources : bundles;
  const lines = parts
    .flatMap(filesOf)
    .sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)))
    .map((path) => `${sha256(readFileSync(join(root, path)))}  ${path}\n`);
  return sha256(Buffer.from(lines.join('')));
}

/** @returns paths from the root, with slashes on every system */
function filesOf(path: string): string[] {
  if (!statSync(join(root, path)).isDirectory()) return [path];
  return readdirSync(join(root, path)).flatMap((name) => filesOf(`${path}/${name}`));
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
