import { mkdirSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { Command, Option } from 'commander';
import { places } from '../../engine/accelerators/tensorflow/native-library.ts';
import { buildAddon, findCompiler } from './addon.ts';
import { check } from './check.ts';
import { isBuiltWithCuda, seesGraphicsCard } from './cuda.ts';
import { ADDON, install, readRecord, type InstallationRecord } from './installation.ts';
import { downloadOwn } from './own-download.ts';
import { CommandError, run, SetUpError } from './shell.ts';
import { openSource, sha256, type Source } from './source.ts';
import { download, wheelsFor } from './wheels.ts';

interface Options {
  readonly from?: string;
  readonly cuda?: boolean;
  readonly cpu?: boolean;
  readonly check?: boolean;
}

const program = new Command('npm run setup:tensorflow --')
  .description(
    'Puts the native library of TensorFlow where tfjs-node-gpu loads it from, for the accelerator “tensorflow”.',
  )
  .addOption(
    new Option(
      '--from <path>',
      'take it from there: a libtensorflow archive (.tar.gz), a wheel of TensorFlow, or a folder with one of them or with what was in it',
    ),
  )
  .addOption(
    new Option('--cuda', 'for a graphics card of NVIDIA, even if none is seen').conflicts('cpu'),
  )
  .addOption(new Option('--cpu', 'for the processor, even if a graphics card is seen'))
  .addOption(
    new Option(
      '--check',
      'only say what is installed, and compare its training with cpu',
    ).conflicts(['from', 'cuda', 'cpu']),
  )
  .addHelpText(
    'after',
    '\nExits with 0 when all is well, 1 when TensorFlow trains otherwise than cpu, 2 when it cannot be set up or checked.',
  )
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .parse();

const options = program.opts<Options>();
try {
  if (!options.check) await setUp(options);
  process.exitCode = (await check(say)) ? 0 : 1;
} catch (error) {
  if (!(error instanceof SetUpError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function setUp({ from, ...asked }: Options): Promise<void> {
  if (process.platform === 'win32')
    throw new SetUpError(
      'On Windows, TensorFlow is set up by tfjs-node’s own script, which needs no compiler. In this folder, run: npm explore @tensorflow/tfjs-node-gpu -- npm run install',
    );
  const folder = places()?.folder;
  if (folder === undefined)
    throw new SetUpError(
      'The package @tensorflow/tfjs-node-gpu is not installed: npm could not install it on this machine, and left it out.',
    );
  const given = from === undefined ? null : openSource(resolve(process.env.INIT_CWD ?? '.', from));
  const cuda = given === null && wantsCuda(asked);
  const record = readRecord(folder);
  const isThere =
    given === null ? record?.cuda === cuda : record?.sha256 === (await fingerprint(given));
  if (record !== null && isThere) {
    say(`It is there already, from ${record.source}. To replace it, give another with --from.`);
    return;
  }
  const compiler = findCompiler();
  await install(folder, async (target) => {
    const source = given ?? (await obtain(cuda, target));
    return await fill(source, target, compiler, folder);
  });
  say(`Put TensorFlow and the addon into ${folder}.`);
}

function wantsCuda({ cuda, cpu }: Options): boolean {
  if (cuda === true || cpu === true) return cuda === true;
  if (!seesGraphicsCard()) return false;
  say('There is a graphics card of NVIDIA: taking TensorFlow with CUDA.');
  return true;
}

/** What tfjs-node itself would fetch, or else a wheel. */
async function obtain(cuda: boolean, target: string): Promise<Source> {
  const { platform, arch } = process;
  const folder = join(target, 'download');
  mkdirSync(folder);
  try {
    return openSource(await downloadOwn(platform, arch, cuda, folder));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    say(`tfjs-node's own download of libtensorflow is not to be had: ${error.message}.`);
  }
  const { tensorflow, cuda: libraries, platforms } = wheelsFor(platform, arch, cuda);
  const names = [tensorflow, ...libraries].map(({ name, version }) => `${name} ${version}`);
  say(`Downloading with pip, and comparing hashes: ${names.join(', ')} …`);
  download([tensorflow, ...libraries], platforms, folder);
  return openSource(folder);
}

async function fill(
  source: Source,
  target: string,
  compiler: string,
  packageFolder: string,
): Promise<InstallationRecord> {
  const { contents, cudaPackages } = source;
  const sha = await fingerprint(source);
  say(`Taking TensorFlow out of ${basename(source.path)} (SHA-256 ${sha}):`);
  const deps = join(target, 'deps');
  source.place(deps);
  for (const library of contents.libraries) {
    say(`  lib/${library}, ${megabytes(join(deps, 'lib', library))}`);
  }
  const headers = [...contents.files.values()].filter((place) => place.startsWith('include/'));
  say(`  include/, ${String(headers.length)} headers of the C interface`);
  if (cudaPackages > 0)
    say(`  nvidia/, the libraries of CUDA, out of ${String(cudaPackages)} packages`);
  buildAddon({
    compiler,
    packageFolder,
    root: target,
    addon: ADDON,
    libraries: contents.libraries,
  });
  say(`Built tfjs-node's addon with ${compiler}: ${megabytes(join(target, ADDON))}`);
  say(`It loads TensorFlow ${versionOf(join(target, ADDON))}.`);
  const cuda = isBuiltWithCuda(join(deps, 'lib'));
  if (cuda && cudaPackages === 0)
    say(
      'The libraries of CUDA are not beside it: it will look for them among those of this machine.',
    );
  return { source: basename(source.path), sha256: sha, cuda };
}

/** Of an archive's file; of a folder, of the library in it. */
async function fingerprint({ path, contents }: Source): Promise<string> {
  if (statSync(path).isFile()) return await sha256(path);
  const [library] = contents.libraries;
  const place = [...contents.files].find(([, to]) => to === `lib/${library}`)?.[0] ?? '';
  return await sha256(join(path, place));
}

function versionOf(addon: string): string {
  const script = `process.env.TF_CPP_MIN_LOG_LEVEL ??= '3';
    process.stdout.write(require(process.argv[1]).TF_Version);`;
  try {
    return run(process.execPath, ['--eval', script, addon]);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new SetUpError(
      `${error.message}\nThe addon was built and does not load: the message above says why. Nothing was changed.`,
      { cause: error },
    );
  }
}

function megabytes(file: string): string {
  return `${(statSync(file).size / 1e6).toFixed(1)} MB`;
}
