import { basename, posix } from 'node:path';
import { SetUpError } from './shell.ts';

/** What of TensorFlow is in an archive, a wheel or a folder. */
export interface Contents {
  readonly kind: 'libtensorflow' | 'wheel';
  /** What to take: where it is, to where it goes below tfjs-node's `deps`. */
  readonly files: ReadonlyMap<string, string>;
  /** What the addon is linked with: names of files that go to `deps/lib`. */
  readonly libraries: readonly [string, string];
}

const C_API = 'include/tensorflow/c/c_api.h';
/** All that tfjs-node's addon includes, in TensorFlow 2.12 to 2.21. */
const HEADER =
  /^include\/(?:(?:tensorflow|tsl|(?:tensorflow|xla)\/tsl)\/c\/.+|.+\/ctstring(?:_internal)?)\.h$/;
const LIBRARY =
  /^(?:lib\/)?(libtensorflow(?:_cc|_framework)?)\.(?:so|dylib|[\d.]+\.dylib|so\.[\d.]+)$/;

/**
 * Finds TensorFlow's C interface among files.
 * @param source their archive or folder, for messages
 * @param paths of all files, with slashes
 * @throws SetUpError when something that is needed is not among them
 */
export function recognise(source: string, paths: readonly string[]): Contents {
  const api = paths
    .filter((path) => posix.normalize(path).endsWith(C_API))
    .toSorted((one, other) => one.length - other.length)
    .at(0);
  if (api === undefined)
    throw new SetUpError(
      `${source} holds no headers of TensorFlow (${C_API}). Give a libtensorflow archive or a wheel of TensorFlow, or the folder that one was unpacked to.`,
    );
  const root = api.slice(0, -C_API.length);
  const files = new Map<string, string>();
  const libraries = new Map<string, string[]>();
  for (const path of paths) {
    if (!path.startsWith(root)) continue;
    const place = path.slice(root.length);
    const stem = LIBRARY.exec(place)?.[1];
    if (stem !== undefined) {
      const name = basename(place);
      libraries.set(stem, [...(libraries.get(stem) ?? []), name]);
      files.set(path, `lib/${name}`);
    } else if (HEADER.test(place)) files.set(path, place);
  }
  const [framework, full, plain] = ['_framework', '_cc', ''].map((part) =>
    libraries.get(`libtensorflow${part}`)?.toSorted(bySignificance).at(0),
  );
  const main = full ?? plain;
  if (main === undefined || framework === undefined)
    throw new SetUpError(
      `${source} holds headers of TensorFlow, but not both of its libraries for ${process.platform}: libtensorflow or libtensorflow_cc, and libtensorflow_framework. Give one that was made for this kind of machine.`,
    );
  return {
    kind: full === undefined ? 'libtensorflow' : 'wheel',
    files,
    libraries: [main, framework],
  };
}

/** First the name that programs are linked with: that with the major version alone. */
function bySignificance(one: string, other: string): number {
  const rank = (name: string): number => (/\.so\.\d+$|\.\d+\.dylib$/.test(name) ? 0 : 1);
  return rank(one) - rank(other) || one.length - other.length;
}
