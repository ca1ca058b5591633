import { reportAccelerators } from '../accelerators/accelerators.ts';
import type { AcceleratorsResult } from '../protocol/protocol.ts';

/** What can compute on this machine, how fast, and what would be chosen. */
export async function accelerators(): Promise<AcceleratorsResult> {
  return { type: 'accelerators', ...(await reportAccelerators()) };
}
