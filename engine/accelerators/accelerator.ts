import type { AcceleratorInfo } from '../protocol/protocol.ts';

export type AcceleratorProperties = Pick<AcceleratorInfo, 'version' | 'threads' | 'device'>;

/** What computes: a backend of tfjs. */
export interface Accelerator {
  readonly name: AcceleratorInfo['name'];
  /**
   * Makes it known to tfjs, under its name, unless it is; `tf.setBackend(name)` then sets it.
   * @param options.software whether a graphics card imitated by the processor will do
   * @throws AcceleratorMissing when this machine lacks what it needs; any other error when that is there and fails
   */
  start(options: { readonly software: boolean }): Promise<AcceleratorProperties>;
  /**
   * Why the device has stopped working since {@link start}, as a sentence; null while it works. An accelerator without it
   * cannot lose its device.
   */
  lost?(): string | null;
}

/** This machine lacks what an accelerator needs. The message is a sentence that says what, and how to get it. */
export class AcceleratorMissing extends Error {
  override readonly name = 'AcceleratorMissing';
}
