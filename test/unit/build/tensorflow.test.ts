import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { findCompiler } from '../../../build/tensorflow/addon.ts';
import { recognise } from '../../../build/tensorflow/contents.ts';
import { ADDON, install, readRecord } from '../../../build/tensorflow/installation.ts';
import { downloadOwn } from '../../../build/tensorflow/own-download.ts';
import { openSource } from '../../../build/tensorflow/source.ts';
import { download, wheelsFor } from '../../../build/tensorflow/wheels.ts';
import { places } from '../../../engine/accelerators/tensorflow/native-library.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

/** As in libtensorflow-cpu-linux-x86_64-2.9.1.tar.gz. */
const libtensorflow = [
  './',
  './include/tensorflow/c/c_api.h',
  './include/tensorflow/c/eager/c_api.h',
  './include/tensorflow/core/platform/ctstring_internal.h',
  './LICENSE',
  './lib/libtensorflow.so',
  './lib/libtensorflow.so.2',
  './lib/libtensorflow.so.2.9.1',
  './lib/libtensorflow_framework.so',
  './lib/libtensorflow_framework.so.2',
  './lib/libtensorflow_framework.so.2.9.1',
];

/** As in tensorflow_cpu-2.21.0-cp312-cp312-manylinux_2_27_x86_64.whl. */
const wheel = [
  'tensorflow/__init__.py',
  'tensorflow/include/tensorflow/c/c_api.h',
  'tensorflow/include/tensorflow/core/platform/ctstring.h',
  'tensorflow/include/tensorflow/core/framework/tensor.h',
  'tensorflow/include/tsl/platform/ctstring_internal.h',
  'tensorflow/include/xla/tsl/c/tsl_status.h',
  'tensorflow/libtensorflow_cc.so.2',
  'tensorflow/libtensorflow_framework.so.2',
  'tensorflow/python/_pywrap_tensorflow_internal.so',
];

describe('what TensorFlow is taken from', () => {
  it('is recognised as libtensorflow, with every name of its libraries', () => {
    const { kind, files, libraries } = recognise('archive', libtensorflow);
    expect(kind).toBe('libtensorflow');
    expect(libraries).toEqual(['libtensorflow.so.2', 'libtensorflow_framework.so.2']);
    expect(files.get('./lib/libtensorflow.so.2.9.1')).toBe('lib/libtensorflow.so.2.9.1');
    expect(files.has('./LICENSE')).toBe(false);
  });

  it('is recognised as a wheel, of which it takes the libraries and the headers of the C interface', () => {
    const { kind, files, libraries } = recognise('wheel', wheel);
    expect(kind).toBe('wheel');
    expect(libraries).toEqual(['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2']);
    expect([...files.values()].toSorted()).toEqual([
      'include/tensorflow/c/c_api.h',
      'include/tensorflow/core/platform/ctstring.h',
      'include/tsl/platform/ctstring_internal.h',
      'include/xla/tsl/c/tsl_status.h',
      'lib/libtensorflow_cc.so.2',
      'lib/libtensorflow_framework.so.2',
    ]);
  });

  it('is recognised as a wheel for a Macintosh', () => {
    const paths = wheel.map((path) => path.replace(/\.so\.2$/, '.2.dylib'));
    expect(recognise('wheel', paths).libraries).toEqual([
      'libtensorflow_cc.2.dylib',
      'libtensorflow_framework.2.dylib',
    ]);
  });

  it('is refused without headers', () => {
    const paths = wheel.filter((path) => !path.endsWith('.h'));
    expect(() => recognise('some.whl', paths)).toThrow(/some\.whl holds no headers of TensorFlow/);
  });

  it('is refused without one of the two libraries', () => {
    const paths = wheel.filter((path) => !path.includes('framework.so'));
    expect(() => recognise('some.whl', paths)).toThrow(/not both of its libraries/);
  });

  it('is refused when it is made for Windows', () => {
    const paths = libtensorflow.map((path) => path.replace(/\.so.*$/, '.dll'));
    expect(() => recognise('some.zip', paths)).toThrow(/not both of its libraries/);
  });

  it('is refused when it is no archive at all, or not there', () => {
    const file = join(temporaryFolder(), 'notes.txt');
    writeFileSync(file, 'nothing of the kind');
    expect(() => openSource(file)).toThrow(/neither a \.tar\.gz archive nor a wheel/);
    expect(() => openSource(`${file}.gz`)).toThrow(/There is no file or folder/);
  });

  it('is refused when its archive is damaged', () => {
    const file = join(temporaryFolder(), 'libtensorflow.tar.gz');
    writeFileSync(file, Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3]));
    expect(() => openSource(file)).toThrow(/libtensorflow\.tar\.gz could not be unpacked/);
  });
});

