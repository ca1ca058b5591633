import { createWriteStream } from 'node:fs';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CommandError, run } from './shell.ts';

/** From tfjs-node's own install script: TensorFlow 2.9, where there is one 2.7, and where a graphics card is to be used, CUDA 11. */
const archives: Readonly<Record<string, string>> = {
  'linux-x64': 'tensorflow/libtensorflow/libtensorflow-cpu-linux-x86_64-2.9.1.tar.gz',
  'linux-x64-cuda': 'tensorflow/libtensorflow/libtensorflow-gpu-linux-x86_64-2.9.1.tar.gz',
  'linux-arm64': 'tf-builds/libtensorflow_r2_7_linux_arm64.tar.gz',
  'darwin-x64': 'tensorflow/libtensorflow/libtensorflow-cpu-darwin-x86_64-2.9.1.tar.gz',
  'darwin-arm64': 'tf-builds/libtensorflow_r2_7_darwin_arm64_cpu.tar.gz',
};

/** Milliseconds without a byte, after which a download is given up. */
const PATIENCE = 8000;

/**
 * Fetches the archive of libtensorflow that tfjs-node itself would fetch.
 * @returns its file in the folder
 * @throws Error that says why it is not to be had
 */
export async function downloadOwn(
  platform: string,
  architecture: string,
  cuda: boolean,
  folder: string,
): Promise<string> {
  const machine = `${platform}-${architecture}${cuda ? '-cuda' : ''}`;
  const archive = archives[machine] as string | undefined;
  if (archive === undefined) throw new Error(`there is none for ${machine}`);
  if (cuda && !hasCuda11()) throw new Error('it needs CUDA 11, which this machine does not have');
  // tfjs-node's own variable for a mirror.
  const host = process.env.TFJS_NODE_CDN_STORAGE ?? 'https://storage.googleapis.com/';
  const file = join(folder, basename(archive));
  await fetchInto(file, new URL(archive, host));
  return file;
}

function hasCuda11(): boolean {
  try {
    return run('ldconfig', ['-p']).includes('libcudart.so.11.0');
  } catch (error) {
    if (error instanceof CommandError) return false;
    throw error;
  }
}

async function fetchInto(file: string, url: URL): Promise<void> {
  const controller = new AbortController();
  const timer = setTimeout(() => {
    controller.abort(new Error(`${url.host} has not answered for ${String(PATIENCE / 1000)} s`));
  }, PATIENCE);
  try {
    const { ok, status, body } = await fetch(url, { signal: controller.signal });
    if (!ok || body === null) throw new Error(`${url.host} answered with status ${String(status)}`);
    await pipeline(
      Readable.fromWeb(body),
      async function* (chunks: AsyncIterable<Uint8Array>) {
        for await (const chunk of chunks) {
          timer.refresh();
          yield chunk;
        }
      },
      createWriteStream(file),
    );
  } catch (error) {
    if (error instanceof TypeError)
      throw new Error(`${url.host} cannot be reached`, { cause: error });
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
