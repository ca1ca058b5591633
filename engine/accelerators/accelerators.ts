import * as tf from '@tensorflow/tfjs-core';
// Registers the gradients of tfjs' kernels: its core, as built for Node, comes without.
import '@tensorflow/tfjs-layers';
import { ProblemError, toProblem } from '../protocol/problem.ts';
import type { AcceleratorInfo, AcceleratorName, AcceleratorReport } from '../protocol/protocol.ts';
import { AcceleratorMissing, type Accelerator } from './accelerator.ts';
import { cpu } from './cpu/cpu.ts';
import { onnxruntime } from './onnxruntime/onnxruntime.ts';
import { selfTest } from './self-test.ts';
import { measureSpeed } from './speed.ts';
import { tensorflow } from './tensorflow/tensorflow.ts';
import { webgpu } from './webgpu/webgpu.ts';

/** In the order in which they are asked for a graphics card. */
const accelerators: readonly Accelerator[] = [tensorflow, webgpu, onnxruntime, cpu];

/**
 * Sets what computes from here on, after a self-test. Unless one is requested: a graphics card if there is one, else whichever
 * is the fastest on the processor.
 * @param notice is told, in a sentence, what is there and was passed over because it failed
 * @throws ProblemError `accelerator-failed` when the one requested is not there or fails its self-test
 */
export async function selectAccelerator(
  requested: AcceleratorName | null,
  notice: (sentence: string) => void = () => undefined,
): Promise<AcceleratorInfo> {
  tf.enableProdMode();
  if (requested !== null) return await startRequested(requested, notice);
  const onProcessor: Ready[] = [];
  for (const accelerator of accelerators) {
    if (accelerator === cpu && onProcessor.length > 0) break;
    const candidate = await start(accelerator, { software: false });
    if (candidate.state === 'failed') {
      notice(
        `The accelerator “${candidate.name}” is there but did not work, so another one is used: ${candidate.reason}`,
      );
    }
    if (candidate.state !== 'ready') continue;
    if (candidate.info.device.kind === 'gpu') return candidate.info;
    onProcessor.push(candidate);
  }
  const chosen = onProcessor.length === 1 ? onProcessor[0] : await fastestOf(onProcessor);
  await set(chosen.name);
  return chosen.info;
}

/** Every accelerator with what this machine makes of it, and the one that a run takes if none is asked for. It is set. */
export async function reportAccelerators(): Promise<{
  accelerators: AcceleratorReport[];
  chosen: AcceleratorName;
}> {
  tf.enableProdMode();
  const reports: AcceleratorReport[] = [];
  for (const accelerator of accelerators) {
    const candidate = await start(accelerator, { software: false });
    if (candidate.state === 'ready') {
      reports.push({ ...candidate, operationsPerSecond: await speedOf(accelerator.name) });
    } else reports.push(candidate);
  }
  const { name } = preferred(reports.filter((report) => report.state === 'ready'));
  await set(name);
  return { accelerators: reports, chosen: name };
}

/** Why the device that computed has stopped working, as a sentence; null while it works. */
export function lostDevice(): string | null {
  const current = accelerators.find(({ name }) => name === tf.getBackend());
  return current?.lost?.() ?? null;
}

/** So much faster another one must be to be taken instead of what is installed with Lethe. */
const clearlyFaster = 1.5;

/**
 * The one to take: on a graphics card the first, else the fastest. Where `onnxruntime` is nearly as fast it is taken, lest the
 * noise of a measurement decides: the same request would take another accelerator, and give other weights, from one run to
 * the next.
 * @throws ProblemError `accelerator-failed` where there is none
 */
export function preferred<Each extends Measured>(candidates: readonly Each[]): Each {
  const onGraphicsCard = candidates.find(({ info }) => info.device.kind === 'gpu');
  if (onGraphicsCard !== undefined) return onGraphicsCard;
  const [fastest] = candidates.toSorted((a, b) => b.operationsPerSecond - a.operationsPerSecond);
  const installed = candidates.find(({ info }) => info.name === 'onnxruntime');
  const isNearlyAsFast =
    installed !== undefined &&
    installed.operationsPerSecond * clearlyFaster >= fastest.operationsPerSecond;
  if (isNearlyAsFast) return installed;
  if (fastest !== undefined) return fastest;
  throw new ProblemError(
    'accelerator-failed',
    'Nothing on this machine computes correctly, not even plain JavaScript. Install Lethe again; if that does not help, use another machine.',
  );
}

type Measured = Pick<
  Extract<AcceleratorReport, { state: 'ready' }>,
  'info' | 'operationsPerSecond'
>;

async function fastestOf(candidates: readonly Ready[]): Promise<Ready> {
  const measured: (Ready & Measured)[] = [];
  for (const candidate of candidates) {
    measured.push({ ...candidate, operationsPerSecond: await speedOf(candidate.name) });
  }
  return preferred(measured);
}

type Ready = Omit<Extract<AcceleratorReport, { state: 'ready' }>, 'operationsPerSecond'>;
type Candidate = Ready | Exclude<AcceleratorReport, { state: 'ready' }>;

async function start(
  accelerator: Accelerator,
  options: { readonly software: boolean },
): Promise<Candidate> {
  const { name } = accelerator;
  try {
    const properties = await accelerator.start(options);
    const outcome = await selfTest(name);
    if (outcome.passed)
      return { name, state: 'ready', info: { name, ...properties, selfTest: outcome } };
    return {
      name,
      state: 'failed',
      reason: `Its self-test trained weights that differ by ${outcome.largestDifference.toPrecision(2)} from those of “cpu”.`,
      detail: '',
    };
  } catch (error) {
    if (error instanceof AcceleratorMissing)
      return { name, state: 'missing', reason: error.message, detail: '' };
    return {
      name,
      state: 'failed',
      reason: 'It met an error when it was started.',
      detail: toProblem(error).detail,
    };
  }
}

async function startRequested(
  name: AcceleratorName,
  notice: (sentence: string) => void,
): Promise<AcceleratorInfo> {
  const accelerator = accelerators.find((each) => each.name === name);
  if (accelerator === undefined) throw new RangeError(`no accelerator "${name}"`);
  const candidate = await start(accelerator, { software: true });
  if (candidate.state !== 'ready') {
    throw new ProblemError(
      'accelerator-failed',
      `The accelerator “${name}” cannot be used on this machine. ${candidate.reason} Choose another one, or none to let Lethe choose.`,
      candidate.detail,
    );
  }
  if (candidate.info.device.kind === 'software-gpu') {
    notice(
      'This machine has no graphics card that Lethe can use, so the processor imitates one: a run may take days instead of minutes.',
    );
  }
  return candidate.info;
}

async function speedOf(name: AcceleratorName): Promise<number> {
  await set(name);
  return await measureSpeed();
}

async function set(name: AcceleratorName): Promise<void> {
  if (!(await tf.setBackend(name))) throw new Error(`the backend ${name} did not start`);
}