/** Files with their own paths as contents. */
function writeFiles(folder: string, paths: readonly string[]): void {
  for (const path of paths.filter((each) => !each.endsWith('/'))) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), path);
  }
}

function expectPlaced(path: string): void {
  const deps = temporaryFolder();
  openSource(path).place(deps);
  expect(readdirSync(deps).toSorted()).toEqual(['include', 'lib']);
  expect(existsSync(join(deps, 'include/tensorflow/c/c_api.h'))).toBe(true);
  expect(readdirSync(join(deps, 'lib'))).toContain('libtensorflow_framework.so.2');
}

describe('TensorFlow is put into place', () => {
  it('from a folder, and from a folder in it', () => {
    const folder = temporaryFolder();
    writeFiles(folder, wheel);
    expectPlaced(folder);
    expectPlaced(join(folder, 'tensorflow'));
  });

  it('from an archive of libtensorflow', () => {
    const folder = temporaryFolder();
    writeFiles(join(folder, 'files'), libtensorflow);
    const archive = join(folder, 'libtensorflow.tar.gz');
    expect(spawnSync('tar', ['-czf', archive, '-C', join(folder, 'files'), '.']).status).toBe(0);
    expectPlaced(archive);
  });

  it('from a wheel, with the libraries of CUDA from the wheels beside it', ({ skip }) => {
    if (spawnSync('python3', ['--version']).status !== 0)
      skip('no Python 3 here, with which wheels are opened (apt-get install python3)');
    const folder = temporaryFolder();
    writeFiles(join(folder, 'one'), wheel);
    writeFiles(join(folder, 'other'), [
      'nvidia/cublas/lib/libcublas.so.12',
      'nvidia/cublas/include/cublas.h',
    ]);
    zip(join(folder, 'one'), 'tensorflow', join(folder, 'tensorflow-2.21.0-cp312.whl'));
    expectPlaced(join(folder, 'tensorflow-2.21.0-cp312.whl'));
    zip(join(folder, 'other'), 'nvidia', join(folder, 'nvidia_cublas_cu12-12.8.4.1.whl'));
    const source = openSource(folder);
    const deps = temporaryFolder();
    source.place(deps);
    expect(source.cudaPackages).toBe(1);
    expect(readdirSync(join(deps, 'nvidia/cublas'))).toEqual(['lib']);
  });
});

function zip(folder: string, content: string, file: string): void {
  const parameters = ['-m', 'zipfile', '-c', file, content];
  expect(spawnSync('python3', parameters, { cwd: folder }).status).toBe(0);
}

describe('on a machine that lacks something, set-up says what', () => {
  it.each([
    ['a C++ compiler', () => findCompiler(), /no C\+\+ compiler on this machine.*apt-get install/s],
    ['pip', () => download([], [], temporaryFolder()), /no Python 3 with pip on this machine/],
    ['Python, for a wheel', openWheel, /Python 3 is needed/],
  ])('%s', (_what, action, message) => {
    vi.stubEnv('PATH', temporaryFolder());
    vi.stubEnv('CXX', undefined);
    expect(action).toThrow(message);
  });

  it('the compiler that CXX names', () => {
    vi.stubEnv('CXX', '/nowhere/c++');
    expect(() => findCompiler()).toThrow(/CXX is \/nowhere\/c\+\+/);
  });

  it('a wheel for this kind of machine', () => {
    expect(() => wheelsFor('linux', 'riscv64', false)).toThrow(/no wheel for .*linux-riscv64/);
    expect(() => wheelsFor('darwin', 'arm64', true)).toThrow(/no wheel with CUDA/);
  });

  function openWheel(): void {
    const file = join(temporaryFolder(), 'tensorflow.whl');
    writeFileSync(file, 'PK\u0003\u0004');
    openSource(file);
  }
});

