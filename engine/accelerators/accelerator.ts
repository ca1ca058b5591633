import type { AcceleratorName } from '../protocol/protocol.ts';

/** What computes: a backend of tfjs. */
export interface Accelerator {
  readonly name: AcceleratorName;
  readonly version: string;
  /** Threads that one operation is spread over. */
  readonly threads: number;
  /**
   * Makes it known to tfjs, under its name.
   * @throws Error when it cannot work on this machine
   */
  register(): void;
}
