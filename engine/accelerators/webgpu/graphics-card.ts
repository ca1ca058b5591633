import type * as Dawn from 'webgpu';
import type { Device } from '../../protocol/protocol.ts';
import { AcceleratorMissing } from '../accelerator.ts';

/** Names under which processors imitate a graphics card, in case a driver does not own up to it. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|basic render/i;

/** What tfjs asks for where a browser would let it. */
const FEATURES = ['timestamp-query', 'bgra8unorm-storage'] as const;
const LIMITS = [
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
  'maxStorageBufferBindingSize',
  'maxBufferSize',
  'maxComputeWorkgroupSizeX',
  'maxComputeInvocationsPerWorkgroup',
] as const;

/** A graphics card that has been opened for work. */
export class GraphicsCard {
  readonly device: GPUDevice;
  readonly adapterInfo: GPUAdapterInfo;
  #failure: string | null = null;
  #closed = false;

  constructor(device: GPUDevice, adapterInfo: GPUAdapterInfo) {
    this.device = device;
    this.adapterInfo = adapterInfo;
    void device.lost.then(({ message }) => {
      if (!this.#closed) this.fail('The graphics card stopped working during the run', message);
    });
    device.onuncapturederror = ({ error }) => {
      this.fail(
        error instanceof GPUOutOfMemoryError
          ? 'The graphics card ran out of memory during the run'
          : 'The graphics card could not carry out a computation',
        error.message,
      );
    };
  }

  /** What went wrong first, as a sentence: nothing computed since can be trusted. Null while all is well. */
  get failure(): string | null {
    return this.#failure;
  }

  get isOpen(): boolean {
    return !this.#closed && this.#failure === null;
  }

  /** @param detail of the driver; its first line is enough to tell */
  fail(what: string, detail: string): void {
    const reason = detail.split('\n', 1)[0].trim().replace(/\.$/, '');
    this.#failure ??= reason === '' ? `${what}.` : `${what} (${reason}).`;
  }

  /** @throws Error with the failure's sentence */
  check(): void {
    if (this.#failure !== null) throw new Error(this.#failure);
  }

  close(): void {
    this.#closed = true;
    this.device.destroy();
  }
}

/**
 * @param software whether a card imitated by the processor will do where there is no real one
 * @throws AcceleratorMissing when there is no card, or none that will do
 */
export async function findAdapter(software: boolean): Promise<GPUAdapter> {
  const adapter = await (await loadDawn()).requestAdapter({ powerPreference: 'high-performance' });
  if (adapter === null)
    throw new AcceleratorMissing(
      'This machine has no graphics card with a driver that Lethe can use. If it has a card, install its maker’s current driver; on Linux, also the package libvulkan1 (vulkan-loader).',
    );
  if (!software) requireHardware(adapter.info);
  return adapter;
}

/** @throws AcceleratorMissing when the processor imitates the card */
export function requireHardware(info: GPUAdapterInfo): void {
  const { kind, name } = describe(info);
  if (kind === 'software-gpu')
    throw new AcceleratorMissing(
      `This machine has no graphics card, only one imitated by its processor, which is too slow (${name}).`,
    );
}

export async function open(adapter: GPUAdapter): Promise<GraphicsCard> {
  const device = await adapter.requestDevice({
    requiredFeatures: FEATURES.filter((feature) => adapter.features.has(feature)),
    requiredLimits: Object.fromEntries(LIMITS.map((limit) => [limit, adapter.limits[limit]])),
  });
  return new GraphicsCard(device, adapter.info);
}

export function describe(info: GPUAdapterInfo): Device {
  const { vendor, architecture, device, description } = info;
  const card = device || [vendor, architecture].filter(Boolean).join(' ') || 'unnamed';
  return {
    kind:
      info.isFallbackAdapter || SOFTWARE.test(`${architecture} ${device} ${description}`)
        ? 'software-gpu'
        : 'gpu',
    name: description ? `${card} (${description})` : card,
  };
}

/** Kept for good: Dawn calls back into instances that have been collected, and the process crashes. */
const instances: ReturnType<typeof Dawn.create>[] = [];

/**
 * Loads Dawn, which gives Node what browsers have as `navigator.gpu`. Each call looks anew at the machine's cards.
 * @throws AcceleratorMissing when it is not installed or does not load here
 */
async function loadDawn(): Promise<ReturnType<typeof Dawn.create>> {
  const { create, globals } = await importDawn();
  const gpu = create([]);
  instances.push(gpu);
  // Where tfjs looks for them.
  Object.assign(globalThis, globals);
  Object.defineProperty(navigator, 'gpu', { value: gpu, configurable: true });
  return gpu;
}

async function importDawn(): Promise<typeof Dawn> {
  try {
    return await import('webgpu');
  } catch (cause) {
    throw new AcceleratorMissing(
      `The package “webgpu”, which graphics cards are reached by, is not installed or does not load on this machine (${process.platform}, ${process.arch}). Run npm install without leaving out optional packages.`,
      { cause },
    );
  }
}