describe('the download of tfjs-node itself', () => {
  it('comes from the mirror that is set', async () => {
    vi.stubEnv('TFJS_NODE_CDN_STORAGE', await serve(200));
    const file = await downloadOwn('linux', 'x64', false, temporaryFolder());
    expect(readFileSync(file, 'utf8')).toBe(
      '/tensorflow/libtensorflow/libtensorflow-cpu-linux-x86_64-2.9.1.tar.gz',
    );
  });

  it('says when it is refused, cannot be reached, or does not exist', async () => {
    const fetching = (architecture: string) =>
      downloadOwn('linux', architecture, false, temporaryFolder());
    vi.stubEnv('TFJS_NODE_CDN_STORAGE', await serve(403));
    await expect(fetching('x64')).rejects.toThrow(/answered with status 403/);
    vi.stubEnv('TFJS_NODE_CDN_STORAGE', 'http://127.0.0.1:1/');
    await expect(fetching('x64')).rejects.toThrow(/127\.0\.0\.1:1 cannot be reached/);
    await expect(fetching('riscv64')).rejects.toThrow(/there is none for linux-riscv64/);
  });

  /** Answers with the path that was asked for. */
  async function serve(status: number): Promise<string> {
    const server = createServer(({ url }, response) => {
      response.writeHead(status).end(url);
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return `http://127.0.0.1:${String(address.port)}/`;
  }
});

describe('an installation', () => {
  const record = { source: 'some.whl', sha256: 'ab', cuda: false };

  function fill(folder: string, content: string): void {
    for (const path of [ADDON, 'deps/lib/library']) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
  }

  it('is on record, and is replaced whole', async () => {
    const folder = temporaryFolder();
    expect(readRecord(folder)).toBeNull();
    for (const content of ['one', 'other']) {
      await install(folder, (target) => {
        fill(target, content);
        return Promise.resolve({ ...record, source: content });
      });
      expect(readRecord(folder)?.source).toBe(content);
      expect(readFileSync(join(folder, ADDON), 'utf8')).toBe(content);
    }
    expect(readdirSync(folder).toSorted()).toEqual(['deps', 'lib']);
  });

  it('that fails on the way leaves the one before it, and nothing else', async () => {
    const folder = temporaryFolder();
    await install(folder, (target) => {
      fill(target, 'one');
      return Promise.resolve(record);
    });
    const failing = install(folder, (target) => {
      fill(target, 'other');
      return Promise.reject(new Error('no space left'));
    });
    await expect(failing).rejects.toThrow('no space left');
    expect(readRecord(folder)).toEqual(record);
    expect(readFileSync(join(folder, ADDON), 'utf8')).toBe('one');
    expect(readdirSync(folder).toSorted()).toEqual(['deps', 'lib']);
  });

  it('sweeps away what a killed one left', async () => {
    const folder = temporaryFolder();
    const { pid } = spawnSync(process.execPath, ['--version']);
    mkdirSync(join(folder, `.set-up-${String(pid)}`));
    await install(folder, (target) => {
      fill(target, 'one');
      return Promise.resolve(record);
    });
    expect(readdirSync(folder).toSorted()).toEqual(['deps', 'lib']);
  });
});

describe('npm run setup:tensorflow', () => {
  const program = fileURLToPath(new URL('../../../build/tensorflow/set-up.ts', import.meta.url));
  const setUp = (...parameters: string[]) =>
    spawnSync(process.execPath, [program, ...parameters], { encoding: 'utf8' });

  it('checks what is installed, or ends with 2 and says how to install it', () => {
    const { status, stdout, stderr } = setUp('--check');
    if (existsSync(places()?.addon ?? '')) {
      expect(stdout).toMatch(/^TensorFlow 2\.\d+\.\d+$/m);
      expect(stdout).toMatch(/^Built with CUDA: (?:yes|no)$/m);
      expect(stdout).toMatch(/^Computes on the (?:processor|graphics card): ./m);
      expect(stdout).toMatch(/^Training steps: as on cpu/m);
      expect(stderr).toBe('');
      expect(status).toBe(0);
    } else {
      expect(stderr).toMatch(/npm run setup:tensorflow/);
      expect(status).toBe(2);
    }
  });

  it.each([
    [['--from', '/nowhere/libtensorflow.tar.gz'], /There is no file or folder/],
    [['--cuda', '--cpu'], /cannot be used with/],
    [['--chek'], /unknown option/],
  ])('ends with 2 when given %j', (parameters, message) => {
    const { status, stderr } = setUp(...parameters);
    expect(stderr).toMatch(message);
    expect(status).toBe(2);
  });
});
