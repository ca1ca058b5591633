import { createHash } from 'node:crypto';
import {
  closeSync,
  cpSync,
  createReadStream,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { recognise, type Contents } from './contents.ts';
import { CommandError, firstThatRuns, run, SetUpError } from './shell.ts';

/** Files somewhere, of which some are to be taken. */
interface Store {
  /** With slashes. */
  list(): string[];
  /** Puts files into a folder, each under its own path. */
  extract(paths: readonly string[], folder: string): void;
}

/** Where TensorFlow is taken from. */
export interface Source {
  /** Of the archive or the folder that holds it. */
  readonly path: string;
  readonly contents: Contents;
  /** How many packages of CUDA's libraries lie beside it. */
  readonly cudaPackages: number;
  /** Puts what was recognised where it belongs below tfjs-node's `deps`. */
  place(deps: string): void;
}

/**
 * A libtensorflow archive (.tar.gz), a wheel, a folder with what was in one of them, or a folder with wheels of TensorFlow
 * and of CUDA's libraries.
 * @throws SetUpError when it is none of these
 */
export function openSource(given: string): Source {
  const path = withinFolder(given);
  const store = isFolder(path) ? folderStore(path) : archiveStore(path);
  const contents = recognise(basename(path), store.list());
  const cuda = contents.kind === 'wheel' ? cudaStores(path) : [];
  return {
    path,
    contents,
    cudaPackages: cuda.length,
    place(deps) {
      const unpacked = join(deps, 'unpacked');
      mkdirSync(unpacked, { recursive: true });
      store.extract([...contents.files.keys()], unpacked);
      for (const [from, to] of contents.files) {
        mkdirSync(dirname(join(deps, to)), { recursive: true });
        renameSync(join(unpacked, from), join(deps, to));
      }
      rmSync(unpacked, { recursive: true });
      // The library looks for them here, by the wheels' own layout: in $ORIGIN/../nvidia/*/lib.
      for (const each of cuda) each.extract(each.list().filter(isPartOfCuda), deps);
    },
  };
}

/** In a folder: the wheel of TensorFlow, or the folder with its headers. */
function withinFolder(given: string): string {
  const entry = statSync(given, { throwIfNoEntry: false });
  if (entry === undefined)
    throw new SetUpError(`There is no file or folder ${given}. Check the path given with --from.`);
  if (entry.isFile()) return given;
  const names = readdirSync(given);
  const wheel = names.find((name) => /^tensorflow(?:_cpu)?-.*\.whl$/.test(name));
  if (wheel !== undefined) return join(given, wheel);
  const folders = names.map((name) => join(given, name)).filter(isFolder);
  return (
    [given, ...folders].find((folder) => existsSync(join(folder, 'include/tensorflow'))) ?? given
  );
}

function isFolder(path: string): boolean {
  return statSync(path).isDirectory();
}

/** Wheels beside a wheel, or installed packages beside an installed one. */
function cudaStores(path: string): Store[] {
  const beside = dirname(path);
  if (isFolder(path)) {
    return existsSync(join(beside, 'nvidia')) ? [folderStore(beside, ['nvidia'])] : [];
  }
  return readdirSync(beside)
    .filter((name) => /^nvidia_.*\.whl$/.test(name))
    .toSorted()
    .map((name) => archiveStore(join(beside, name)));
}

/** Libraries, and the compiler that TensorFlow may start. */
function isPartOfCuda(path: string): boolean {
  return /^nvidia\/[^/]+\/(?:lib|bin|nvvm)\/.*[^/]$/.test(path);
}

/** Lower-case hexadecimal. */
export async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 2 ** 20 }), hash);
  return hash.digest('hex');
}

function archiveStore(path: string): Store {
  const start = firstBytes(path);
  if (start.startsWith('504b0304')) return zipStore(path);
  if (start.startsWith('1f8b')) return tarStore(path);
  throw new SetUpError(
    `${basename(path)} is neither a .tar.gz archive nor a wheel. Give the file as it was downloaded.`,
  );
}

function firstBytes(path: string): string {
  const bytes = Buffer.alloc(4);
  const file = openSync(path, 'r');
  readSync(file, bytes);
  closeSync(file);
  return bytes.toString('hex');
}

function tarStore(path: string): Store {
  const tar = (parameters: readonly string[], input?: string): string =>
    unpacking(path, () => run('tar', parameters, input));
  return {
    list: () => tar(['-tzf', path]).split(/\r?\n/),
    extract: (paths, folder) =>
      void tar(['-xzf', path, '-C', folder, '-T', '-'], `${paths.join('\n')}\n`),
  };
}

const LIST = `
import sys, zipfile
print("\\n".join(zipfile.ZipFile(sys.argv[1]).namelist()))`;

/** zipfile compares check sums, and leaves permissions behind. */
const EXTRACT = `
import os, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as archive:
    for name in sys.stdin.read().splitlines():
        file = archive.extract(name, sys.argv[2])
        os.chmod(file, (archive.getinfo(name).external_attr >> 16) & 0o777 | 0o644)`;

/** Through Python: there is one wherever pip is, and a wheel of a gigabyte is not unpacked for its two libraries. */
function zipStore(path: string): Store {
  const python = firstThatRuns(['python3', 'python'], ['--version']);
  if (python === null)
    throw new SetUpError(
      `To open the wheel ${basename(path)}, Python 3 is needed, and there is none on this machine. Install it, or unpack the wheel (it is a zip archive) and give the folder.`,
    );
  return {
    list: () => unpacking(path, () => run(python, ['-c', LIST, path])).split(/\r?\n/),
    extract: (paths, folder) =>
      void unpacking(path, () => run(python, ['-c', EXTRACT, path, folder], paths.join('\n'))),
  };
}

function unpacking<Result>(path: string, action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new SetUpError(
      `${error.message}\n${basename(path)} could not be unpacked: the message above says why. If the file is damaged, download it again.`,
      { cause: error },
    );
  }
}

/** @param folders those to look into with all that is in them */
function folderStore(root: string, folders: readonly string[] = ['include']): Store {
  return {
    list: () => [
      ...filesIn(root),
      ...filesIn(root, 'lib'),
      ...folders.flatMap((folder) => filesIn(root, folder, { recursive: true })),
    ],
    extract(paths, target) {
      for (const path of paths)
        cpSync(join(root, path), join(target, path), { verbatimSymlinks: true });
    },
  };
}

/** @returns paths from the root */
function filesIn(root: string, folder = '.', { recursive = false } = {}): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true, recursive })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'));
}
