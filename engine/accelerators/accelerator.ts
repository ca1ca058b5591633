import type { AcceleratorInfo } from '../protocol/protocol.ts';

/** What computes: a backend of tfjs. */
export interface Accelerator {
  readonly name: AcceleratorInfo['name'];
  /**
   * Makes it known to tfjs, under its name.
   * @returns its version, and the threads that one operation is spread over
   * @throws Error when it cannot work on this machine
   */
  register(): Pick<AcceleratorInfo, 'version' | 'threads'>;
}
