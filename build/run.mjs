import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Starts a program of this project on a fresh clone, with nothing but Node and npm on the machine: installs the
 * packages of the lock file when they are not there, and hands over to the Node that is among them.
 * It runs on whichever Node npm has, so it is plain JavaScript and imports nothing but Node.
 */

const programs = {
  start: 'build/start.ts',
  package: 'build/package.ts',
  demo: 'app/cli/demo.ts',
  test: 'build/checks/checks.ts',
  lethe: 'app/cli/lethe.ts',
  'setup:tensorflow': 'build/tensorflow/set-up.ts',
  bench: 'test/bench/bench.ts',
  faults: 'test/faults/faults.ts',
  verifier: 'build/verifier.ts',
};

const root = fileURLToPath(new URL('..', import.meta.url));
const pinnedNode = join(
  root,
  'node_modules/node/bin',
  process.platform === 'win32' ? 'node.exe' : 'node',
);
const lock = join(
  tmpdir(),
  `lethe-set-up-${createHash('sha256').update(root).digest('hex').slice(0, 16)}`,
);

class SetUpError extends Error {}

const [name, ...parameters] = process.argv.slice(2);
try {
  if (!Object.hasOwn(programs, name)) {
    throw new SetUpError(`Say which to run: ${Object.keys(programs).join(', ')}.`);
  }
  requireNode(20, 20);
  setUp();
  hand(join(root, programs[name]), parameters);
} catch (thrown) {
  if (!(thrown instanceof SetUpError)) throw thrown;
  process.stderr.write(`${thrown.message}\n`);
  process.exitCode = 2;
}

function requireNode(major, minor) {
  const [actualMajor, actualMinor] = process.versions.node.split('.').map(Number);
  if (actualMajor > major || (actualMajor === major && actualMinor >= minor)) return;
  throw new SetUpError(
    `Lethe needs Node ${major}.${minor} or newer to set itself up; this is Node ${process.versions.node}. Install a newer one and run this again.`,
  );
}

function setUp() {
  if (hasPackages() && hasNode()) return;
  takeLock();
  try {
    // Whoever held the lock may have done it all.
    if (!hasPackages()) {
      process.stderr.write('Installing what Lethe needs (npm ci, some 1.3 GB: a few minutes) …\n');
      npm('ci', '--include=dev', '--include=optional');
    }
    // The one package that may run a script of its own: it fetches Node for this machine.
    if (!hasNode()) npm('rebuild', 'node', '--ignore-scripts=false');
  } finally {
    rmSync(lock, { force: true });
  }
  if (hasPackages() && hasNode()) return;
  throw new SetUpError(
    'npm ended without an error, but node_modules is not as package-lock.json says. Delete node_modules and run this again.',
  );
}

/** Whether node_modules holds what the lock file lists, by npm's own record of what it installed. */
function hasPackages() {
  const record = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(record)) return false;
  const { '': _root, ...wanted } = packagesOf(join(root, 'package-lock.json'));
  const installed = packagesOf(record);
  return Object.entries(wanted).every(([path, { integrity, optional, devOptional }]) =>
    path in installed
      ? installed[path].integrity === integrity
      : optional === true || devOptional === true,
  );
}

function hasNode() {
  return existsSync(pinnedNode);
}

function packagesOf(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages;
}

function npm(...parameters) {
  // npm says where it is to the scripts that it runs; elsewhere it is looked for on the PATH.
  const cli = process.env.npm_execpath ?? '';
  const [program, first, shell] = cli.endsWith('npm-cli.js')
    ? [process.execPath, [cli], false]
    : ['npm', [], process.platform === 'win32'];
  const { status, error, stderr, stdout } = spawnSync(
    program,
    [...first, ...parameters, '--loglevel=error', '--no-audit', '--no-fund'],
    { cwd: root, shell, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
  );
  if (error !== undefined) {
    throw new SetUpError(`npm could not be started (${error.message}). It comes with Node.`);
  }
  if (status === 0) return;
  if (
    /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ENOTCACHED)\b/.test(
      stderr,
    )
  ) {
    throw new SetUpError(
      'The packages that Lethe needs could not be fetched: the npm registry cannot be reached from here. Connect to the network, or set the registry or proxy of npm, and run this again.',
    );
  }
  throw new SetUpError(
    `${stdout}${stderr}npm ${parameters[0]} failed with the message above. Nothing else was changed; mend the cause and run this again.`,
  );
}

/** One installation at a time: a second one waits. A lock whose owner is gone counts for nothing. */
function takeLock() {
  let told = false;
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (!isRunning(Number(readLock()))) {
      rmSync(lock, { force: true });
      continue;
    }
    if (!told)
      process.stderr.write('Another run is installing what Lethe needs; waiting for it …\n');
    told = true;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
  }
}

function readLock() {
  try {
    return readFileSync(lock, 'utf8');
  } catch {
    return '';
  }
}

function isRunning(pid) {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Runs a program on the pinned Node in this process's place: its streams, its signals, its exit code. */
function hand(program, parameters) {
  // npm runs scripts in the project's folder; what is asked of `lethe` or a bench is meant from where the person is.
  const fromElsewhere = ['lethe', 'bench'].includes(process.env.npm_lifecycle_event ?? '');
  const cwd = fromElsewhere ? process.env.INIT_CWD : undefined;
  // Compiling the sources takes longer than most commands do: what was compiled once is kept for the next process.
  const compiled = join(root, 'node_modules/.cache/lethe');
  const child = spawn(pinnedNode, [program, ...parameters], {
    cwd,
    env: { NODE_COMPILE_CACHE: compiled, ...process.env },
    stdio: 'inherit',
  });
  // Ctrl-C reaches every process of the command by itself; the program decides what it means.
  process.on('SIGINT', () => undefined);
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    process.exitCode = signal === null ? code : 128 + constants.signals[signal];
  });
}
