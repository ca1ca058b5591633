import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError, firstThatRuns, run, SetUpError } from './shell.ts';

/** A wheel on PyPI. */
interface Wheel {
  readonly name: string;
  readonly version: string;
  /** Of its file. */
  readonly sha256: string;
}

interface Wheels {
  readonly tensorflow: Wheel;
  /** The libraries of CUDA that TensorFlow's extra `and-cuda` demands. */
  readonly cuda: readonly Wheel[];
  /** As pip names platforms. */
  readonly platforms: readonly string[];
}

/** The newest that the addon was built with and trained on: 2.21 on Linux. */
const TENSORFLOW = '2.21.0';
/** The last for a Macintosh with a processor of Intel. */
const TENSORFLOW_FOR_INTEL_MACINTOSH = '2.16.2';
/** The libraries are the same in the wheels for every Python, and none is used. */
const PYTHON = '3.12';

const wheels: Readonly<Record<string, Wheels>> = {
  'linux-x64': {
    tensorflow: {
      name: 'tensorflow-cpu',
      version: TENSORFLOW,
      sha256: 'dcc8afd32930e42d5296b6ee19078b773706830af4ea97fbe503b9f5e0f820cb',
    },
    cuda: [],
    platforms: ['manylinux_2_27_x86_64'],
  },
  'linux-x64-cuda': {
    tensorflow: {
      name: 'tensorflow',
      version: TENSORFLOW,
      sha256: 'b3b95643c4e70eb925839938fb35cbe142f317ec84af6844ee61513713bb13c0',
    },
    cuda: [
      {
        name: 'nvidia-cublas-cu12',
        version: '12.8.4.1',
        sha256: '8ac4e771d5a348c551b2a426eda6193c19aa630236b418086020df5ba9667142',
      },
      {
        name: 'nvidia-cuda-cupti-cu12',
        version: '12.8.90',
        sha256: 'ea0cb07ebda26bb9b29ba82cda34849e73c166c18162d3913575b0c9db9a6182',
      },
      {
        name: 'nvidia-cuda-nvcc-cu12',
        version: '12.8.93',
        sha256: '2d6dc36fb7cb5ac9c0b8825bc13d193c35487a315664007287d0126531238011',
      },
      {
        name: 'nvidia-cuda-nvrtc-cu12',
        version: '12.8.93',
        sha256: 'a7756528852ef889772a84c6cd89d41dfa74667e24cca16bb31f8f061e3e9994',
      },
      {
        name: 'nvidia-cuda-runtime-cu12',
        version: '12.8.90',
        sha256: 'adade8dcbd0edf427b7204d480d6066d33902cab2a4707dcfc48a2d0fd44ab90',
      },
      {
        name: 'nvidia-cudnn-cu12',
        version: '9.10.2.21',
        sha256: '949452be657fa16687d0930933f032835951ef0892b37d2d53824d1a84dc97a8',
      },
      {
        name: 'nvidia-cufft-cu12',
        version: '11.3.3.83',
        sha256: '4d2dd21ec0b88cf61b62e6b43564355e5222e4a3fb394cac0db101f2dd0d4f74',
      },
      {
        name: 'nvidia-curand-cu12',
        version: '10.3.9.90',
        sha256: 'b32331d4f4df5d6eefa0554c565b626c7216f87a06a4f56fab27c3b68a830ec9',
      },
      {
        name: 'nvidia-cusolver-cu12',
        version: '11.7.3.90',
        sha256: '4376c11ad263152bd50ea295c05370360776f8c3427b30991df774f9fb26c450',
      },
      {
        name: 'nvidia-cusparse-cu12',
        version: '12.5.8.93',
        sha256: '1ec05d76bbbd8b61b06a80e1eaf8cf4959c3d4ce8e711b65ebd0443bb0ebb13b',
      },
      {
        name: 'nvidia-nccl-cu12',
        version: '2.27.7',
        sha256: 'de5ba5562f08029a19cb1cd659404b18411ed0d6c90ac5f52f30bf99ad5809aa',
      },
      {
        name: 'nvidia-nvjitlink-cu12',
        version: '12.8.93',
        sha256: '81ff63371a7ebd6e6451970684f916be2eab07321b73c9d244dc2b4da7f73b88',
      },
    ],
    platforms: ['manylinux_2_27_x86_64', 'manylinux2014_x86_64'],
  },
  'linux-arm64': {
    tensorflow: {
      name: 'tensorflow',
      version: TENSORFLOW,
      sha256: 'b07d15737406533898e36c7ef7944b1be18e9028dc521b9229952c537bbc5552',
    },
    cuda: [],
    platforms: ['manylinux_2_27_aarch64'],
  },
  'darwin-arm64': {
    tensorflow: {
      name: 'tensorflow',
      version: TENSORFLOW,
      sha256: '56ecd7d47429acbe1df2694d50b75bf9fc3995ac92cb367cd9af6c4780ead712',
    },
    cuda: [],
    platforms: ['macosx_12_0_arm64'],
  },
  'darwin-x64': {
    tensorflow: {
      name: 'tensorflow',
      version: TENSORFLOW_FOR_INTEL_MACINTOSH,
      sha256: '912b8cd1f88fd1ef32b8db54f0193ad0a3f057691324436ba82c5f74a63a17dd',
    },
    cuda: [],
    platforms: ['macosx_10_15_x86_64'],
  },
};

/**
 * The wheels for a machine.
 * @throws SetUpError where there are none
 */
export function wheelsFor(platform: string, architecture: string, cuda: boolean): Wheels {
  const machine = `${platform}-${architecture}`;
  const found = wheels[cuda ? `${machine}-cuda` : machine];
  if (found === undefined)
    throw new SetUpError(
      `TensorFlow has no wheel${cuda ? ' with CUDA' : ''} for this kind of machine (${machine}). Give a libtensorflow archive that was made for it, with --from.`,
    );
  return found;
}

/**
 * Downloads wheels of one platform; pip compares their hashes.
 * @returns their files, in the order of the wheels' names
 * @throws SetUpError without pip, or when pip fails
 */
export function download(
  selection: readonly Wheel[],
  platforms: readonly string[],
  folder: string,
): string[] {
  const python = firstThatRuns(['python3', 'python'], ['-m', 'pip', '--version']);
  if (python === null)
    throw new SetUpError(
      'The wheel of TensorFlow is fetched by pip, and there is no Python 3 with pip on this machine. Install them (on Debian and Ubuntu: apt-get install python3-pip), or give a libtensorflow archive with --from.',
    );
  const requirements = join(folder, 'requirements.txt');
  writeFileSync(
    requirements,
    selection
      .map(({ name, version, sha256 }) => `${name}==${version} --hash=sha256:${sha256}\n`)
      .join(''),
  );
  try {
    run(python, [
      ...['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-input'],
      ...['--no-deps', '--only-binary=:all:', '--require-hashes', '--requirement', requirements],
      ...['--implementation', 'cp', '--python-version', PYTHON],
      ...platforms.flatMap((platform) => ['--platform', platform]),
      ...['--dest', folder],
    ]);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new SetUpError(
      `${error.message}\npip failed with the message above. If this machine cannot reach PyPI, download the wheel on another one and give it with --from.`,
      { cause: error },
    );
  }
  return readdirSync(folder)
    .filter((name) => name.endsWith('.whl'))
    .toSorted()
    .map((name) => join(folder, name));
}
