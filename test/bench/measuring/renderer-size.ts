import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** Bytes of what a page of Lethe loads: its code and styles by gzip, and its fonts, which are compressed as they are. */
export interface RendererSize {
  readonly code: number;
  readonly fonts: number;
}

/** @param folder the built renderer */
export function rendererSize(folder: string): RendererSize {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const sum = (pattern: RegExp, sizeOf: (path: string) => number): number =>
    files
      .filter((file) => pattern.test(file))
      .reduce((bytes, file) => bytes + sizeOf(join(folder, file)), 0);
  return {
    code: sum(/\.(js|css)$/, (path) => gzipSync(readFileSync(path), { level: 9 }).length),
    fonts: sum(/\.woff2$/, (path) => statSync(path).size),
  };
}
