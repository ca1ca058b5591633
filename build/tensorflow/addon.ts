import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { CommandError, firstThatRuns, run, SetUpError } from './shell.ts';

/**
 * The C++ compiler to use: that named by CXX, or the first of the usual ones.
 * @throws SetUpError when there is none
 */
export function findCompiler(): string {
  const named = process.env.CXX;
  const compiler = firstThatRuns(named ? [named] : ['c++', 'g++', 'clang++'], ['--version']);
  if (compiler !== null) return compiler;
  const hint = process.platform === 'darwin' ? 'xcode-select --install' : 'apt-get install g++';
  throw new SetUpError(
    `tfjs-node's addon is built here, and there is no C++ compiler on this machine${named ? ` (CXX is ${named})` : ''}. Install one (${process.platform === 'darwin' ? hint : `on Debian and Ubuntu: ${hint}`}) and run this again.`,
  );
}

/**
 * Builds tfjs-node's addon against a TensorFlow, and against the headers of Node-API from npm: no version of Node is bound to.
 * @param options.root holds TensorFlow in `deps`; the addon goes to `addon` below it
 * @param options.libraries names in `deps/lib`
 */
export function buildAddon(options: {
  readonly compiler: string;
  readonly packageFolder: string;
  readonly root: string;
  readonly addon: string;
  readonly libraries: readonly string[];
}): void {
  const { compiler, packageFolder, root, addon, libraries } = options;
  mkdirSync(dirname(join(root, addon)), { recursive: true });
  const toLibraries = '../../deps/lib';
  try {
    run(compiler, [
      ...['-std=c++17', '-O2', '-fPIC', '-DNAPI_VERSION=8', '-o', join(root, addon)],
      ...(process.platform === 'darwin'
        ? ['-bundle', '-undefined', 'dynamic_lookup', `-Wl,-rpath,@loader_path/${toLibraries}`]
        : // Whatever TensorFlow lacks is to show when the addon is loaded, not in the middle of a run.
          ['-shared', '-Wl,-z,now', `-Wl,-rpath,$ORIGIN/${toLibraries}`]),
      ...['-I', nodeHeaders(), '-I', join(root, 'deps/include')],
      ...['tfjs_backend.cc', 'tfjs_binding.cc'].map((name) => join(packageFolder, 'binding', name)),
      ...libraries.map((name) => join(root, 'deps/lib', name)),
    ]);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new SetUpError(
      `${error.message}\nThe addon could not be built: the compiler's message is above. This TensorFlow may be too old or too new for tfjs-node.`,
      { cause: error },
    );
  }
}

function nodeHeaders(): string {
  const { resolve } = createRequire(import.meta.url);
  return join(dirname(resolve('node-api-headers/package.json')), 'include');
}
