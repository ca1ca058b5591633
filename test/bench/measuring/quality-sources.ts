import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Which state of the program figures follow from: SHA-256 of a list of the files in this folder, in the order of their paths'
 * bytes, one a line as `sha256sum` prints it. In the folder this gives the same:
 * `find . -type f -printf '%P\0' | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum`
 */
export function digestOfSources(folder: string): string {
  const lines = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .map((file) => ({ file, path: file.slice(join(folder, '/').length).replaceAll('\\', '/') }))
    .sort((one, other) => Buffer.compare(Buffer.from(one.path), Buffer.from(other.path)))
    .map(({ file, path }) => `${sha256(readFileSync(file))}  ${path}\n`);
  return sha256(lines.join(''));
}

function sha256(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex');
}
